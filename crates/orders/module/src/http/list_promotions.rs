//! `GET /v1/promotions`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::promotion_view::{PromotionState, PromotionView};
use crate::domain::promotion::PromotionStatus;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListPromotionsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only the promotion with this code, in any letter case.
    code: Option<String>,
    /// Only promotions in this state.
    status: Option<PromotionState>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/promotions",
        "list_promotions",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists promotions, newest first.")
    .query::<ListPromotionsQuery>()
    .answers::<ListView<PromotionView>>(200, "A page of promotions.")
    .problem(400, "orders.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

/// Lists promotions.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListPromotionsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let status = query.status.map(PromotionStatus::from);
    let page = service
        .list_promotions(&ctx, query.code, status, page)
        .await?;
    Ok(Reply::page(page.map(PromotionView::from)))
}
