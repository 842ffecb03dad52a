//! When to ask the provider again.

use std::time::Duration;

/// From the second an answer is missing to the day after; from then on once a day, with a person alerted.
const DOUBTFUL: [u64; 10] = [
    2,
    5,
    15,
    60,
    300,
    900,
    3_600,
    3 * 3_600,
    6 * 3_600,
    12 * 3_600,
];
const DAY: u64 = 24 * 3_600;

/// Returns how long to wait before question `asked + 1` about something whose outcome is unknown.
pub(crate) fn doubtful(asked: u32) -> Duration {
    Duration::from_secs(DOUBTFUL.get(asked as usize).copied().unwrap_or(DAY))
}

/// Returns how long to wait for a buyer who must act: often while they are likely to be there, so that a lost
/// webhook and a closed browser cost less than 90 seconds.
pub(crate) fn awaited(asked: u32) -> Duration {
    Duration::from_secs(match asked {
        0..2 => 20,
        2..60 => 60,
        60..120 => 600,
        _ => DAY,
    })
}

/// Whether something has been in doubt for so long that a person should know.
pub(crate) fn needs_a_person(asked: u32) -> bool {
    asked as usize >= DOUBTFUL.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_looked_into_within_seconds_and_for_a_day() {
        assert_eq!(doubtful(0), Duration::from_secs(2));
        let whole: Duration = (0..10).map(doubtful).sum();
        assert!(whole > Duration::from_hours(22), "{whole:?}");
        assert!((1..=10).all(|asked| doubtful(asked) > doubtful(asked - 1)));
    }

    #[test]
    fn a_buyer_who_closed_the_browser_waits_less_than_90_seconds_for_an_hour() {
        let hour: Duration = (0..60).map(awaited).sum();
        assert!(hour > Duration::from_secs(3_400));
        assert!((0..60).all(|asked| awaited(asked) < Duration::from_secs(90)));
    }
}
