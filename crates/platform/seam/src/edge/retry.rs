//! When a call may be sent again: a pause with jitter, and a budget that keeps repeats rare.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tenon_kernel::Env;

/// Pause before the first repeat; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// Longest pause of our own; the module may advise a longer one.
const LONGEST_PAUSE: Duration = Duration::from_millis(320);
/// What a repeat costs; each call pays in 1, so at most a tenth of the calls are repeated for long.
const PRICE: u32 = 10;
/// Repeats that may be saved up: a short outage on a quiet edge is still bridged.
const MOST_SAVED: u32 = 10 * PRICE;

/// Keeps repeats to a tenth of the calls, so that they cannot bury a module that is already struggling.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(MOST_SAVED))
    }

    /// Pays in for one call.
    pub(super) fn deposit(&self) {
        if self.0.load(Ordering::Relaxed) < MOST_SAVED {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Pays for one repeat; `false` if there is not enough.
    pub(super) fn withdraw(&self) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| {
                saved.checked_sub(PRICE)
            })
            .is_ok()
    }
}

/// Half of the pause is certain, half is chance, so that callers that failed together do not come back together.
pub(super) fn backoff(env: &Env, attempt: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    let half = doubled.min(LONGEST_PAUSE) / 2;
    let chance = u32::from(u16::from_le_bytes(env.random::<2>()));
    half + half * chance / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_stay_a_tenth_of_the_calls() {
        let budget = Budget::new();
        let mut repeats = 0;
        for _ in 0..10_000 {
            budget.deposit();
            repeats += u32::from(budget.withdraw());
        }
        assert!((1_000..=1_010).contains(&repeats), "{repeats}");
    }

    #[test]
    fn pauses_grow_to_a_bound_and_differ() {
        let env = Env::system();
        let pauses: Vec<_> = (1..20).map(|attempt| backoff(&env, attempt)).collect();
        assert!(pauses[0] >= FIRST_PAUSE / 2 && pauses[0] <= FIRST_PAUSE);
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE));
        assert!(pauses[10..].iter().any(|pause| *pause != pauses[10]));
    }
}
