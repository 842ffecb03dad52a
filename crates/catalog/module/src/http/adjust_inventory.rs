//! `POST /v1/inventory/adjustments`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{LocationId, MovementId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use crate::domain::stock::{Adjustment, AdjustmentReason, MAIN_LOCATION};
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AdjustInventoryBody {
    variant_id: VariantId,
    /// The main warehouse unless said.
    location_id: Option<LocationId>,
    /// Pieces that came (positive) or went (negative); not zero.
    #[schemars(range(min = -1_000_000, max = 1_000_000))]
    delta: i64,
    reason: Reason,
    /// For people who read the ledger.
    #[schemars(length(min = 1, max = 500))]
    note: Option<String>,
}

/// Why stock changes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AdjustmentReason")]
enum Reason {
    /// A delivery arrived.
    Received,
    /// A count found another number.
    Counted,
    /// Pieces cannot be sold any more.
    Damaged,
    /// Pieces are gone.
    Lost,
    /// A customer sent pieces back.
    Returned,
    /// An earlier entry was wrong.
    Correction,
}

/// What the adjustment did.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InventoryAdjustment")]
struct AdjustmentView {
    /// Its entry in the ledger.
    id: MovementId,
    variant_id: VariantId,
    location_id: LocationId,
    delta: i64,
    reason: Reason,
    note: Option<String>,
    /// Pieces that lie there after it.
    on_hand: i64,
    /// Pieces promised to checkouts.
    reserved: i64,
    /// Pieces that can still be promised.
    available: i64,
    at: Timestamp,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/inventory/adjustments",
        "adjust_inventory",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Changes the stock of a variant, with an entry in the ledger.")
    .idempotency(KeyRule::Required)
    .kept_as(crate::service::adjust_inventory::OPERATION, None)
    .body::<AdjustInventoryBody>()
    .answers::<AdjustmentView>(201, "What the adjustment did.")
    .problem(409, "catalog.stock_conflict")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Adjusts stock.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<AdjustInventoryBody>,
) -> Result<Reply, Problem> {
    let reason = body.reason;
    let adjustment = Adjustment {
        variant_id: body.variant_id,
        location_id: body.location_id.unwrap_or(MAIN_LOCATION),
        delta: body.delta,
        reason: reason.into(),
        note: body.note,
    };
    let done = service.adjust_inventory(&ctx, &adjustment).await?;
    let location = format!(
        "/v1/inventory/movements?variant_id={}",
        adjustment.variant_id
    );
    let view = AdjustmentView {
        id: done.id,
        variant_id: adjustment.variant_id,
        location_id: adjustment.location_id,
        delta: adjustment.delta,
        reason,
        note: adjustment.note,
        on_hand: done.on_hand,
        reserved: done.reserved,
        available: done.on_hand - done.reserved,
        at: done.at,
    };
    Ok(Reply::created(location, &view))
}

impl From<Reason> for AdjustmentReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Received => Self::Received,
            Reason::Counted => Self::Counted,
            Reason::Damaged => Self::Damaged,
            Reason::Lost => Self::Lost,
            Reason::Returned => Self::Returned,
            Reason::Correction => Self::Correction,
        }
    }
}
