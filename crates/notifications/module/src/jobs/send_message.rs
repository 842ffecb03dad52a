//! Sends one message.

use std::time::Duration;

use async_trait::async_trait;
use notifications_contract::MessageId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// A message waits to be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendMessage {
    pub(crate) message_id: MessageId,
}

impl SendMessage {
    /// The job's unique key: 32 hexadecimal digits, so that a statement can find the job of a message.
    pub(crate) fn key(message_id: MessageId) -> String {
        message_id.uuid().simple().to_string()
    }
}

impl Job for SendMessage {
    const KIND: &'static str = "notifications.send_message";
    /// Twice the longest patience with a mail server, and the lookups.
    const TIMEOUT: Duration = Duration::from_secs(90);
    /// Mail servers are down for hours: pauses double up to an hour, so these attempts last more than a day.
    const MAX_ATTEMPTS: u32 = 60;
    const LONGEST_PAUSE: Duration = Duration::from_hours(1);
}

#[async_trait]
impl Run<SendMessage> for Service {
    /// The row of the message says what was done, so the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: SendMessage,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let is_last = receipt.attempt() >= SendMessage::MAX_ATTEMPTS;
        self.send_message(ctx, job.message_id, is_last).await
    }
}
