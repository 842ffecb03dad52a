//! Looks at an event of the provider that was stored before.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::service::{Processed, Service};

/// Looks at a stored event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProcessProviderEvent {
    pub(crate) event_id: String,
}

impl Job for ProcessProviderEvent {
    const KIND: &'static str = "payments.process_provider_event";
    const TIMEOUT: Duration = super::TIMEOUT;
}

#[async_trait]
impl Run<ProcessProviderEvent> for Service {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: ProcessProviderEvent,
        _: Receipt,
    ) -> Result<(), JobError> {
        match self.process_event(ctx, &job.event_id).await? {
            Processed::Done => Ok(()),
            Processed::Parked(until) => Err(JobError::Snooze { until }),
        }
    }
}
