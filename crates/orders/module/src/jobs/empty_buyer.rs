//! `orders.empty_buyer`: empties what says who an erased buyer was, and comes again until nothing of it is left.

use std::time::Duration;

use async_trait::async_trait;
use orders_contract::UserRef;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::{CallCtx, Timestamp};

use crate::service::Service;

/// Longer than a session that has ended is let in anywhere, and a request takes: what such a one has left behind is there by then.
const LAST_REQUESTS: Duration = Duration::from_hours(1);
/// When to look again at orders that go on.
const NEXT_LOOK: Duration = Duration::from_hours(24);

/// Empty what there is of this buyer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EmptyBuyer {
    pub(crate) user_id: UserRef,
    pub(crate) erased_at: Timestamp,
}

impl Job for EmptyBuyer {
    const KIND: &'static str = "orders.empty_buyer";
    const TIMEOUT: Duration = Duration::from_secs(30);
    const MAX_ATTEMPTS: u32 = 1_000; // it has to be done, however long it takes
}

#[async_trait]
impl Run<EmptyBuyer> for Service {
    /// Safe to repeat: what is empty stays so.
    async fn run(&self, ctx: &mut CallCtx, job: EmptyBuyer, _: Receipt) -> Result<(), JobError> {
        let goes_on = self.empty_buyer(ctx, job.user_id).await?;
        let now = self.db.env().now();
        let last_requests = job.erased_at + LAST_REQUESTS;
        if now < last_requests {
            return Err(JobError::Snooze {
                until: last_requests,
            });
        }
        if goes_on {
            return Err(JobError::Snooze {
                until: now + NEXT_LOOK,
            });
        }
        Ok(())
    }
}
