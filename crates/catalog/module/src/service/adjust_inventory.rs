//! A change of stock by a person: goods received, counted, damaged.

use catalog_contract::{CatalogError, InventoryAdjusted, MovementId, VariantId};
use serde::{Deserialize, Serialize};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::ripples::Ripples;
use super::{Done, Service, audit, conclude, refused};
use crate::domain::stock::{Adjustment, Cause, Level, Movement};
use crate::store::{levels, movements, variants};

pub(crate) const OPERATION: &str = "adjust_inventory";

/// What an adjustment did; kept under its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Adjusted {
    pub(crate) id: MovementId,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) at: Timestamp,
}

impl Service {
    /// Changes what is on hand, with an entry in the ledger.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StockConflict`] if less would be left than is reserved, or more than a level can hold.
    #[tracing::instrument(name = "catalog.adjust_inventory", skip_all, fields(variant.id = %adjustment.variant_id))]
    pub(crate) async fn adjust_inventory(
        &self,
        ctx: &CallCtx,
        adjustment: &Adjustment,
    ) -> SeamResult<Adjusted, CatalogError> {
        adjustment.check().map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.adjust_inventory").await?;
            match tx.claim_key::<Adjusted, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = adjust(&mut tx, adjustment).await;
            let resource = outcome.as_ref().ok().map(|done| done.value.id.to_string());
            conclude(tx, OPERATION, resource, outcome).await
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn adjust(tx: &mut Tx<'_>, it: &Adjustment) -> SeamResult<Done<Adjusted>, CatalogError> {
    let (variant_id, location_id, delta) = (it.variant_id, it.location_id, it.delta);
    if variants::find_product_of(tx, variant_id).await?.is_none() {
        return refused(CatalogError::invalid(
            "/variant_id",
            "not_found",
            "the variant does not exist",
        ));
    }
    if !levels::location_exists(tx, location_id).await? {
        return refused(CatalogError::invalid(
            "/location_id",
            "not_found",
            "the location does not exist",
        ));
    }
    levels::open(tx, variant_id, location_id).await?;
    let movement = Movement {
        variant_id,
        location_id,
        delta_on_hand: delta,
        delta_reserved: 0,
    };
    let needed = if delta < 0 { -delta } else { 0 };
    let moved = levels::apply(tx, &movement, needed).await;
    if moved
        .as_ref()
        .is_err_and(|error| error.is_check("stock_levels_on_hand"))
    {
        return refused(CatalogError::invalid(
            "/delta",
            "out_of_range",
            "a level holds at most 1000000000 pieces",
        ));
    }
    let level = level(tx, variant_id, it).await?;
    let Some(available) = moved? else {
        return refused(CatalogError::StockConflict {
            on_hand: level.on_hand,
            reserved: level.reserved,
            delta,
        });
    };

    let reason = it.reason.as_str();
    let cause = Cause {
        reservation_id: None,
        reason,
        reference: it.note.as_deref(),
    };
    let id = movements::insert(tx, std::slice::from_ref(&movement), cause).await?;
    let id =
        id.ok_or_else(|| StoreError::inconsistent("stock_movements: the entry just written"))?;
    let (on_hand, reserved) = (level.on_hand, level.reserved);
    tx.emit(&InventoryAdjusted {
        variant_id,
        location_id,
        delta,
        on_hand,
        reason: reason.to_owned(),
    })
    .await?;
    let members = |on_hand: i64| {
        audit::members([
            ("location_id", location_id.to_string().into()),
            ("on_hand", on_hand.into()),
            ("reason", reason.into()),
        ])
    };
    audit::adjusted(tx, variant_id, members(on_hand - delta), members(on_hand)).await?;
    let mut ripples = Ripples::default();
    ripples.note(&movement, available);
    let pages = ripples.settle(tx).await?;
    Ok(Done::new(
        Adjusted {
            id,
            on_hand,
            reserved,
            at: tx.now(),
        },
        pages,
    ))
}

async fn level(tx: &mut Tx<'_>, variant: VariantId, it: &Adjustment) -> Result<Level, StoreError> {
    let found = levels::of_variant(tx, variant).await?;
    let found = found
        .into_iter()
        .find(|level| level.location_id == it.location_id);
    found.ok_or_else(|| StoreError::inconsistent(format!("stock_levels: no level for {variant}")))
}
