//! Turning held stock into sold stock.

use catalog_contract::{
    CatalogError, CommitReservation, InventoryCommitted, Reservation, ReservationStatus, Shortage,
};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::ripples::Ripples;
use super::take::{Taking, in_lock_order, take_anywhere};
use super::{Done, PageRef, Service, conclude, refused};
use crate::domain::reservation::Held;
use crate::domain::stock::{Cause, Movement, check_reason};
use crate::store::{levels, movements, reservations};

const OPERATION: &str = "commit_reservation";

impl Service {
    /// Sells what is held, or what had expired if it can still be had; see the contract.
    #[tracing::instrument(name = "catalog.commit_reservation", skip_all, fields(reservation.id = %req.reservation_id))]
    pub(crate) async fn commit_reservation(
        &self,
        ctx: &CallCtx,
        req: CommitReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        check_reason("/order_id", &req.order_id).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "catalog.commit_reservation")
                .await?;
            match tx.claim_key::<Reservation, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = sell(&mut tx, &req).await;
            if matches!(
                &outcome,
                Err(SeamError::Domain(CatalogError::OutOfStock { .. }))
            ) {
                // Not kept under the key: an order that was paid is tried again until stock comes.
                return outcome;
            }
            conclude(tx, OPERATION, Some(req.reservation_id.to_string()), outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn sell(
    tx: &mut Tx<'_>,
    req: &CommitReservation,
) -> SeamResult<Done<Reservation>, CatalogError> {
    use ReservationStatus::{Committed, Expired, Held as Holding};
    let (id, order) = (req.reservation_id, req.order_id.as_str());
    let cause = Cause {
        reservation_id: Some(id),
        reason: "committed",
        reference: Some(order),
    };
    let (sold, pages) =
        if let Some(held) = reservations::turn(tx, id, Holding, Committed, Some(order)).await? {
            sell_held(tx, &held, cause).await?;
            (held, Vec::new())
        } else if let Some(mut lapsed) =
            reservations::turn(tx, id, Expired, Committed, Some(order)).await?
        {
            let pages = sell_lapsed(tx, &mut lapsed, cause).await?;
            (lapsed, pages)
        } else {
            return match reservations::find(tx, id).await? {
                Some(existing) => existing
                    .commit_again(order)
                    .map(Done::quietly)
                    .map_err(SeamError::Domain),
                None => refused(CatalogError::ReservationNotFound { reservation_id: id }),
            };
        };
    let reservation = sold.to_contract();
    let committed = InventoryCommitted {
        reservation_id: id,
        cause: order.to_owned(),
        lines: reservation.lines.clone(),
    };
    tx.emit(&committed).await?;
    Ok(Done::new(reservation, pages))
}

/// What can be had stays the same: the pieces were promised already.
async fn sell_held(tx: &mut Tx<'_>, held: &Held, cause: Cause<'_>) -> Result<(), StoreError> {
    let mut entries = Vec::with_capacity(held.takes.len());
    for take in in_lock_order(&held.takes) {
        let movement = Movement {
            variant_id: take.variant_id,
            location_id: take.location_id,
            delta_on_hand: -take.quantity,
            delta_reserved: -take.quantity,
        };
        let gone =
            || StoreError::inconsistent(format!("stock_levels: {} is gone", take.variant_id));
        levels::apply(tx, &movement, 0).await?.ok_or_else(gone)?;
        entries.push(movement);
    }
    movements::insert(tx, &entries, cause).await?;
    Ok(())
}

/// The pieces went back when the reservation expired: they are taken again, from wherever they lie now.
async fn sell_lapsed(
    tx: &mut Tx<'_>,
    lapsed: &mut Held,
    cause: Cause<'_>,
) -> SeamResult<Vec<PageRef>, CatalogError> {
    let mut takes = Vec::with_capacity(lapsed.takes.len());
    let mut ripples = Ripples::default();
    let mut lines: Vec<Shortage> = Vec::new();
    for line in lapsed.lines() {
        lines.extend(take_anywhere(tx, line, Taking::Selling, &mut takes, &mut ripples).await?);
    }
    if !lines.is_empty() {
        return refused(CatalogError::OutOfStock { lines });
    }
    let entries: Vec<Movement> = takes
        .iter()
        .map(|take| Taking::Selling.movement(take, take.quantity))
        .collect();
    movements::insert(tx, &entries, cause).await?;
    reservations::rewrite(tx, lapsed.id, &takes).await?;
    lapsed.takes = takes;
    Ok(ripples.settle(tx).await?)
}
