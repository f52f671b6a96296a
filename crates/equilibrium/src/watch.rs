//! Who watches solves: told before each Newton step of this thread, and free to end it by unwinding.
//!
//! A solve may take long, and only here it is known that it goes on. A front end that shows progress
//! and lets people cancel sets a watch around its work; nothing below it has to pass it on.
//! Not here: solves on other threads, which have their own watch.

use std::cell::RefCell;
use std::rc::Rc;

type Watch = Rc<dyn Fn()>;

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Sets back the watch before, also when the work unwinds.
struct Before(Option<Watch>);

impl Drop for Before {
    fn drop(&mut self) {
        WATCH.with_borrow_mut(|watch| *watch = self.0.take());
    }
}

/// Does some work and calls `watch` before each of its Newton steps on this thread.
///
/// `watch` ends the work by unwinding (`std::panic::resume_unwind`), which the caller catches.
pub fn watched<T>(watch: impl Fn() + 'static, work: impl FnOnce() -> T) -> T {
    let before = WATCH.with_borrow_mut(|known| known.replace(Rc::new(watch)));
    let _before = Before(before);
    work()
}

/// Tells that a Newton step begins.
pub(crate) fn step() {
    let watch = WATCH.with_borrow(Clone::clone);
    if let Some(watch) = watch {
        watch();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use super::*;

    #[test]
    fn a_watch_counts_steps_ends_work_and_gives_way_to_the_one_before() {
        let outer = Rc::new(Cell::new(0));
        let count = outer.clone();
        watched(
            move || count.set(count.get() + 1),
            || {
                step();
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    watched(|| resume_unwind(Box::new("enough")), step);
                }));
                assert_eq!(*ended.unwrap_err().downcast_ref::<&str>().expect("its end"), "enough");
                step();
            },
        );
        step(); // nobody watches
        assert_eq!(outer.get(), 2);
    }
}
