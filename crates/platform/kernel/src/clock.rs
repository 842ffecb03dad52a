//! Where the time comes from.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Timestamp;

/// The wall clock. Timeouts measure elapsed time with [`crate::Deadline`] instead, which cannot jump.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> Timestamp;

    /// The clock itself, if people may set it forward.
    fn as_movable(&self) -> Option<&MovableClock> {
        None
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the wall clock enters the program"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The clock of the machine, and ahead of it by what people ask for: for development, where nobody waits for a day.
///
/// It is never set back.
#[derive(Debug, Default)]
pub struct MovableClock {
    ahead_micros: AtomicU64,
}

impl MovableClock {
    /// Starts ahead of the machine's clock: where an earlier process has left it.
    pub fn ahead_by(ahead: Duration) -> Self {
        Self {
            ahead_micros: AtomicU64::new(micros(ahead)),
        }
    }

    /// How far it is ahead of the machine's clock.
    pub fn ahead(&self) -> Duration {
        Duration::from_micros(self.ahead_micros.load(Ordering::SeqCst))
    }

    /// Sets it forward; returns how far it is ahead now.
    pub fn advance(&self, by: Duration) -> Duration {
        let before = self.ahead_micros.fetch_add(micros(by), Ordering::SeqCst);
        Duration::from_micros(before) + by
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.ahead()
    }

    fn as_movable(&self) -> Option<&MovableClock> {
        Some(self)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A clock that only moves when told to.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// Starts at `now`.
    pub fn starting_at(now: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(now.as_micros()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movable_clock_is_ahead_by_what_was_asked_for() {
        let clock = MovableClock::ahead_by(Duration::from_mins(1));
        let before = clock.now();
        assert!(before >= SystemClock.now() + Duration::from_secs(59));
        assert_eq!(
            clock.advance(Duration::from_mins(15)),
            Duration::from_mins(16)
        );
        assert_eq!(clock.ahead(), Duration::from_mins(16));
        assert!(clock.now() >= before + Duration::from_mins(15));
    }
}
