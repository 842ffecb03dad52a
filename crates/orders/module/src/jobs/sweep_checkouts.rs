//! Finds checkouts that nobody has moved in time.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run, due_sagas};
use tenon_kernel::{CallCtx, Id};

use crate::service::Service;
use crate::service::drive::{SAGA, look_at};

/// Most checkouts in one sweep; the rest come with the next.
const BATCH: u32 = 200;

/// Enqueue a look at each checkout that is past its time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SweepCheckouts {}

impl Job for SweepCheckouts {
    const KIND: &'static str = "orders.sweep_checkouts";
    const TIMEOUT: Duration = Duration::from_secs(30);
    const CANCELLABLE: bool = true; // comes again each minute
}

#[async_trait]
impl Run<SweepCheckouts> for Service {
    #[tracing::instrument(name = "job.orders.sweep_checkouts", skip_all)]
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _: SweepCheckouts,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let due = due_sagas(&self.db, ctx, SAGA, BATCH).await?;
        let mut tx = receipt.begin(ctx, "orders.sweep_checkouts").await?;
        let now = tx.now();
        for id in due {
            look_at(&mut tx, Id::from_uuid(id), now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
