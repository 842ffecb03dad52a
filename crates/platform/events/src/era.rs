//! Eras of a feed: after a restore, positions go on above all that were ever given.
//!
//! A restored producer has forgotten its newest events, but consumers elsewhere may have read them: their cursors stand
//! beyond its head, and would pass over new events that got the same positions again. So a restore begins an era,
//! numbered by the second it happens in: later restores begin later ones, also of the same backup.

use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Engine, Queryable as _, StoreError, retrying};

use crate::{outbox, position_events};

/// Positions of one era: more than are given in a second, so that no era reaches the one of a later second. With
/// 30 bits for seconds, positions stay integers in every JSON reader.
pub const ERA_BITS: u32 = 22;
/// 2020-01-01T00:00:00Z
const BEGINNING: Timestamp = Timestamp::from_unix_seconds(1_577_836_800);

/// Which era a position belongs to; 0 until the first restore.
pub(crate) fn era_of(position: i64) -> i64 {
    position >> ERA_BITS
}

/// Begins a new era of the feed of a store that was restored, before anything else works on it. Returns the position
/// after which events go on.
pub async fn begin_era(db: &Db) -> Result<i64, StoreError> {
    position_events(db).await?; // those of before stay in front
    retrying(|| async {
        let mut ctx = CallCtx::service(db.env(), Interface::Event, db.module());
        let head = outbox::head(db, &ctx).await?;
        let seconds = db.env().now().since(BEGINNING).as_secs();
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX >> ERA_BITS);
        let start = seconds.max(era_of(head) + 1) << ERA_BITS;
        let mut tx = db.begin(&mut ctx, "events.begin_era").await?;
        match tx.engine() {
            Engine::Sqlite => {
                // The row is there once there was an event.
                tx.query("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
                    .execute()
                    .await?;
                tx.query("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', $1)")
                    .bind(start)
                    .execute()
                    .await?;
            }
            Engine::Postgres => {
                tx.query("UPDATE feed_head SET position = $1")
                    .bind(start)
                    .execute()
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(start)
    })
    .await
}
