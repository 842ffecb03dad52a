//! Panics of what is simulated: each ends only its task, so they are noted for the run.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes panics from now on.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.with_borrow_mut(|panics| panics.push(format!("a panic: {info}")));
            before(info);
        }));
    });
}

/// What panicked on this thread.
pub(crate) fn take() -> Vec<String> {
    PANICS.take()
}
