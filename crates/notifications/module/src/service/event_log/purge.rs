//! Drops the old end of the log.

use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::EventLog;
use crate::store::event_log;

/// Events dropped in one transaction: short enough that who adds one does not wait for it.
const BATCH: u32 = 500;

impl EventLog {
    /// Drops what was recorded before the retention began, batch by batch; returns how many events.
    pub(crate) async fn purge(&self, ctx: &CallCtx) -> Result<u64, StoreError> {
        let before = self.db.env().now() - self.retention;
        let mut total = 0;
        loop {
            let purged = retrying(|| async {
                let mut ctx = ctx.child();
                let mut tx = self
                    .db
                    .begin(&mut ctx, "notifications.purge_events")
                    .await?;
                let purged = event_log::purge(&mut tx, before, BATCH).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(purged)
            })
            .await?;
            total += purged;
            if purged < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }
}
