//! Gives captured money back, under the same key until the outcome is known.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::RefundId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// Looks after a recorded refund.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SendRefund {
    pub(crate) refund_id: RefundId,
}

impl Job for SendRefund {
    const KIND: &'static str = "payments.send_refund";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<SendRefund> for Service {
    async fn run(&self, ctx: &mut CallCtx, job: SendRefund, _: Receipt) -> Result<(), JobError> {
        let sent = self.send_refund(ctx, job.refund_id).await?;
        super::until_settled(sent.map(|refund| refund.progress))
    }
}
