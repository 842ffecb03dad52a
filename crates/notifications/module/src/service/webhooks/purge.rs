//! Drops what was over long ago, and sees that no receiver was forgotten.

use notifications_contract::WebhookEndpointId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::{Webhooks, wake_all};
use crate::store::{webhook_deliveries, webhook_endpoints, webhook_places};

/// Deliveries dropped in one transaction.
const BATCH: u32 = 500;

impl Webhooks {
    /// Drops deliveries that have been over for the retention, and whatever is left of deleted receivers.
    pub(crate) async fn purge(&self, ctx: &CallCtx) -> Result<(), StoreError> {
        while self.purge_batch(ctx).await? == u64::from(BATCH) {}
        while let Some(id) = webhook_endpoints::find_deleted(&mut self.db.read(ctx)).await? {
            self.drop_deleted(ctx, id).await?;
        }
        self.wake_forgotten(ctx).await
    }

    async fn purge_batch(&self, ctx: &CallCtx) -> Result<u64, StoreError> {
        let before = self.db.env().now() - self.retention;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.purge_webhooks")
                .await?;
            let purged = webhook_deliveries::purge(&mut tx, before, BATCH).await?;
            webhook_places::purge_replays(&mut tx, before).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(purged)
        })
        .await
    }

    async fn drop_deleted(&self, ctx: &CallCtx, id: WebhookEndpointId) -> Result<(), StoreError> {
        loop {
            let is_whole = retrying(|| async {
                let mut ctx = ctx.child();
                let mut tx = self
                    .db
                    .begin(&mut ctx, "notifications.drop_webhook_endpoint")
                    .await?;
                let purged = webhook_deliveries::purge_of(&mut tx, id, BATCH).await?;
                let is_whole = purged < u64::from(BATCH);
                if is_whole {
                    webhook_endpoints::drop_deleted(&mut tx, id).await?;
                }
                tx.commit().await?;
                Ok::<_, StoreError>(is_whole)
            })
            .await?;
            if is_whole {
                return Ok(());
            }
        }
    }

    /// A job that somebody cancelled, or that died, comes back.
    async fn wake_forgotten(&self, ctx: &CallCtx) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.wake_webhooks")
                .await?;
            wake_all(&mut tx).await?;
            tx.commit().await
        })
        .await
    }
}
