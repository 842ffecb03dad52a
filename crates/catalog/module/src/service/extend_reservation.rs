//! Holding stock longer.

use catalog_contract::{
    CatalogError, ExtendReservation, InventoryReservationExtended, Reservation,
};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::{Done, Service, conclude, refused};
use crate::domain::demand::check_expiry;
use crate::store::reservations;

const OPERATION: &str = "extend_reservation";

impl Service {
    /// Moves the expiry of a held reservation further away; see the contract.
    ///
    /// The job that expires it wakes at the old time, sees the new one and sleeps on.
    #[tracing::instrument(name = "catalog.extend_reservation", skip_all, fields(reservation.id = %req.reservation_id))]
    pub(crate) async fn extend_reservation(
        &self,
        ctx: &CallCtx,
        req: ExtendReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "catalog.extend_reservation")
                .await?;
            match tx.claim_key::<Reservation, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            check_expiry(tx.now(), req.expires_at).map_err(SeamError::Domain)?;
            let outcome = extend(&mut tx, &req).await;
            conclude(tx, OPERATION, Some(req.reservation_id.to_string()), outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn extend(
    tx: &mut Tx<'_>,
    req: &ExtendReservation,
) -> SeamResult<Done<Reservation>, CatalogError> {
    let reservation_id = req.reservation_id;
    if let Some(held) = reservations::extend(tx, reservation_id, req.expires_at).await? {
        tx.emit(&InventoryReservationExtended {
            reservation_id,
            expires_at: held.expires_at,
        })
        .await?;
        return Ok(Done::quietly(held.to_contract()));
    }
    match reservations::find(tx, reservation_id).await? {
        Some(existing) => existing
            .extend_again()
            .map(Done::quietly)
            .map_err(SeamError::Domain),
        None => refused(CatalogError::ReservationNotFound { reservation_id }),
    }
}
