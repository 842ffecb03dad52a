//! Every event of every module becomes an entry.

use async_trait::async_trait;
use tenon_events::{Envelope, HandleAny, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::service::Service;

#[async_trait]
impl HandleAny for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        self.record_event(ctx, event, receipt).await
    }
}
