//! Looks at one checkout when its time has come: expiry, a crash half-way, a module that did not answer.

use std::time::Duration;

use async_trait::async_trait;
use orders_contract::CheckoutId;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, ResumeSaga, Run};
use tenon_kernel::{CallCtx, Id};
use tenon_store::{StoreError, Tx};
use uuid::Uuid;

use crate::service::Service;
use crate::service::drive::{DriveError, Push, look_at};

/// Drive this checkout as far as it goes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DriveCheckout {
    pub(crate) checkout_id: CheckoutId,
}

impl Job for DriveCheckout {
    const KIND: &'static str = "orders.drive_checkout";
    const TIMEOUT: Duration = Duration::from_secs(45);
}

#[async_trait]
impl Run<DriveCheckout> for Service {
    /// A driver that cannot go on leaves the saga with the time of its next look, so that is no failure of the job;
    /// the sweeper finds what it could not leave.
    #[tracing::instrument(name = "job.orders.drive_checkout", skip_all, fields(checkout.id = %job.checkout_id))]
    async fn run(&self, ctx: &mut CallCtx, job: DriveCheckout, _: Receipt) -> Result<(), JobError> {
        match self.drive_by_id(ctx, job.checkout_id, Push::Resume).await {
            Ok(_) | Err(DriveError::Lost | DriveError::Fault(_)) => Ok(()),
        }
    }
}

/// Has a checkout looked at now, because somebody who runs the installation says so.
pub(crate) struct ResumeCheckout;

#[async_trait]
impl ResumeSaga for ResumeCheckout {
    async fn resume(&self, tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
        let now = tx.now();
        look_at(tx, Id::from_uuid(id), now).await
    }
}
