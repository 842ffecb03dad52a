//! Gives back money and stock of a cancelled order.

use std::time::Duration;

use async_trait::async_trait;
use orders_contract::OrderId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;
use tenon_seam::SeamFault;

use crate::service::Service;
use crate::service::drive::DriveError;
use crate::service::settle_cancellation::Settled;

/// How long to wait for the checkout to finish its last step.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Settle this order's cancellation.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettleCancellation {
    pub(crate) order_id: OrderId,
}

impl Job for SettleCancellation {
    const KIND: &'static str = "orders.settle_cancellation";
    const TIMEOUT: Duration = Duration::from_secs(30);
    const MAX_ATTEMPTS: u32 = 1_000; // money is given back, however long it takes
}

#[async_trait]
impl Run<SettleCancellation> for Service {
    #[tracing::instrument(name = "job.orders.settle_cancellation", skip_all, fields(order.id = %job.order_id))]
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: SettleCancellation,
        _: Receipt,
    ) -> Result<(), JobError> {
        match self.settle_cancellation(ctx, job.order_id).await {
            Ok(Settled::Done) => Ok(()),
            Ok(Settled::TooEarly) => Err(JobError::Snooze {
                until: self.db.env().now() + LOOK_AGAIN,
            }),
            Err(DriveError::Lost) => Err(JobError::Retry(Box::new(SeamFault::Cancelled))),
            Err(DriveError::Fault(fault)) => Err(JobError::Retry(Box::new(fault))),
        }
    }
}
