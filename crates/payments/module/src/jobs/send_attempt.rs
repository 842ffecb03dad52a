//! Sends an attempt whose process died between the rows and the provider: the same attempt, the same key.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::AttemptId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Looks after a recorded attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SendAttempt {
    pub(crate) attempt_id: AttemptId,
}

impl Job for SendAttempt {
    const KIND: &'static str = "payments.send_attempt";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<SendAttempt> for Service {
    async fn run(&self, ctx: &mut CallCtx, job: SendAttempt, _: Receipt) -> Result<(), JobError> {
        Ok(self.send_unsent(ctx, job.attempt_id).await?)
    }
}
