//! Indexes again what an older version indexed, or what somebody wants indexed again.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// One round; mostly there is nothing to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefreshSearch {}

impl Job for RefreshSearch {
    const KIND: &'static str = "catalog.refresh_search";
    const TIMEOUT: Duration = Duration::from_mins(30);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each minute
}

#[async_trait]
impl Run<RefreshSearch> for Service {
    /// Each batch is a unit of its own, and what is indexed stays so: the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: RefreshSearch,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        self.refresh_search(ctx).await?;
        Ok(())
    }
}
