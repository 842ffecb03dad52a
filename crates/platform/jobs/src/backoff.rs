//! How long to wait before trying again: exponential with full jitter.

use std::time::Duration;

use tenon_kernel::Env;

/// Upper bound of the pause after the first attempt.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Returns a random pause in `(0, min(longest, 1 s × 2^(attempt - 1))]`.
///
/// Full jitter spreads work that failed together ("Exponential Backoff And Jitter", AWS 2015). Never zero, so that
/// a retry is always later than the attempt.
pub(crate) fn pause_after(attempt: u32, longest: Duration, env: &Env) -> Duration {
    let bound = 2_u32
        .checked_pow(attempt.saturating_sub(1))
        .map_or(longest, |factor| FIRST_PAUSE.saturating_mul(factor))
        .min(longest);
    let micros = u64::try_from(bound.as_micros()).unwrap_or(u64::MAX).max(1);
    let draw = u64::from_be_bytes(env.random());
    Duration::from_micros(1 + draw % micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_jittered_and_stay_bounded() {
        let env = Env::system();
        let longest = Duration::from_mins(1);
        let mut seen = std::collections::BTreeSet::new();
        for attempt in 1..=64 {
            let pause = pause_after(attempt, longest, &env);
            assert!(pause > Duration::ZERO && pause <= longest);
            assert!(attempt > 6 || pause <= FIRST_PAUSE * 2_u32.pow(attempt - 1));
            seen.insert(pause);
        }
        assert!(seen.len() > 32, "the pauses are not random: {seen:?}");
    }
}
