//! `GET /v1/orders/{order_id}/returns`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{LineId, OrderId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::Timestamp;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::members::access;
use super::return_view::ReturnView;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

/// The returns of an order.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderReturnsView {
    /// Oldest first.
    data: Vec<ReturnView>,
    /// What can still come back.
    returnable: Vec<ReturnableView>,
}

/// Pieces of a line that can still come back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReturnableLine")]
struct ReturnableView {
    line_id: LineId,
    /// Pieces that have left and are in no return.
    quantity: i64,
    /// Until when the buyer may ask.
    until: Timestamp,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/orders/{order_id}/returns",
        "list_returns",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Lists the returns of an order, and what of it can still be sent back.")
    .path_param::<OrderId>("order_id", "Which order.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .answers::<OrderReturnsView>(200, "Its returns.")
    .problem(404, "orders.order_not_found")
    .handler(handler, Arc::clone(service))
}

/// Lists returns.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(order): ApiPath<OrderId>,
) -> Result<Reply, Problem> {
    let (returns, returnable) = service
        .list_returns(&ctx, order, &access(&ctx, &secret))
        .await?;
    Ok(Reply::ok(&OrderReturnsView {
        data: returns.into_iter().map(ReturnView::from).collect(),
        returnable: returnable
            .into_iter()
            .map(|it| ReturnableView {
                line_id: it.line_id,
                quantity: it.quantity,
                until: it.until,
            })
            .collect(),
    }))
}
