//! Putting sold stock back on the shelf.

use catalog_contract::{CatalogError, Reservation, ReservationStatus, Restock};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::take::{Taking, give_back};
use super::{Done, Service, conclude, refused};
use crate::domain::stock::{Cause, check_reason};
use crate::store::reservations;

const OPERATION: &str = "restock";

impl Service {
    /// Puts the stock of a committed reservation back where it was taken; see the contract.
    #[tracing::instrument(name = "catalog.restock", skip_all, fields(reservation.id = %req.reservation_id))]
    pub(crate) async fn restock(
        &self,
        ctx: &CallCtx,
        req: Restock,
    ) -> SeamResult<Reservation, CatalogError> {
        check_reason("/reason", &req.reason).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.restock").await?;
            match tx.claim_key::<Reservation, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = put_back(&mut tx, &req).await;
            conclude(tx, OPERATION, Some(req.reservation_id.to_string()), outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn put_back(tx: &mut Tx<'_>, req: &Restock) -> SeamResult<Done<Reservation>, CatalogError> {
    use ReservationStatus::{Committed, Restocked};
    let id = req.reservation_id;
    if let Some(sold) = reservations::turn(tx, id, Committed, Restocked, None).await? {
        let cause = Cause {
            reservation_id: Some(id),
            reason: &req.reason,
            reference: sold.order_id.as_deref(),
        };
        let pages = give_back(tx, &sold, Taking::Selling, cause).await?;
        return Ok(Done::new(sold.to_contract(), pages));
    }
    match reservations::find(tx, id).await? {
        Some(existing) => existing
            .restock_again()
            .map(Done::quietly)
            .map_err(SeamError::Domain),
        None => refused(CatalogError::ReservationNotFound { reservation_id: id }),
    }
}
