//! The hash chain: each entry's hash covers the hash before it and everything the entry says.

use audit_contract::{ChainFault, EntryId};
use sha2::{Digest as _, Sha256};
use tenon_events::EventId;
use tenon_kernel::Timestamp;

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// What stands before the first entry.
pub(crate) const GENESIS: Hash = [0; 32];

/// Names the way in which entries become bytes; a new way needs a new number.
const FORMAT: u8 = 1;

/// Everything an entry says, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) seq: i64,
    pub(crate) id: EntryId,
    pub(crate) event_id: EventId,
    pub(crate) occurred_at: Timestamp,
    pub(crate) recorded_at: Timestamp,
    pub(crate) actor: String,
    pub(crate) interface: String,
    pub(crate) action: String,
    pub(crate) target: String,
    pub(crate) source: String,
    pub(crate) trace_id: Option<String>,
    pub(crate) correlation_id: Option<String>,
    pub(crate) causation_id: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) data: Option<String>,
}

/// An entry as stored: what it says and how it is chained.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) facts: Facts,
    pub(crate) previous: Hash,
    pub(crate) hash: Hash,
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
}

/// Computes the hash of an entry that follows `previous`.
pub(crate) fn hash_of(previous: &Hash, facts: &Facts) -> Hash {
    let Facts {
        seq,
        id,
        event_id,
        occurred_at,
        recorded_at,
        actor,
        interface,
        action,
        target,
        source,
        trace_id,
        correlation_id,
        causation_id,
        before,
        after,
        data,
    } = facts;
    let mut hasher = Sha256::new();
    hasher.update([FORMAT]);
    hasher.update(previous);
    hasher.update(seq.to_be_bytes());
    hasher.update(id.uuid().as_bytes());
    hasher.update(event_id.uuid().as_bytes());
    hasher.update(occurred_at.as_micros().to_be_bytes());
    hasher.update(recorded_at.as_micros().to_be_bytes());
    for text in [actor, interface, action, target, source] {
        update_text(&mut hasher, Some(text));
    }
    for text in [trace_id, correlation_id, causation_id, before, after, data] {
        update_text(&mut hasher, text.as_deref());
    }
    hasher.finalize().into()
}

/// Lengths go first, so that no two entries become the same bytes; an absent text has a length that none can have.
fn update_text(hasher: &mut Sha256, text: Option<&str>) {
    match text {
        Some(text) => {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        None => hasher.update(u64::MAX.to_be_bytes()),
    }
}

/// Says what is wrong with the entry that should stand at `expected_seq` behind `previous`.
pub(crate) fn check_link(expected_seq: i64, previous: &Hash, link: &Link) -> Option<ChainFault> {
    if link.facts.seq != expected_seq {
        return Some(ChainFault::Missing);
    }
    // A row that was moved keeps its hashes, and they name its old neighbour.
    if link.previous != *previous {
        return Some(ChainFault::NotLinked);
    }
    (hash_of(&link.previous, &link.facts) != link.hash).then_some(ChainFault::Altered)
}

/// Writes lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string succeeds");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts() -> Facts {
        Facts {
            seq: 1,
            id: EntryId::from_uuid(uuid::Uuid::from_u128(1)),
            event_id: EventId::from_uuid(uuid::Uuid::from_u128(2)),
            occurred_at: Timestamp::from_micros(3),
            recorded_at: Timestamp::from_micros(4),
            actor: "usr_1".to_owned(),
            interface: "rest".to_owned(),
            action: "product.updated".to_owned(),
            target: "prd_1".to_owned(),
            source: "catalog".to_owned(),
            trace_id: None,
            correlation_id: None,
            causation_id: None,
            before: None,
            after: None,
            data: None,
        }
    }

    type Change = fn(&mut Facts, String);

    /// Every member, so that none is forgotten by the hash.
    const CHANGES: [Change; 16] = [
        |facts, _| facts.seq += 1,
        |facts, _| facts.id = EntryId::from_uuid(uuid::Uuid::from_u128(9)),
        |facts, _| facts.event_id = EventId::from_uuid(uuid::Uuid::from_u128(9)),
        |facts, _| facts.occurred_at = Timestamp::from_micros(9),
        |facts, _| facts.recorded_at = Timestamp::from_micros(9),
        |facts, text| facts.actor.push_str(&text),
        |facts, text| facts.interface.push_str(&text),
        |facts, text| facts.action.push_str(&text),
        |facts, text| facts.target.push_str(&text),
        |facts, text| facts.source.push_str(&text),
        |facts, text| facts.trace_id = Some(text),
        |facts, text| facts.correlation_id = Some(text),
        |facts, text| facts.causation_id = Some(text),
        |facts, text| facts.before = Some(text),
        |facts, text| facts.after = Some(text),
        |facts, text| facts.data = Some(text),
    ];

    #[test]
    fn text_that_moves_to_the_next_member_changes_the_hash() {
        let (mut left, mut right) = (facts(), facts());
        left.actor = "ab".to_owned();
        left.interface = "c".to_owned();
        right.actor = "a".to_owned();
        right.interface = "bc".to_owned();
        assert_ne!(hash_of(&GENESIS, &left), hash_of(&GENESIS, &right));
        right = facts();
        right.data = Some(String::new());
        assert_ne!(hash_of(&GENESIS, &facts()), hash_of(&GENESIS, &right));
    }

    proptest! {
        #[test]
        fn every_member_counts(which in 0..CHANGES.len(), text in ".{1,20}") {
            let mut changed = facts();
            CHANGES[which](&mut changed, text);
            prop_assert_ne!(hash_of(&GENESIS, &facts()), hash_of(&GENESIS, &changed));
            prop_assert_ne!(hash_of(&GENESIS, &facts()), hash_of(&[1; 32], &facts()));
        }
    }

    #[test]
    fn a_link_is_checked_for_place_neighbour_and_content() {
        let hash = hash_of(&GENESIS, &facts());
        let good = Link {
            facts: facts(),
            previous: GENESIS,
            hash,
        };
        assert_eq!(check_link(1, &GENESIS, &good), None);
        assert_eq!(check_link(2, &GENESIS, &good), Some(ChainFault::Missing));
        assert_eq!(check_link(1, &[1; 32], &good), Some(ChainFault::NotLinked));
        let altered = Link {
            facts: Facts {
                actor: "usr_2".to_owned(),
                ..facts()
            },
            ..good
        };
        assert_eq!(check_link(1, &GENESIS, &altered), Some(ChainFault::Altered));
    }
}
