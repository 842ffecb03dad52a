//! Asks the provider about an attempt until its outcome is known.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::AttemptId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::{Service, Source};

/// Watches an attempt in motion.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PollAttempt {
    pub(crate) attempt_id: AttemptId,
}

impl Job for PollAttempt {
    const KIND: &'static str = "payments.poll_attempt";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<PollAttempt> for Service {
    async fn run(&self, ctx: &mut CallCtx, job: PollAttempt, _: Receipt) -> Result<(), JobError> {
        let heard = self.poll(ctx, job.attempt_id, Source::Poller).await?;
        match heard.and_then(|heard| heard.attempt.next_poll_at) {
            Some(until) => Err(JobError::Snooze { until }),
            None => Ok(()),
        }
    }
}
