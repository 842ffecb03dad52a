//! Forgets deliveries that were kept long enough.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Webhooks;

/// One round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PurgeWebhooks {}

impl Job for PurgeWebhooks {
    const KIND: &'static str = "notifications.purge_webhooks";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each hour
}

#[async_trait]
impl Run<PurgeWebhooks> for Webhooks {
    /// Each batch is a unit of its own, and what is gone is gone: the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: PurgeWebhooks,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        self.purge(ctx).await?;
        Ok(())
    }
}
