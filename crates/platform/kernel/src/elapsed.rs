//! What deadlines are measured with: time that passes, whatever the clocks of the machine say.

use std::time::Instant;

/// The instant that it is now.
#[cfg(not(any(test, feature = "testing")))]
#[inline]
pub(crate) fn now() -> Instant {
    of_machine()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where deadlines meet the time that passes"
)]
fn of_machine() -> Instant {
    Instant::now()
}

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::simulated::now;
#[cfg(any(test, feature = "testing"))]
pub use self::simulated::simulate_elapsed;

#[cfg(any(test, feature = "testing"))]
mod simulated {
    use std::cell::Cell;
    use std::time::Instant;

    thread_local! {
        static SOURCE: Cell<fn() -> Instant> = const { Cell::new(super::of_machine as fn() -> Instant) };
    }

    pub(crate) fn now() -> Instant {
        SOURCE.get()()
    }

    /// Has the deadlines of this thread measured with another time, such as the one that a paused runtime makes.
    pub fn simulate_elapsed(source: fn() -> Instant) {
        SOURCE.set(source);
    }
}
