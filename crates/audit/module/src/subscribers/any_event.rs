//! Every event of every module becomes an entry.

use async_trait::async_trait;
use tenon_events::{AfterCommit, Envelope, HandleAny, HandlerError, Keep, Receipt};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx};

use crate::service::Service;

#[async_trait]
impl Keep for Service {
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError> {
        self.record_events(tx, events).await?;
        Ok(Box::new(|| ()))
    }
}

/// What an earlier version took into the inbox.
#[async_trait]
impl HandleAny for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        self.record_received(ctx, event, receipt).await
    }
}
