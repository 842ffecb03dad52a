//! Takes authorised money, under the same key until the outcome is known.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::CaptureId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Looks after a recorded capture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SendCapture {
    pub(crate) capture_id: CaptureId,
}

impl Job for SendCapture {
    const KIND: &'static str = "payments.send_capture";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<SendCapture> for Service {
    async fn run(&self, ctx: &mut CallCtx, job: SendCapture, _: Receipt) -> Result<(), JobError> {
        let sent = self.send_capture(ctx, job.capture_id).await?;
        super::until_settled(sent.map(|capture| capture.progress))
    }
}
