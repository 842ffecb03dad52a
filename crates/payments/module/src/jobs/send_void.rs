//! Lets an attempt go, under the same key until the outcome is known.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::AttemptId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Looks after a recorded void.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SendVoid {
    pub(crate) attempt_id: AttemptId,
}

impl Job for SendVoid {
    const KIND: &'static str = "payments.send_void";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<SendVoid> for Service {
    async fn run(&self, ctx: &mut CallCtx, job: SendVoid, _: Receipt) -> Result<(), JobError> {
        let sent = self.send_void(ctx, job.attempt_id).await?;
        super::until_settled(sent.map(|void| void.progress))
    }
}
