//! The entries.

use audit_contract::{EntryFilter, EntryId};
use serde::{Deserialize, Serialize};
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::head::hash;
use crate::domain::{Facts, Hash, Link};

/// Later than anything that happens: 9999-12-31T23:59:59Z.
const END_OF_TIME: Timestamp = Timestamp::from_unix_seconds(253_402_300_799);

/// Where a page of the list ends.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct EntryPosition {
    occurred_at: i64,
    seq: i64,
}

impl EntryPosition {
    /// The position of an entry.
    pub(crate) fn of(link: &Link) -> Self {
        Self {
            occurred_at: link.facts.occurred_at.as_micros(),
            seq: link.facts.seq,
        }
    }
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    id: EntryId,
    event_id: EventId,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    actor: String,
    interface: String,
    action: String,
    target: String,
    source: String,
    trace_id: Option<String>,
    correlation_id: Option<String>,
    causation_id: Option<String>,
    state_before: Option<String>,
    state_after: Option<String>,
    data: Option<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

/// Spells out a statement over whole entries.
macro_rules! select_entries {
    ($($rest:literal),+) => {
        concat!(
            "SELECT seq, id, event_id, occurred_at, recorded_at, actor, interface, action, target, source,
                    trace_id, correlation_id, causation_id, state_before, state_after, data, previous_hash, hash
               FROM audit_entries ",
            $($rest),+
        )
    };
}

/// The list with one condition that an index begins with; the other filters follow as they come.
macro_rules! list_entries {
    ($condition:literal) => {
        select_entries!(
            "WHERE ",
            $condition,
            "  AND ($1 IS NULL OR actor = $1)
               AND ($2 IS NULL OR action = $2)
               AND ($3 IS NULL OR target = $3)
               AND occurred_at >= $4
               AND (occurred_at, seq) < ($5, $6)
             ORDER BY occurred_at DESC, seq DESC
             LIMIT $7"
        )
    };
}

/// Adds an entry; `false` if the event has one already.
pub(crate) async fn insert_entry(tx: &mut Tx<'_>, link: &Link) -> Result<bool, StoreError> {
    let Link {
        facts,
        previous,
        hash,
    } = link;
    let inserted = tx
        .query(
            "INSERT INTO audit_entries (seq, id, event_id, occurred_at, recorded_at, actor, interface, action,
                                        target, source, trace_id, correlation_id, causation_id,
                                        state_before, state_after, data, previous_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT (event_id) DO NOTHING",
        )
        .bind(facts.seq)
        .bind(facts.id)
        .bind(facts.event_id)
        .bind(facts.occurred_at)
        .bind(facts.recorded_at)
        .bind(facts.actor.as_str())
        .bind(facts.interface.as_str())
        .bind(facts.action.as_str())
        .bind(facts.target.as_str())
        .bind(facts.source.as_str())
        .bind(facts.trace_id.as_deref())
        .bind(facts.correlation_id.as_deref())
        .bind(facts.causation_id.as_deref())
        .bind(facts.before.as_deref())
        .bind(facts.after.as_deref())
        .bind(facts.data.as_deref())
        .bind(previous.to_vec())
        .bind(hash.to_vec())
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Finds one entry.
pub(crate) async fn find_entry(
    db: &mut dyn Queryable,
    id: EntryId,
) -> Result<Option<Link>, StoreError> {
    let row = db
        .query(select_entries!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<EntryRow>()
        .await?;
    row.map(Link::try_from).transpose()
}

/// Lists entries behind `after`, latest first; `limit + 1` rows if there are more.
pub(crate) async fn list_entries(
    db: &mut dyn Queryable,
    filter: &EntryFilter,
    after: Option<EntryPosition>,
    limit: u32,
) -> Result<Vec<Link>, StoreError> {
    // One thing has few entries, one actor more, one action most: begin with what leaves the least.
    let sql = if filter.target.is_some() {
        list_entries!("target = $3")
    } else if filter.actor.is_some() {
        list_entries!("actor = $1")
    } else if filter.action.is_some() {
        list_entries!("action = $2")
    } else {
        list_entries!("TRUE")
    };
    let until = filter.until.map_or(
        EntryPosition {
            occurred_at: END_OF_TIME.as_micros(),
            seq: 0,
        },
        |until| EntryPosition {
            occurred_at: until.as_micros(),
            seq: 0,
        },
    );
    let bound = after
        .filter(|after| after.occurred_at < until.occurred_at)
        .unwrap_or(until);
    let rows = db
        .query(sql)
        .bind(filter.actor.as_deref())
        .bind(filter.action.as_deref())
        .bind(filter.target.as_deref())
        .bind(filter.since.unwrap_or(Timestamp::EPOCH))
        .bind(Timestamp::from_micros(bound.occurred_at))
        .bind(bound.seq)
        .bind(i64::from(limit) + 1)
        .fetch_all::<EntryRow>()
        .await?;
    rows.into_iter().map(Link::try_from).collect()
}

/// Reads a stretch of the chain.
pub(crate) async fn list_links(
    db: &mut dyn Queryable,
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<Link>, StoreError> {
    let rows = db
        .query(select_entries!(
            "WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT $3"
        ))
        .bind(from)
        .bind(to)
        .bind(i64::from(limit))
        .fetch_all::<EntryRow>()
        .await?;
    rows.into_iter().map(Link::try_from).collect()
}

/// Reads the hashes of the entries from one place up to another, both among them; `None` if one is missing.
pub(crate) async fn list_hashes(
    db: &mut dyn Queryable,
    from: i64,
    to: i64,
) -> Result<Option<Vec<Hash>>, StoreError> {
    let rows = db
        .query(
            "SELECT seq, hash
               FROM audit_entries
              WHERE seq >= $1 AND seq <= $2
              ORDER BY seq",
        )
        .bind(from)
        .bind(to)
        .fetch_all::<(i64, Vec<u8>)>()
        .await?;
    if !rows.iter().map(|(seq, _)| *seq).eq(from..=to) {
        return Ok(None);
    }
    let hashes = rows.into_iter().map(|(_, bytes)| bytes);
    hashes
        .map(|bytes| hash(bytes, "audit_entries.hash"))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// Finds the hash of the entry at a place.
pub(crate) async fn find_hash(
    db: &mut dyn Queryable,
    seq: i64,
) -> Result<Option<Hash>, StoreError> {
    let found = db
        .query("SELECT hash FROM audit_entries WHERE seq = $1")
        .bind(seq)
        .fetch_scalar::<Vec<u8>>()
        .await?;
    found
        .map(|bytes| hash(bytes, "audit_entries.hash"))
        .transpose()
}

/// Returns the highest place that is taken, 0 if none is.
pub(crate) async fn last_seq(db: &mut dyn Queryable) -> Result<i64, StoreError> {
    Ok(db
        .query("SELECT seq FROM audit_entries ORDER BY seq DESC LIMIT 1")
        .fetch_scalar()
        .await?
        .unwrap_or(0))
}

impl TryFrom<EntryRow> for Link {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        Ok(Self {
            previous: hash(row.previous_hash, "audit_entries.previous_hash")?,
            hash: hash(row.hash, "audit_entries.hash")?,
            facts: Facts {
                seq: row.seq,
                id: row.id,
                event_id: row.event_id,
                occurred_at: row.occurred_at,
                recorded_at: row.recorded_at,
                actor: row.actor,
                interface: row.interface,
                action: row.action,
                target: row.target,
                source: row.source,
                trace_id: row.trace_id,
                correlation_id: row.correlation_id,
                causation_id: row.causation_id,
                before: row.state_before,
                after: row.state_after,
                data: row.data,
            },
        })
    }
}
