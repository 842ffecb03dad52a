//! Puts the pieces of a return back on the shelf and gives its money back.

use std::time::Duration;

use async_trait::async_trait;
use orders_contract::ReturnId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;
use tenon_seam::SeamFault;

use crate::service::Service;
use crate::service::drive::DriveError;
use crate::service::settle_return::Settled;

/// How long to wait for the money of what came back to be taken.
const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// Settle this return.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettleReturn {
    pub(crate) return_id: ReturnId,
}

impl Job for SettleReturn {
    const KIND: &'static str = "orders.settle_return";
    const TIMEOUT: Duration = Duration::from_secs(30);
    const MAX_ATTEMPTS: u32 = 1_000; // money is given back, however long it takes
}

#[async_trait]
impl Run<SettleReturn> for Service {
    #[tracing::instrument(name = "job.orders.settle_return", skip_all, fields(return.id = %job.return_id))]
    async fn run(&self, ctx: &mut CallCtx, job: SettleReturn, _: Receipt) -> Result<(), JobError> {
        match self.settle_return(ctx, job.return_id).await {
            Ok(Settled::Done) => Ok(()),
            Ok(Settled::TooEarly) => Err(JobError::Snooze {
                until: self.db.env().now() + LOOK_AGAIN,
            }),
            Err(DriveError::Lost) => Err(JobError::Retry(Box::new(SeamFault::Cancelled))),
            Err(DriveError::Fault(fault)) => Err(JobError::Retry(Box::new(fault))),
        }
    }
}
