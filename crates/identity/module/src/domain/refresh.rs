//! What it means when a refresh token comes back.
//!
//! Every refresh replaces the token: the family is the session, the generation counts its tokens. A client may lose
//! the answer and ask again, or two tabs may ask at once; both get the same successor, for a short time and only
//! until it is used itself. A token from further back means that two parties hold one family: it ends.

use std::time::Duration;

use tenon_kernel::Timestamp;

/// How long the successor is given out again, and how long it is kept (encrypted) for that.
pub(crate) const REPLAY_WINDOW: Duration = Duration::from_secs(30);

/// A used token that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// The client may not have got its answer: give the same one.
    Replay,
    /// Someone else has the token.
    Theft {
        /// How many generations it is behind.
        behind: i64,
    },
}

/// Judges a token of `generation` that was used at `used_at`, in a family that is at `newest`.
///
/// That the newest token was not used itself follows from its number: using it would have made a newer one.
pub(crate) fn judge_reuse(
    generation: i64,
    newest: i64,
    used_at: Timestamp,
    now: Timestamp,
) -> Reuse {
    let behind = newest.saturating_sub(generation);
    if behind == 1 && now.since(used_at) <= REPLAY_WINDOW {
        Reuse::Replay
    } else {
        Reuse::Theft { behind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_before_and_only_for_a_moment_is_a_replay() {
        let used = Timestamp::from_unix_seconds(1_000);
        let at = |seconds| used + Duration::from_secs(seconds);
        assert_eq!(judge_reuse(4, 5, used, at(0)), Reuse::Replay);
        assert_eq!(judge_reuse(4, 5, used, at(30)), Reuse::Replay);
        assert_eq!(judge_reuse(4, 5, used, at(31)), Reuse::Theft { behind: 1 });
        assert_eq!(judge_reuse(3, 5, used, at(0)), Reuse::Theft { behind: 2 });
    }

    /// Two rotations in the same instant: the generation decides, not the time.
    #[test]
    fn a_token_two_behind_is_theft_even_in_the_same_instant() {
        let now = Timestamp::from_unix_seconds(1_000);
        assert_eq!(judge_reuse(1, 3, now, now), Reuse::Theft { behind: 2 });
    }
}
