//! Standard output, in one place: `print!` and `println!` of this program write here.
//!
//! A reader that goes away (`ironbelt … | head`) ends the output, not the work: files are still
//! written, and the exit code is that of the command.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether nobody reads any more.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Writes text; nothing once the reader is gone.
pub(crate) fn write(text: Arguments<'_>) {
    if CLOSED.load(Ordering::Relaxed) {
        return;
    }
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_fmt(text) {
        CLOSED.store(true, Ordering::Relaxed);
        if error.kind() != ErrorKind::BrokenPipe {
            let _ = writeln!(std::io::stderr(), "cannot write to standard output: {error}");
        }
    }
}

/// As in the standard library, but for [`write`].
macro_rules! print {
    ($($argument:tt)*) => { $crate::output::write(format_args!($($argument)*)) };
}

/// As in the standard library, but for [`write`].
macro_rules! println {
    () => { $crate::output::write(format_args!("\n")) };
    ($($argument:tt)*) => {
        $crate::output::write(format_args!("{}\n", format_args!($($argument)*)))
    };
}
