//! How fast a receiver may be called: so many times a second, at most a second's worth at once.

use std::time::Duration;

use tenon_kernel::Timestamp;

/// What may be saved up.
const BURST: Duration = Duration::from_secs(1);

/// The rate of one receiver, as the generic cell rate algorithm has it (ITU-T I.371).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    interval: Duration,
    /// When what was sent so far is within the rate.
    slot_at: Timestamp,
}

impl Pace {
    pub(crate) fn new(max_per_second: u32, slot_at: Timestamp) -> Self {
        Self {
            interval: BURST / max_per_second.max(1),
            slot_at,
        }
    }

    /// How many calls may be made now.
    pub(crate) fn free(&self, now: Timestamp) -> u32 {
        let saved = (now + BURST).since(self.slot_at.max(now));
        u32::try_from(saved.as_micros() / self.interval.as_micros().max(1)).unwrap_or(u32::MAX)
    }

    /// The slot after so many calls.
    pub(crate) fn after(&self, calls: u32, now: Timestamp) -> Timestamp {
        self.slot_at.max(now) + self.interval * calls
    }

    /// When the next call may be made.
    pub(crate) fn next(&self) -> Timestamp {
        self.slot_at + self.interval - BURST
    }

    /// The slot that lets nothing out before a time.
    pub(crate) fn held_until(at: Timestamp) -> Timestamp {
        at + BURST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_773_480_000);

    #[test]
    fn a_second_has_as_many_calls_as_it_may() {
        let idle = Pace::new(10, Timestamp::EPOCH);
        assert_eq!(idle.free(NOW), 10);
        let busy = Pace::new(10, idle.after(10, NOW));
        assert_eq!(busy.free(NOW), 0);
        assert_eq!(busy.next(), NOW + Duration::from_millis(100));
        assert_eq!(busy.free(busy.next()), 1);
        assert_eq!(busy.free(NOW + Duration::from_millis(500)), 5);
        assert_eq!(busy.free(NOW + Duration::from_hours(1)), 10);
    }

    #[test]
    fn what_is_held_is_held_for_as_long() {
        let until = NOW + Duration::from_secs(90);
        let held = Pace::new(1_000, Pace::held_until(until));
        assert_eq!(held.free(NOW), 0);
        assert_eq!(held.free(until - Duration::from_millis(1)), 0);
        assert!(held.free(held.next()) >= 1);
        assert_eq!(held.next(), until + Duration::from_millis(1));
    }
}
