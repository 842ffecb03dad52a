//! Giving held stock back.

use catalog_contract::{CatalogError, Release, Reservation, ReservationStatus};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::take::{Taking, give_back};
use super::{Done, Service, conclude};
use crate::domain::reservation::Held;
use crate::domain::stock::{Cause, check_reason};
use crate::store::reservations;

const OPERATION: &str = "release";
/// Once for a reservation that is there, once more for one that arrives in between.
const MOST_TRIES: u32 = 3;

impl Service {
    /// Gives the stock of a reservation back, or remembers that it must not be reserved; see the contract.
    #[tracing::instrument(name = "catalog.release", skip_all, fields(reservation.id = %req.reservation_id))]
    pub(crate) async fn release(
        &self,
        ctx: &CallCtx,
        req: Release,
    ) -> SeamResult<Reservation, CatalogError> {
        check_reason("/reason", &req.reason).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.release").await?;
            match tx.claim_key::<Reservation, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = undo(&mut tx, &req).await;
            conclude(tx, OPERATION, Some(req.reservation_id.to_string()), outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn undo(tx: &mut Tx<'_>, req: &Release) -> SeamResult<Done<Reservation>, CatalogError> {
    use ReservationStatus::{Held as Holding, Released};
    let id = req.reservation_id;
    for _ in 0..MOST_TRIES {
        if let Some(held) = reservations::turn(tx, id, Holding, Released, None).await? {
            let cause = Cause {
                reservation_id: Some(id),
                reason: &req.reason,
                reference: None,
            };
            let pages = give_back(tx, &held, Taking::Reserving, cause).await?;
            return Ok(Done::new(held.to_contract(), pages));
        }
        match reservations::find(tx, id).await? {
            Some(arrived) if arrived.status == Holding => {}
            Some(existing) => {
                return existing
                    .release_again()
                    .map(Done::quietly)
                    .map_err(SeamError::Domain);
            }
            None => {
                let tombstone = Held {
                    id,
                    status: Released,
                    takes: Vec::new(),
                    expires_at: tx.now(),
                    order_id: None,
                };
                if reservations::insert(tx, &tombstone).await? {
                    return Ok(Done::quietly(tombstone.to_contract()));
                }
            }
        }
    }
    Err(StoreError::inconsistent(format!("reservations: {id} does not keep its status")).into())
}
