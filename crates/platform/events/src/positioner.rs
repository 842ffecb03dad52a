//! Gives committed events their place in the feed, on PostgreSQL.
//!
//! Ids are taken before the commit, so a reader that pages by id would pass over an event whose transaction
//! commits late. Positions are given after the commit: whoever holds the row of `feed_head` numbers all committed
//! events that have none. A position is therefore never given below one that a reader may have seen.
//! Two events of one subject keep their order: the second transaction waited for the first one's commit, so its
//! id is higher and it is never visible without the other.

use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, Engine, Queryable as _, StoreError, retrying};

/// How many events are numbered in one transaction.
const BATCH: i64 = 1_000;

/// Gives every committed event a position. On SQLite the id is the position, and nothing is to be done.
pub async fn position_events(db: &Db) -> Result<(), StoreError> {
    if db.engine() == Engine::Sqlite {
        return Ok(());
    }
    let ctx = CallCtx::service(db.env(), Interface::Event, db.module());
    loop {
        let waiting = db
            .read(&ctx)
            .query("SELECT id FROM outbox WHERE feedposition IS NULL LIMIT 1")
            .fetch_scalar::<i64>()
            .await?;
        if waiting.is_none() {
            return Ok(());
        }
        retrying(|| position_batch(db, ctx.child())).await?;
    }
}

async fn position_batch(db: &Db, mut ctx: CallCtx) -> Result<(), StoreError> {
    let mut tx = db.begin(&mut ctx, "events.position").await?;
    // The lock comes in a statement of its own: the next statement's snapshot then has all that was positioned
    // while this one waited.
    let head = tx
        .query("SELECT position FROM feed_head FOR UPDATE")
        .fetch_scalar::<i64>()
        .await?
        .ok_or_else(|| StoreError::inconsistent("feed_head: no row"))?;
    if tenon_chaos::is_planted("events.feed-by-id") {
        tx.query("UPDATE outbox SET feedposition = id WHERE feedposition IS NULL")
            .execute()
            .await?;
        return tx.commit().await;
    }
    let positioned = tx
        .query(
            "UPDATE outbox SET feedposition = $1 + waiting.place
               FROM (SELECT id, row_number() OVER (ORDER BY id) AS place
                       FROM (SELECT id FROM outbox WHERE feedposition IS NULL ORDER BY id LIMIT $2) AS unplaced
                    ) AS waiting
              WHERE outbox.id = waiting.id",
        )
        .bind(head)
        .bind(BATCH)
        .execute()
        .await?;
    tx.query("UPDATE feed_head SET position = position + $1")
        .bind(i64::try_from(positioned).unwrap_or(BATCH))
        .execute()
        .await?;
    tx.commit().await
}
