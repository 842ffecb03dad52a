//! For operators: dead letters, replay, skipping, rewinding, purging.

use std::time::Duration;

use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError};

use crate::{EventId, position_events};

/// Most dead events that are listed at once.
const MOST_DEAD: i64 = 1_000;
/// Events stay in the outbox at least this long: a consumer may have to read them again.
const SHORTEST_RETENTION: Duration = Duration::from_hours(7 * 24);

/// An event that no attempt could handle.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeadEvent {
    /// The event.
    #[sqlx(rename = "event_id")]
    pub id: EventId,
    /// Durable name of the consumer.
    pub consumer: String,
    /// `order.placed`
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// What it is about.
    pub subject: String,
    /// Attempts made.
    #[sqlx(try_from = "i64")]
    pub attempts: u32,
    /// Why the last one failed.
    pub reason: String,
    /// When it was given up.
    #[sqlx(rename = "finished_at")]
    pub at: Timestamp,
}

/// Lists dead events of all consumers in this store, oldest first, at most 1,000.
pub async fn dead_events(db: &Db, ctx: &CallCtx) -> Result<Vec<DeadEvent>, StoreError> {
    db.read(ctx)
        .query(
            "SELECT event_id, consumer, type, subject, attempts, reason, finished_at FROM inbox
              WHERE state = 'dead'
              ORDER BY seq LIMIT $1",
        )
        .bind(MOST_DEAD)
        .fetch_all()
        .await
}

/// Puts dead events (all, or one) of a consumer back to work, with all their attempts before them; returns how many.
///
/// Later events of the same subject may have been handled by now: a replayed event comes out of order.
pub async fn replay(
    db: &Db,
    ctx: &mut CallCtx,
    consumer: &str,
    event: Option<EventId>,
) -> Result<u64, StoreError> {
    let mut tx = db.begin(ctx, "events.replay").await?;
    let now = tx.now();
    let replay = tx
        .query(match event {
            None => {
                "UPDATE inbox SET state = 'pending', attempts = 0, run_at = $2, reason = NULL, finished_at = NULL
                  WHERE consumer = $1 AND state = 'dead'"
            }
            Some(_) => {
                "UPDATE inbox SET state = 'pending', attempts = 0, run_at = $2, reason = NULL, finished_at = NULL
                  WHERE consumer = $1 AND state = 'dead' AND event_id = $3"
            }
        })
        .bind(consumer.to_owned())
        .bind(now);
    let replayed = match event {
        None => replay.execute().await?,
        Some(id) => replay.bind(id).execute().await?,
    };
    tx.commit().await?;
    Ok(replayed)
}

/// Gives up an event that is being retried, so that later ones of its subject go on; `false` if it does not wait.
pub async fn skip(
    db: &Db,
    ctx: &mut CallCtx,
    consumer: &str,
    event: EventId,
) -> Result<bool, StoreError> {
    let mut tx = db.begin(ctx, "events.skip").await?;
    let now = tx.now();
    let skipped = tx
        .query(
            "UPDATE inbox SET state = 'dead', finished_at = $3, reason = 'skipped by an operator'
              WHERE consumer = $1 AND event_id = $2 AND state = 'pending'",
        )
        .bind(consumer.to_owned())
        .bind(event)
        .bind(now)
        .execute()
        .await?;
    tx.commit().await?;
    Ok(skipped == 1)
}

/// Makes a consumer read a feed (all, without a source) again from `position` on; returns how many feeds. Events that it
/// has in its inbox are not handled again.
///
/// For a new kind of event in a subscription, and for whatever carried events and lost some: what passed before is
/// fetched this way. The consumer may work meanwhile.
pub async fn rewind(
    db: &Db,
    ctx: &mut CallCtx,
    consumer: &str,
    source: Option<&str>,
    position: i64,
) -> Result<u64, StoreError> {
    let mut tx = db.begin(ctx, "events.rewind").await?;
    let now = tx.now();
    let rewind = tx
        .query(match source {
            None => {
                "UPDATE event_cursors SET position = $2, updated_at = $3 WHERE consumer = $1 AND position > $2"
            }
            Some(_) => {
                "UPDATE event_cursors SET position = $2, updated_at = $3
                  WHERE consumer = $1 AND position > $2 AND source = $4"
            }
        })
        .bind(consumer.to_owned())
        .bind(position)
        .bind(now);
    let moved = match source {
        None => rewind.execute().await?,
        Some(source) => rewind.bind(source.to_owned()).execute().await?,
    };
    tx.commit().await?;
    Ok(moved)
}

/// Deletes inbox rows that were done before `before`, at most `limit`; returns how many.
///
/// Keep them longer than any producer keeps its outbox: they are what recognises a duplicate.
pub async fn purge_inbox(
    db: &Db,
    ctx: &mut CallCtx,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let mut tx = db.begin(ctx, "events.purge_inbox").await?;
    let purged = tx
        .query(
            "DELETE FROM inbox WHERE seq IN (
                 SELECT seq FROM inbox
                  WHERE state = 'done' AND finished_at < $1
                  ORDER BY finished_at LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(limit))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(purged)
}

/// Deletes events that were emitted before `before`, and at least seven days ago, at most `limit`; returns how many.
pub async fn purge_outbox(
    db: &Db,
    ctx: &mut CallCtx,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    position_events(db).await?;
    let mut tx = db.begin(ctx, "events.purge_outbox").await?;
    let before = before.min(tx.now() - SHORTEST_RETENTION);
    // Ids and times grow together: the first event to keep is found from the old end, without an index on the time.
    let purged = tx
        .query(
            "DELETE FROM outbox WHERE id IN (
                 SELECT id FROM outbox
                  WHERE id < COALESCE((SELECT id FROM outbox WHERE time >= $1 ORDER BY id LIMIT 1), 9223372036854775807)
                  ORDER BY id LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(limit))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(purged)
}

pub(crate) async fn count_dead_events(
    db: &Db,
    ctx: &CallCtx,
    consumer: &'static str,
) -> Result<i64, StoreError> {
    let count = db
        .read(ctx)
        .query("SELECT COUNT(*) FROM inbox WHERE consumer = $1 AND state = 'dead'")
        .bind(consumer)
        .fetch_scalar()
        .await?;
    Ok(count.unwrap_or(0))
}
