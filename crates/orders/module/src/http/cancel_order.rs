//! `POST /v1/orders/{order_id}/cancellations`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::OrderId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::members::access;
use super::order_view::OrderSummaryView;
use super::{CART_TOKEN, CART_TOKEN_HELP, PROVIDER_DEADLINE, TAG};
use crate::service::Service;

/// Why.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CancelOrderBody {
    /// In the caller's own words; kept in the audit log.
    #[schemars(length(max = 500))]
    note: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/orders/{order_id}/cancellations", "cancel_order", Policy::Bearer)
        .tag(TAG)
        .summary("Cancels an order before anything of it has left.")
        .description(
            "The order is cancelled with the answer; money and stock follow. While the outcome of the payment is \
             not known this is a wish: money that turns up later goes back.",
        )
        .path_param::<OrderId>("order_id", "Which order.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .deadline(PROVIDER_DEADLINE)
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::cancel_order::OPERATION, Some("/v1/orders/{}"))
        .optional_body::<CancelOrderBody>()
        .answers::<OrderSummaryView>(202, "The order; money and stock are on their way back.")
        .problem(404, "orders.order_not_found")
        .problem(409, "orders.order_not_cancellable")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Cancels an order.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<OrderId>,
    body: Option<ApiJson<CancelOrderBody>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let stored = service
        .cancel_order(&ctx, id, &access(&ctx, &secret), body.note)
        .await?;
    let version = stored.order.version;
    Ok(Reply::accepted(&OrderSummaryView::from(stored.order))
        .header("location", format!("/v1/orders/{id}"))
        .version(version))
}
