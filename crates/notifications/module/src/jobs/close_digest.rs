//! Ends the period of a digest.

use std::time::Duration;

use async_trait::async_trait;
use notifications_contract::MessageId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::Service;

/// What was gathered becomes a mail.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CloseDigest {
    pub(crate) digest_id: MessageId,
}

impl CloseDigest {
    /// The job's unique key: 32 hexadecimal digits, so that a statement can find the job of a digest.
    pub(crate) fn key(digest_id: MessageId) -> String {
        digest_id.uuid().simple().to_string()
    }
}

impl Job for CloseDigest {
    const KIND: &'static str = "notifications.close_digest";
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// Nothing but the own store is needed, and nothing that is gathered may be lost: more than a day.
    const MAX_ATTEMPTS: u32 = 60;
    const LONGEST_PAUSE: Duration = Duration::from_hours(1);
}

#[async_trait]
impl Run<CloseDigest> for Service {
    /// The row of the digest says what was done, so the receipt is signed by itself.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: CloseDigest,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        match self.close_digest(ctx, job.digest_id).await? {
            None => Ok(()),
            Some(until) => Err(JobError::Snooze { until }),
        }
    }
}
