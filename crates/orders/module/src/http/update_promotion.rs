//! `PATCH /v1/promotions/{promotion_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::PromotionId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Role, Timestamp};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::stale;
use super::promotion_view::{PromotionState, PromotionView};
use crate::domain::patch::Patch;
use crate::domain::promotion::{PromotionChange, PromotionStatus};
use crate::service::Service;

/// What to change: absent members stay, null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePromotionBody {
    /// Whether it is to count.
    status: Option<PromotionState>,
    /// All of them; an empty list asks for nothing.
    #[schemars(length(max = 50))]
    minimum_subtotals: Option<Vec<Money>>,
    /// It counts from this moment.
    #[serde(default)]
    valid_from: Patch<Timestamp>,
    /// From this moment it does not count any more.
    #[serde(default)]
    valid_until: Patch<Timestamp>,
    /// How often all buyers together may redeem it: not less than they have.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    total_limit: Patch<i64>,
    /// How often one buyer may redeem it.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    customer_limit: Patch<i64>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/promotions/{promotion_id}",
        "update_promotion",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Changes when, how often and for which carts a promotion counts, or disables it.")
    .description("Checkouts that hold it already keep it. Redemptions do not change its version.")
    .path_param::<PromotionId>("promotion_id", "Which promotion.")
    .needs_if_match()
    .body::<UpdatePromotionBody>()
    .answers::<PromotionView>(200, "The promotion.")
    .problem(404, "orders.promotion_not_found")
    .problem(412, "orders.stale_version")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Changes a promotion.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    IfMatch(version): IfMatch,
    ApiPath(id): ApiPath<PromotionId>,
    ApiJson(body): ApiJson<UpdatePromotionBody>,
) -> Result<Reply, Problem> {
    let change = PromotionChange {
        status: body.status.map(PromotionStatus::from),
        minimum_subtotals: body.minimum_subtotals,
        valid_from: body.valid_from,
        valid_until: body.valid_until,
        total_limit: body.total_limit,
        customer_limit: body.customer_limit,
    };
    let promotion = service
        .update_promotion(&ctx, id, version, change)
        .await
        .map_err(stale)?;
    let version = promotion.version;
    Ok(Reply::ok(&PromotionView::from(promotion)).version(version))
}
