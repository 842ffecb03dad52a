//! `POST /v1/orders/{order_id}/fulfillments`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{LineId, OrderId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::fulfillment_view::FulfillmentView;
use crate::service::Service;
use crate::store::Access;

/// What goes into the parcel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateFulfillmentBody {
    #[schemars(length(min = 1, max = 100))]
    lines: Vec<ParcelLineBody>,
}

/// Pieces of one line of the order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParcelLineBody {
    line_id: LineId,
    /// How many; at most those that are in no parcel yet.
    #[schemars(range(min = 1, max = 9999))]
    quantity: i64,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/orders/{order_id}/fulfillments",
        "create_fulfillment",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Packs a parcel from pieces of an order that are in no parcel yet.")
    .path_param::<OrderId>("order_id", "Which order.")
    .idempotency(KeyRule::Required)
    .kept_as(
        crate::service::create_fulfillment::OPERATION,
        Some("/v1/fulfillments/{}"),
    )
    .body::<CreateFulfillmentBody>()
    .answers::<FulfillmentView>(201, "The parcel.")
    .problem(404, "orders.order_not_found")
    .problem(409, "orders.order_not_fulfillable")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Packs a parcel.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(order): ApiPath<OrderId>,
    ApiJson(body): ApiJson<CreateFulfillmentBody>,
) -> Result<Reply, Problem> {
    let wanted = body
        .lines
        .into_iter()
        .map(|line| (line.line_id, line.quantity))
        .collect();
    let parcel = service
        .create_fulfillment(&ctx, order, &Access::of(&ctx, None), wanted)
        .await?;
    let (location, version) = (format!("/v1/fulfillments/{}", parcel.id), parcel.version);
    Ok(Reply::created(location, &FulfillmentView::from(parcel)).version(version))
}
