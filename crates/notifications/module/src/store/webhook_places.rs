//! How far the log was read for each receiver of webhooks, and stretches that are sent again.

use notifications_contract::{WebhookEndpointId, WebhookReplayId};
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::webhook_endpoints::read_types;

/// Where a receiver stands.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Place {
    /// Of the log: up to here everything that is wanted has a delivery.
    pub(crate) position: i64,
    /// When what was sent so far is within the rate.
    pub(crate) slot_at: Timestamp,
}

/// A stretch of the log that is sent again.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    pub(crate) id: WebhookReplayId,
    pub(crate) event_types: Vec<String>,
    /// Up to here it is scheduled.
    pub(crate) position: i64,
    pub(crate) until: i64,
}

#[derive(sqlx::FromRow)]
struct ReplayRow {
    id: WebhookReplayId,
    event_types: String,
    position: i64,
    until_position: i64,
}

/// An event of the log, as far as scheduling looks at it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct LoggedEvent {
    pub(crate) position: i64,
    pub(crate) event_id: EventId,
    #[sqlx(rename = "type")]
    pub(crate) event_type: String,
    pub(crate) subject: String,
}

/// Returns the place of a receiver.
pub(crate) async fn get(
    db: &mut dyn Queryable,
    id: WebhookEndpointId,
) -> Result<Place, StoreError> {
    db.query("SELECT position, slot_at FROM webhook_places WHERE endpoint_id = $1")
        .bind(id)
        .fetch_optional()
        .await?
        .ok_or_else(|| StoreError::inconsistent(format!("webhook_places: no row of {id}")))
}

/// Says how far the log was read.
pub(crate) async fn advance(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
    position: i64,
) -> Result<(), StoreError> {
    tx.query("UPDATE webhook_places SET position = $2 WHERE endpoint_id = $1")
        .bind(id)
        .bind(position)
        .execute()
        .await?;
    Ok(())
}

/// Notes that the list of types has changed: what was wanted before says nothing about what is wanted now.
pub(crate) async fn want_anew(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), StoreError> {
    tx.query("UPDATE webhook_places SET wanted_after = position WHERE endpoint_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Takes the number of the next delivery.
pub(crate) async fn take_seq(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<i64, StoreError> {
    tx.query(
        "UPDATE webhook_places SET next_seq = next_seq + 1 WHERE endpoint_id = $1 RETURNING next_seq - 1",
    )
    .bind(id)
    .fetch_scalar()
    .await?
    .ok_or_else(|| StoreError::inconsistent(format!("webhook_places: no row of {id}")))
}

/// Says until when the rate is used up; never earlier than was said before.
pub(crate) async fn push_slot(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
    slot_at: Timestamp,
) -> Result<(), StoreError> {
    tx.query("UPDATE webhook_places SET slot_at = $2 WHERE endpoint_id = $1 AND slot_at < $2")
        .bind(id)
        .bind(slot_at)
        .execute()
        .await?;
    Ok(())
}

/// Reads what comes after a position, oldest first.
pub(crate) async fn list_logged(
    db: &mut dyn Queryable,
    after: i64,
    until: i64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    db.query(
        "SELECT position, event_id, type, subject
           FROM event_log
          WHERE position > $1 AND position <= $2
          ORDER BY position
          LIMIT $3",
    )
    .bind(after)
    .bind(until)
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

/// Adds a stretch that is to be sent again.
pub(crate) async fn insert_replay(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    replay: &Replay,
) -> Result<(), StoreError> {
    let now = tx.now();
    let types = serde_json::to_string(&replay.event_types).expect("texts are plain data");
    tx.query(
        "INSERT INTO webhook_replays (id, endpoint_id, event_types, position, until_position, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(replay.id)
    .bind(endpoint_id)
    .bind(types)
    .bind(replay.position)
    .bind(replay.until)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Finds the oldest stretch of a receiver that is not scheduled whole.
pub(crate) async fn find_replay(
    db: &mut dyn Queryable,
    endpoint_id: WebhookEndpointId,
) -> Result<Option<Replay>, StoreError> {
    let row: Option<ReplayRow> = db
        .query(
            "SELECT id, event_types, position, until_position
               FROM webhook_replays
              WHERE endpoint_id = $1 AND finished_at IS NULL
              ORDER BY id
              LIMIT 1",
        )
        .bind(endpoint_id)
        .fetch_optional()
        .await?;
    row.map(|row| {
        Ok(Replay {
            id: row.id,
            event_types: read_types(&row.event_types, "webhook_replays.event_types")?,
            position: row.position,
            until: row.until_position,
        })
    })
    .transpose()
}

/// Says how far a stretch was scheduled.
pub(crate) async fn advance_replay(
    tx: &mut Tx<'_>,
    id: WebhookReplayId,
    position: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE webhook_replays
            SET position = $2, finished_at = CASE WHEN $2 >= until_position THEN $3 END
          WHERE id = $1",
    )
    .bind(id)
    .bind(position)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Drops stretches that were scheduled long ago.
pub(crate) async fn purge_replays(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM webhook_replays WHERE finished_at < $1")
        .bind(before)
        .execute()
        .await
}
