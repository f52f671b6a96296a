//! Files in and out: a file is there whole or not at all.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{INPUT, Stop};

/// The text of a file that the user named.
pub(crate) fn read(path: &Path) -> Result<String, Stop> {
    std::fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        Stop::new(INPUT, format!("error[E0300]: cannot read `{shown}`: {error}\n  = help: give the path of a text file"))
    })
}

/// Writes files into a folder, each under another name first.
pub(crate) fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), Stop> {
    let failed = |path: &Path, error: &std::io::Error| Stop::new(1, format!("cannot write `{}`: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (name, text) in files {
        let (unfinished, finished) = (folder.join(format!(".{name}.unfinished")), folder.join(name));
        std::fs::write(&unfinished, text).map_err(|error| failed(&unfinished, &error))?;
        std::fs::rename(&unfinished, &finished).map_err(|error| failed(&finished, &error))?;
    }
    Ok(())
}
