//! Stores what has become complete of the Merkle tree.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// One round; mostly there is nothing to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GrowTree {}

impl Job for GrowTree {
    const KIND: &'static str = "audit.grow_tree";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 3;
    const CANCELLABLE: bool = true; // comes again each minute
}

#[async_trait]
impl Run<GrowTree> for Service {
    /// Each batch is a unit of its own, and what is stored stays so: the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: GrowTree,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        self.grow_tree(ctx).await?;
        Ok(())
    }
}
