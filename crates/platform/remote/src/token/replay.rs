//! Remembers the proofs of commands, so that none counts twice.

use std::collections::{HashSet, VecDeque};

use tenon_kernel::Timestamp;

use super::{LEEWAY, LONGEST_LIFE};

/// Ids of proofs that were used, for as long as they could be used again.
#[derive(Debug)]
pub(crate) struct Replay {
    used: HashSet<Box<str>>,
    /// In the order of arrival, with the time after which its pass is refused anyway.
    due: VecDeque<(i64, Box<str>)>,
    most: usize,
}

/// What is known about a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It was not used before; now it was.
    Fresh,
    /// It was used before.
    Before,
    /// Nothing more can be remembered for now.
    Full,
}

impl Replay {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            used: HashSet::new(),
            due: VecDeque::new(),
            most,
        }
    }

    /// Notes the use of a proof.
    pub(crate) fn note(&mut self, now: Timestamp, issuer: &str, jti: &str) -> Seen {
        let now = now.as_unix_seconds();
        while let Some((_, id)) = self.due.pop_front_if(|(due, _)| *due < now) {
            self.used.remove(&id);
        }
        let id: Box<str> = format!("{issuer} {jti}").into();
        if self.used.contains(&id) {
            return Seen::Before;
        }
        if self.used.len() >= self.most {
            return Seen::Full;
        }
        self.used.insert(id.clone());
        self.due.push_back((now + LONGEST_LIFE + 2 * LEEWAY, id));
        Seen::Fresh
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_proof_counts_once_and_is_forgotten_after_its_time() {
        let mut replay = Replay::new(2);
        let start = Timestamp::from_unix_seconds(1_000);
        assert_eq!(replay.note(start, "tenon", "a"), Seen::Fresh);
        assert_eq!(replay.note(start, "tenon", "a"), Seen::Before);
        assert_eq!(replay.note(start, "other", "a"), Seen::Fresh);
        assert_eq!(replay.note(start, "tenon", "b"), Seen::Full);
        let still = start + Duration::from_secs(70);
        assert_eq!(replay.note(still, "tenon", "a"), Seen::Before);
        let later = start + Duration::from_secs(71);
        assert_eq!(replay.note(later, "tenon", "b"), Seen::Fresh);
        assert_eq!(replay.used.len(), 1, "what is over takes no room");
    }
}
