//! `identity.answer_request`: what someone who is not signed in gets for their request.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;
use uuid::Uuid;

use crate::service::Service;

/// Names the request; what it says stays in its own table, where jobs are not listed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AnswerRequest {
    pub(crate) request_id: Uuid,
}

impl Job for AnswerRequest {
    const KIND: &'static str = "identity.answer_request";
    const TIMEOUT: Duration = Duration::from_secs(10);
}

#[async_trait]
impl Run<AnswerRequest> for Service {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: AnswerRequest,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "identity.answer_request").await?;
        self.answer_request(&mut tx, job.request_id).await?;
        tx.commit().await?;
        Ok(())
    }
}
