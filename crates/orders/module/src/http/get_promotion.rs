//! `GET /v1/promotions/{promotion_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::PromotionId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::promotion_view::PromotionView;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/promotions/{promotion_id}",
        "get_promotion",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Shows a promotion, with how often it is redeemed.")
    .path_param::<PromotionId>("promotion_id", "Which promotion.")
    .answers::<PromotionView>(200, "The promotion.")
    .problem(404, "orders.promotion_not_found")
    .handler(handler, Arc::clone(service))
}

/// Shows a promotion.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PromotionId>,
) -> Result<Reply, Problem> {
    let promotion = service.get_promotion(&ctx, id).await?;
    let version = promotion.version;
    Ok(Reply::ok(&PromotionView::from(promotion)).version(version))
}
