//! What messages were asked to say: opened when they are sent, forgotten when nobody will.

use std::time::Duration;

use notifications_contract::MessageId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use crate::domain::Said;
use crate::store;

/// How long operators can put a given up message back to work.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// Contents forgotten in one transaction.
const BATCH: u32 = 500;

impl Service {
    /// Opens what a message was asked to say; `None` if it is gone, or sealed with a secret that the installation no longer
    /// has.
    pub(super) async fn content(
        &self,
        ctx: &CallCtx,
        id: MessageId,
    ) -> Result<Option<Said>, StoreError> {
        let sealed = store::contents::find(&mut self.db.read(ctx), id).await?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let opened = self.contact_key.open_content(id, &sealed);
        let content = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        if content.is_none() {
            tracing::error!(message.id = %id, "the content of a message cannot be opened");
        }
        Ok(content)
    }

    /// Forgets the contents of messages that were given up long ago, batch by batch.
    pub(crate) async fn purge_contents(&self, ctx: &CallCtx) -> Result<(), StoreError> {
        let before = self.db.env().now() - KEPT;
        loop {
            let purged = retrying(|| async {
                let mut ctx = ctx.child();
                let mut tx = self
                    .db
                    .begin(&mut ctx, "notifications.purge_contents")
                    .await?;
                let purged = store::contents::purge_failed(&mut tx, before, BATCH).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(purged)
            })
            .await?;
            if purged < u64::from(BATCH) {
                return Ok(());
            }
        }
    }
}
