//! What becomes of a delivery after an attempt.

use std::time::Duration;

use tenon_kernel::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::{DeliveryKind, DeliveryState};

/// Pauses between attempts, in seconds: 16 attempts in about three days.
const PAUSES: [u64; 15] = [
    5,
    30,
    2 * 60,
    10 * 60,
    30 * 60,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    8 * HOUR,
    8 * HOUR,
    8 * HOUR,
    10 * HOUR,
    12 * HOUR,
    12 * HOUR,
];
const HOUR: u64 = 60 * 60;
/// A pause is longer than said by up to a part of this: what failed together is not tried together.
const JITTER: u64 = 5;
/// A receiver that wants us to wait longer is asked again after this.
const LONGEST_WISH: Duration = Duration::from_hours(12);
/// A receiver that is called too often gets nothing at all for as long as it says, up to this.
const LONGEST_HOLD: Duration = Duration::from_hours(1);
const OK: std::ops::Range<u16> = 200..300;
const GONE: u16 = 410;
const TOO_MANY: u16 = 429;
const UNAVAILABLE: u16 = 503;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A status, and `Retry-After`.
    Status(u16, Option<String>),
    /// Nothing; a stable word says why.
    Nothing(&'static str),
}

/// An attempt that was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) kind: DeliveryKind,
    /// From 1.
    pub(crate) number: i64,
    pub(crate) now: Timestamp,
    /// Random.
    pub(crate) draw: u64,
}

/// What becomes of the delivery, and of its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttemptPlan {
    pub(crate) state: DeliveryState,
    /// When to try again, if it is pending.
    pub(crate) due_at: Timestamp,
    /// `status 500`, `timeout`; absent after a success.
    pub(crate) error: Option<String>,
    /// Nothing is sent to the receiver until then.
    pub(crate) hold_until: Option<Timestamp>,
    /// Whether the receiver wants nothing any more.
    pub(crate) is_gone: bool,
}

/// Decides.
pub(crate) fn after_webhook(reply: &Reply, attempt: Attempt) -> AttemptPlan {
    let Attempt { kind, now, .. } = attempt;
    let (status, retry_after) = match reply {
        Reply::Status(status, retry_after) => (Some(*status), retry_after.as_deref()),
        Reply::Nothing(_) => (None, None),
    };
    if status.is_some_and(|status| OK.contains(&status)) {
        return AttemptPlan {
            state: DeliveryState::Delivered,
            due_at: now,
            error: None,
            hold_until: None,
            is_gone: false,
        };
    }
    let error = match reply {
        Reply::Status(status, _) => format!("status {status}"),
        Reply::Nothing(word) => (*word).to_owned(),
    };
    let wish = matches!(status, Some(TOO_MANY | UNAVAILABLE))
        .then(|| retry_after.and_then(|text| read_retry_after(text, now)))
        .flatten();
    let pause = (kind != DeliveryKind::Test)
        .then(|| pause_after(attempt.number, attempt.draw))
        .flatten();
    let state = if pause.is_some() {
        DeliveryState::Pending
    } else {
        DeliveryState::Dead
    };
    // Never earlier than the receiver wants it, and never earlier than without its wish.
    let pause = pause
        .unwrap_or_default()
        .max(wish.unwrap_or_default().min(LONGEST_WISH));
    let hold = wish
        .filter(|_| status == Some(TOO_MANY))
        .map(|wish| now + wish.min(LONGEST_HOLD));
    AttemptPlan {
        state,
        due_at: now + pause,
        error: Some(error),
        hold_until: hold,
        is_gone: status == Some(GONE) && kind != DeliveryKind::Test,
    }
}

/// The pause after an attempt; `None` after the last one.
fn pause_after(number: i64, draw: u64) -> Option<Duration> {
    let position = usize::try_from(number.max(1) - 1).ok()?;
    let micros = PAUSES.get(position)? * 1_000_000;
    Some(Duration::from_micros(micros + draw % (micros / JITTER)))
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
fn read_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(Timestamp::from_unix_seconds(at.unix_timestamp()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState::{Dead, Delivered, Pending};

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_773_480_000);

    fn plan(reply: &Reply, number: i64) -> AttemptPlan {
        let attempt = Attempt {
            kind: DeliveryKind::Event,
            number,
            now: NOW,
            draw: 0,
        };
        after_webhook(reply, attempt)
    }

    fn status(status: u16) -> Reply {
        Reply::Status(status, None)
    }

    fn later(status: u16, retry_after: &str) -> Reply {
        Reply::Status(status, Some(retry_after.to_owned()))
    }

    #[test]
    fn only_2xx_is_a_success() {
        for good in [200, 201, 202, 204, 299] {
            assert_eq!(plan(&status(good), 16).state, Delivered, "{good}");
        }
        for bad in [100, 199, 300, 301, 307, 400, 401, 404, 410, 429, 500, 503] {
            let plan = plan(&status(bad), 1);
            assert_eq!(plan.state, Pending, "{bad}");
            assert_eq!(plan.error, Some(format!("status {bad}")));
            assert_eq!(plan.is_gone, bad == 410);
        }
        assert_eq!(plan(&Reply::Nothing("timeout"), 1).state, Pending);
    }

    #[test]
    fn attempts_go_on_for_three_days() {
        let mut total = Duration::ZERO;
        for number in 1..=15 {
            let pause = pause_after(number, 0).expect("not the last one");
            let longest = pause_after(number, u64::MAX).expect("not the last one");
            assert!(
                pause <= longest && longest < pause.mul_f32(1.21),
                "{number}"
            );
            total += pause;
        }
        assert!((70..=74).contains(&(total.as_secs() / HOUR)), "{total:?}");
        assert_eq!(pause_after(16, 0), None);
        assert_eq!(plan(&status(500), 16).state, Dead);
    }

    #[test]
    fn who_wants_us_later_is_asked_later() {
        let due = |reply: &Reply| plan(reply, 1).due_at.since(NOW).as_secs();
        assert_eq!(due(&later(503, "90")), 90);
        assert_eq!(due(&later(429, "90")), 90);
        assert_eq!(due(&later(503, "1")), 5, "not earlier than without it");
        assert_eq!(due(&later(503, "9999999")), 12 * HOUR);
        assert_eq!(due(&later(503, "Sat, 14 Mar 2026 09:21:30 GMT")), 90);
        assert_eq!(due(&later(503, "Sat, 14 Mar 2020 09:21:30 GMT")), 5);
        assert_eq!(due(&later(503, "soon")), 5);
        assert_eq!(due(&later(503, "-7")), 5);
        assert_eq!(due(&later(500, "90")), 5, "only where the status means it");
    }

    #[test]
    fn too_many_holds_everything_and_unavailable_does_not() {
        let hold = |reply: &Reply| plan(reply, 1).hold_until.map(|at| at.since(NOW).as_secs());
        assert_eq!(hold(&later(429, "90")), Some(90));
        assert_eq!(hold(&later(429, "9999")), Some(HOUR));
        assert_eq!(hold(&status(429)), None);
        assert_eq!(hold(&later(503, "90")), None);
    }

    #[test]
    fn a_test_is_made_once_and_ends_nothing() {
        let attempt = Attempt {
            kind: DeliveryKind::Test,
            number: 1,
            now: NOW,
            draw: 0,
        };
        let plan = after_webhook(&status(410), attempt);
        assert_eq!((plan.state, plan.is_gone), (Dead, false));
    }
}
