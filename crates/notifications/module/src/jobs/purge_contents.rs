//! Forgets what given up messages were asked to say.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// One round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PurgeContents {}

impl Job for PurgeContents {
    const KIND: &'static str = "notifications.purge_contents";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each hour
}

#[async_trait]
impl Run<PurgeContents> for Service {
    /// Each batch is a unit of its own, and what is gone is gone: the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: PurgeContents,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        self.purge_contents(ctx).await?;
        Ok(())
    }
}
