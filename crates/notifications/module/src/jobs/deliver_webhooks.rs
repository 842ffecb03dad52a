//! Sends webhooks to one receiver.

use std::time::Duration;

use async_trait::async_trait;
use notifications_contract::WebhookEndpointId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Webhooks;

/// A receiver has something to be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeliverWebhooks {
    pub(crate) endpoint_id: WebhookEndpointId,
}

impl DeliverWebhooks {
    /// The job's unique key: 32 hexadecimal digits, so that a statement can find the job of a receiver.
    pub(crate) fn key(endpoint_id: WebhookEndpointId) -> String {
        endpoint_id.uuid().simple().to_string()
    }
}

impl Job for DeliverWebhooks {
    const KIND: &'static str = "notifications.deliver_webhooks";
    /// A turn, and twice the longest patience with a receiver.
    const TIMEOUT: Duration = Duration::from_secs(90);
    /// Only our own failures count: the rows know about the receiver's. They end, sooner or later.
    const MAX_ATTEMPTS: u32 = 10_000;
    const LONGEST_PAUSE: Duration = Duration::from_mins(1);
}

#[async_trait]
impl Run<DeliverWebhooks> for Webhooks {
    /// The rows of the deliveries say what was done, so the receipt is signed by itself. What is due later has the job run
    /// then; something new brings it forward.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: DeliverWebhooks,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        match self.deliver(ctx, job.endpoint_id).await? {
            Some(until) => Err(JobError::Snooze { until }),
            None => Ok(()),
        }
    }
}
