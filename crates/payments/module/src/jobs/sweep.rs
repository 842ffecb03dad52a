//! Once a minute: whatever should have been looked at and was not.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Sweeps up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "payments.sweep";
    const TIMEOUT: Duration = super::TIMEOUT;
    const CANCELLABLE: bool = true; // comes again each minute
}

#[async_trait]
impl Run<Sweep> for Service {
    async fn run(&self, ctx: &mut CallCtx, _: Sweep, _: Receipt) -> Result<(), JobError> {
        let overdue = self.sweep(ctx).await?;
        if overdue > 0 {
            tracing::warn!(
                overdue,
                "overdue calls to the payment provider were put back to work"
            );
        }
        Ok(())
    }
}
