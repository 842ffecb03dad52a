//! Putting pieces that buyers sent back on the shelf.

use catalog_contract::{
    CatalogError, InventoryAdjusted, MAX_QUANTITY, MAX_RESERVE_LINES, ReservationId,
    ReservationStatus, ReturnStock, ReturnedLine, StockReturned,
};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{StoreError, Tx, retrying};

use super::ripples::Ripples;
use super::take::taken_of;
use super::{Done, Service, refused};
use crate::domain::reservation::Held;
use crate::domain::stock::{Cause, Movement};
use crate::store::returned_stock::Returned;
use crate::store::{levels, movements, reservations, returned_stock};

/// Why, in the ledger of stock.
const REASON: &str = "returned";

impl Service {
    /// Puts lines of a return back where they were taken from; see the contract.
    #[tracing::instrument(name = "catalog.return_stock", skip_all, fields(return.id = %req.return_id))]
    pub(crate) async fn return_stock(
        &self,
        ctx: &CallCtx,
        req: ReturnStock,
    ) -> SeamResult<StockReturned, CatalogError> {
        check(&req.lines).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.return_stock").await?;
            // Returns of one order come one after the other, so that they are counted together.
            let Some(sold) = reservations::lock(&mut tx, req.reservation_id).await? else {
                return refused(CatalogError::ReservationNotFound {
                    reservation_id: req.reservation_id,
                });
            };
            if sold.status != ReservationStatus::Committed {
                return refused(sold.conflict());
            }
            let before = returned_stock::of_reservation(&mut tx, sold.id).await?;
            let coming = coming(&sold, &before, &req).map_err(SeamError::Domain)?;
            let done = put_back(&mut tx, sold.id, &coming, &req).await?;
            tx.commit().await?;
            Ok::<_, SeamError<CatalogError>>(done)
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

/// Decides which lines are still to be put back, in the order in which levels are locked everywhere.
fn coming(
    sold: &Held,
    before: &[Returned],
    req: &ReturnStock,
) -> Result<Vec<Returned>, CatalogError> {
    let mut coming: Vec<Returned> = Vec::new();
    for (position, line) in req.lines.iter().enumerate() {
        let known = before
            .iter()
            .find(|it| it.return_id == req.return_id && it.line_id == line.line_id);
        if let Some(known) = known {
            if known.variant_id == line.variant_id && known.quantity == line.quantity {
                continue;
            }
            let detail = "the line came back otherwise before";
            return Err(CatalogError::invalid(
                format!("/lines/{position}"),
                "exists",
                detail,
            ));
        }
        let variant_id = line.variant_id;
        let returned: i64 = before
            .iter()
            .chain(&coming)
            .filter(|it| it.variant_id == variant_id)
            .map(|it| it.quantity)
            .sum();
        let returnable = taken_of(&sold.takes, variant_id) - returned;
        let place = sold.takes.iter().find(|take| take.variant_id == variant_id);
        let Some(place) = place.filter(|_| line.quantity <= returnable) else {
            return Err(CatalogError::ReturnExceedsSold {
                variant_id,
                returnable: returnable.max(0),
            });
        };
        coming.push(Returned {
            return_id: req.return_id,
            line_id: line.line_id,
            variant_id,
            location_id: place.location_id,
            quantity: line.quantity,
        });
    }
    coming.sort_unstable_by_key(|it| (it.variant_id, it.location_id));
    Ok(coming)
}

async fn put_back(
    tx: &mut Tx<'_>,
    reservation_id: ReservationId,
    coming: &[Returned],
    req: &ReturnStock,
) -> SeamResult<Done<StockReturned>, CatalogError> {
    let mut ripples = Ripples::default();
    let mut entries = Vec::with_capacity(coming.len());
    for it in coming {
        let movement = Movement {
            variant_id: it.variant_id,
            location_id: it.location_id,
            delta_on_hand: it.quantity,
            delta_reserved: 0,
        };
        let moved = levels::apply(tx, &movement, 0).await;
        if moved
            .as_ref()
            .is_err_and(|error| error.is_check("stock_levels_on_hand"))
        {
            let detail = "a level holds at most 1000000000 pieces";
            return refused(CatalogError::invalid("/lines", "out_of_range", detail));
        }
        let gone = || StoreError::inconsistent(format!("stock_levels: {} is gone", it.variant_id));
        let left = moved?.ok_or_else(gone)?;
        ripples.note(&movement, left);
        returned_stock::insert(tx, reservation_id, it).await?;
        let levels = levels::of_variant(tx, it.variant_id).await?;
        let level = levels
            .into_iter()
            .find(|level| level.location_id == it.location_id)
            .ok_or_else(gone)?;
        tx.emit(&InventoryAdjusted {
            variant_id: it.variant_id,
            location_id: it.location_id,
            delta: it.quantity,
            on_hand: level.on_hand,
            reason: REASON.to_owned(),
        })
        .await?;
        entries.push(movement);
    }
    let reference = req.return_id.to_string();
    let cause = Cause {
        reservation_id: Some(reservation_id),
        reason: REASON,
        reference: Some(&reference),
    };
    movements::insert(tx, &entries, cause).await?;
    let pages = ripples.settle(tx).await?;
    let returned = StockReturned {
        return_id: req.return_id,
        lines: req.lines.clone(),
    };
    Ok(Done::new(returned, pages))
}

fn check(lines: &[ReturnedLine]) -> Result<(), CatalogError> {
    if lines.is_empty() || lines.len() > MAX_RESERVE_LINES {
        let detail = "expected 1 to 100 lines";
        return Err(CatalogError::invalid("/lines", "out_of_range", detail));
    }
    for (position, line) in lines.iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&line.quantity) {
            let pointer = format!("/lines/{position}/quantity");
            return Err(CatalogError::invalid(
                pointer,
                "out_of_range",
                "expected 1 to 9999",
            ));
        }
        if lines[..position]
            .iter()
            .any(|other| other.line_id == line.line_id)
        {
            let pointer = format!("/lines/{position}/line_id");
            let detail = "the line is named twice";
            return Err(CatalogError::invalid(pointer, "duplicate", detail));
        }
    }
    Ok(())
}
