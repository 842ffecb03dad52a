//! Lets a reservation expire, at the moment it was made for.

use std::time::Duration;

use async_trait::async_trait;
use catalog_contract::{ReservationId, ReservationStatus};
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Receipt, Run};
use tenon_kernel::CallCtx;

use crate::domain::stock::Cause;
use crate::service::{Service, Taking, give_back};
use crate::store::reservations;

/// One job for each reservation, due when it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ExpireReservation {
    pub(crate) reservation_id: ReservationId,
}

impl Job for ExpireReservation {
    const KIND: &'static str = "catalog.expire_reservation";
    const TIMEOUT: Duration = Duration::from_secs(30);
}

#[async_trait]
impl Run<ExpireReservation> for Service {
    /// Gives the stock back if the reservation is still held and its time has come: whatever was committed,
    /// released or extended meanwhile stays as it is.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: ExpireReservation,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let id = job.reservation_id;
        let mut tx = receipt.begin(ctx, "catalog.expire_reservation").await?;
        let Some(held) = reservations::expire(&mut tx, id).await? else {
            match reservations::find(&mut tx, id).await? {
                Some(extended) if extended.status == ReservationStatus::Held => {
                    tx.rollback().await?;
                    return Err(JobError::Snooze {
                        until: extended.expires_at,
                    });
                }
                _ => {
                    tx.commit().await?;
                    return Ok(());
                }
            }
        };
        let cause = Cause {
            reservation_id: Some(id),
            reason: "expired",
            reference: None,
        };
        let pages = give_back(&mut tx, &held, Taking::Reserving, cause).await?;
        tx.commit().await?;
        self.pages().drop_all(&pages).await;
        Ok(())
    }
}
