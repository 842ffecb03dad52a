//! `GET /v1/orders/{order_id}/timeline`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{FulfillmentId, OrderId, ReturnId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Timestamp};
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::domain::timeline::Moment;
use crate::service::Service;

/// What happened to an order.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderTimelineView {
    /// Oldest first.
    data: Vec<MomentView>,
}

/// One thing that happened.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderMoment")]
struct MomentView {
    at: Timestamp,
    /// As in events: `order.placed`, `payment.captured`. More may come.
    kind: String,
    amount: Option<Money>,
    reason: Option<String>,
    fulfillment_id: Option<FulfillmentId>,
    return_id: Option<ReturnId>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/orders/{order_id}/timeline",
        "get_order_timeline",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Tells what happened to an order, oldest first.")
    .path_param::<OrderId>("order_id", "Which order.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .answers::<OrderTimelineView>(200, "What happened.")
    .problem(404, "orders.order_not_found")
    .handler(handler, Arc::clone(service))
}

/// Shows a timeline.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<OrderId>,
) -> Result<Reply, Problem> {
    let moments = service
        .get_order_timeline(&ctx, id, &access(&ctx, &secret))
        .await?;
    Ok(Reply::ok(&OrderTimelineView {
        data: moments.into_iter().map(MomentView::from).collect(),
    }))
}

impl From<Moment> for MomentView {
    fn from(moment: Moment) -> Self {
        Self {
            at: moment.at,
            kind: moment.kind,
            amount: moment.amount,
            reason: moment.reason,
            fulfillment_id: moment.fulfillment_id,
            return_id: moment.return_id,
        }
    }
}
