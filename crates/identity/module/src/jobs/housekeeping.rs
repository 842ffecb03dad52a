//! `identity.keep_house`: forgets what is no longer needed, every minute.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// One round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeepHouse {}

impl Job for KeepHouse {
    const KIND: &'static str = "identity.keep_house";
    const TIMEOUT: Duration = Duration::from_secs(30);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each minute
}

#[async_trait]
impl Run<KeepHouse> for Service {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: KeepHouse,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "identity.keep_house").await?;
        self.keep_house(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
