//! How fast passwords may be tried.
//!
//! A few tries are free, then each must wait longer, up to five minutes. A refused try costs nothing and does not
//! lengthen the wait, so an attacker can slow strangers down but not lock anyone out: whoever has signed in from a
//! device before sends its device token and is counted apart from the rest of the world; and recovery by mail
//! always works.

use std::time::Duration;

use tenon_kernel::Timestamp;

/// Tries that need not wait.
const FREE: i64 = 5;
/// The wait after the first try that is not free; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// After so long without a try, all are forgotten.
pub(crate) const FORGET_AFTER: Duration = Duration::from_mins(30);

/// Tries of one account, or of one device for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// Since the last success.
    pub(crate) count: i64,
    /// The last one.
    pub(crate) last_at: Timestamp,
}

impl Attempts {
    /// Takes one more try, or says how long to wait.
    pub(crate) fn take(self, now: Timestamp) -> Result<Self, Duration> {
        let since_last = now.since(self.last_at);
        if self.count == 0 || since_last >= FORGET_AFTER {
            return Ok(Self {
                count: 1,
                last_at: now,
            });
        }
        let wait = wait_after(self.count);
        if since_last < wait {
            return Err(wait.saturating_sub(since_last));
        }
        Ok(Self {
            count: self.count.saturating_add(1),
            last_at: now,
        })
    }
}

/// How long after the last of `count` tries the next may come.
fn wait_after(count: i64) -> Duration {
    if count < FREE {
        return Duration::ZERO;
    }
    let doublings = u32::try_from(count - FREE).unwrap_or(u32::MAX);
    let factor = 2_u32.saturating_pow(doublings);
    FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    #[test]
    fn waits_double_up_to_five_minutes() {
        let waits: Vec<u64> = (0..16).map(|count| wait_after(count).as_secs()).collect();
        assert_eq!(
            waits,
            [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
        );
        assert_eq!(wait_after(i64::MAX), LONGEST_WAIT);
    }

    #[test]
    fn a_refused_try_changes_nothing() {
        let mut attempts = Attempts {
            count: 0,
            last_at: START,
        };
        for _ in 0..5 {
            attempts = attempts.take(START).expect("free");
        }
        assert_eq!(attempts.take(START), Err(Duration::from_secs(1)));
        assert_eq!(
            attempts.take(START),
            Err(Duration::from_secs(1)),
            "asking again does not make it longer"
        );
        let later = START + Duration::from_secs(1);
        attempts = attempts.take(later).expect("waited");
        assert_eq!(attempts.take(later), Err(Duration::from_secs(2)));
    }

    /// What an attacker can try in a day against one account.
    #[test]
    fn a_day_of_trying_is_a_few_hundred_tries() {
        let mut attempts = Attempts {
            count: 0,
            last_at: START,
        };
        let (mut now, mut tries) = (START, 0);
        while now.since(START) < Duration::from_hours(24) {
            match attempts.take(now) {
                Ok(next) => (attempts, tries) = (next, tries + 1),
                Err(wait) => now = now + wait,
            }
        }
        assert!((280..310).contains(&tries), "{tries}");
    }

    #[test]
    fn tries_are_forgotten() {
        let attempts = Attempts {
            count: 50,
            last_at: START,
        };
        assert_eq!(
            attempts
                .take(START + FORGET_AFTER)
                .map(|attempts| attempts.count),
            Ok(1)
        );
    }
}
