//! Holding stock: all lines or none.

use std::collections::HashMap;

use catalog_contract::{
    CatalogError, InventoryReserved, Reservation, ReservationStatus, Reserve, ReserveLine,
    Shortage, VariantId,
};
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::ripples::Ripples;
use super::take::{Taking, take_anywhere, taken_of, untake};
use super::{Done, Service, conclude, refused};
use crate::domain::demand::{Demand, check_expiry};
use crate::domain::reservation::{Held, Take};
use crate::domain::stock::Cause;
use crate::jobs::ExpireReservation;
use crate::store::{levels, movements, offers, reservations};

const OPERATION: &str = "reserve";

impl Service {
    /// Holds stock until `expires_at`; see the contract.
    ///
    /// Statements of its own: one for each variant, one for the reservation, one for every four entries of the ledger.
    #[tracing::instrument(name = "catalog.reserve", skip_all, fields(reservation.id = %req.reservation_id))]
    pub(crate) async fn reserve(
        &self,
        ctx: &CallCtx,
        req: Reserve,
    ) -> SeamResult<Reservation, CatalogError> {
        let demand = Demand::new(&req.lines).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.reserve").await?;
            match tx.claim_key::<Reservation, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            check_expiry(tx.now(), req.expires_at).map_err(SeamError::Domain)?;
            let outcome = hold(&mut tx, &req, &demand).await;
            conclude(tx, OPERATION, Some(req.reservation_id.to_string()), outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn hold(
    tx: &mut Tx<'_>,
    req: &Reserve,
    demand: &Demand,
) -> SeamResult<Done<Reservation>, CatalogError> {
    let mut takes: Vec<Take> = Vec::with_capacity(demand.lines().len());
    let mut ripples = Ripples::default();
    for line in demand.lines() {
        if let Some((location_id, left)) =
            levels::reserve(tx, line.variant_id, line.quantity).await?
        {
            let take = Take {
                variant_id: line.variant_id,
                location_id,
                quantity: line.quantity,
            };
            ripples.note(&Taking::Reserving.movement(&take, take.quantity), left);
            takes.push(take);
            continue;
        }
        // Perhaps it is this very reservation that took the last pieces, and its answer was lost.
        if let Some(existing) = reservations::find(tx, req.reservation_id).await? {
            return stand_back(tx, &takes, &existing, demand).await;
        }
        check_sellable(tx, demand, &takes).await?;
        let short = take_anywhere(tx, *line, Taking::Reserving, &mut takes, &mut ripples).await?;
        if let Some(shortage) = short {
            return refused(CatalogError::OutOfStock {
                lines: vec![shortage],
            });
        }
    }

    let held = Held {
        id: req.reservation_id,
        status: ReservationStatus::Held,
        takes,
        expires_at: req.expires_at,
        order_id: None,
    };
    if !reservations::insert(tx, &held).await? {
        let existing = reservations::find(tx, held.id).await?;
        let existing = existing
            .ok_or_else(|| StoreError::inconsistent(format!("reservations: {}", held.id)))?;
        return stand_back(tx, &held.takes, &existing, demand).await;
    }
    let entries: Vec<_> = held
        .takes
        .iter()
        .map(|take| Taking::Reserving.movement(take, take.quantity))
        .collect();
    let cause = Cause {
        reservation_id: Some(held.id),
        reason: "reserved",
        reference: None,
    };
    movements::insert(tx, &entries, cause).await?;

    let reservation = held.to_contract();
    let reserved = InventoryReserved {
        reservation_id: held.id,
        lines: reservation.lines.clone(),
        expires_at: held.expires_at,
    };
    tx.emit(&reserved).await?;
    let expiry = JobOptions {
        run_at: Some(held.expires_at),
        unique_key: Some(held.id.to_string()),
    };
    tx.enqueue(
        &ExpireReservation {
            reservation_id: held.id,
        },
        expiry,
    )
    .await?;
    let pages = ripples.settle(tx).await?;
    Ok(Done::new(reservation, pages))
}

/// The reservation is there already: what was taken for it now goes back, and its own state is the answer.
async fn stand_back(
    tx: &mut Tx<'_>,
    takes: &[Take],
    existing: &Held,
    demand: &Demand,
) -> SeamResult<Done<Reservation>, CatalogError> {
    untake(tx, takes, Taking::Reserving).await?;
    existing
        .reserve_again(demand)
        .map(Done::quietly)
        .map_err(SeamError::Domain)
}

/// Refuses with every line that cannot be had, if there is one; `takes` are had already.
async fn check_sellable(
    tx: &mut Tx<'_>,
    demand: &Demand,
    takes: &[Take],
) -> SeamResult<(), CatalogError> {
    let for_sale: HashMap<VariantId, i64> = offers::availability(tx, &demand.variants())
        .await?
        .into_iter()
        .map(|it| (it.id, it.available + taken_of(takes, it.id)))
        .collect();
    let variant_ids: Vec<VariantId> = demand
        .variants()
        .into_iter()
        .filter(|id| !for_sale.contains_key(id))
        .collect();
    if !variant_ids.is_empty() {
        return refused(CatalogError::NotForSale { variant_ids });
    }
    let shortage = |line: &ReserveLine| {
        let available = for_sale.get(&line.variant_id).copied().unwrap_or(0);
        let short = Shortage {
            variant_id: line.variant_id,
            requested: line.quantity,
            available,
        };
        (available < line.quantity).then_some(short)
    };
    let lines: Vec<Shortage> = demand.lines().iter().filter_map(shortage).collect();
    if lines.is_empty() {
        Ok(())
    } else {
        refused(CatalogError::OutOfStock { lines })
    }
}
