//! `PATCH /v1/carts/{cart_id}/lines/{line_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{CartId, LineId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::cart_view::CartView;
use super::members::{access, stale};
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG, get_cart};
use crate::service::Service;

/// The new quantity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateCartLineBody {
    /// How many.
    #[schemars(range(min = 1, max = 9999))]
    quantity: i64,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/carts/{cart_id}/lines/{line_id}",
        "update_cart_line",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Changes how many of a variant are in a cart, and takes its price as it is now.")
    .path_param::<CartId>("cart_id", "Which cart.")
    .path_param::<LineId>("line_id", "Which line of it.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .needs_if_match()
    .body::<UpdateCartLineBody>()
    .answers::<CartView>(200, "The cart.")
    .problem(404, "orders.cart_not_found")
    .problem(404, "orders.cart_line_not_found")
    .problem(409, "orders.cart_frozen")
    .problem(409, "orders.cart_closed")
    .problem(412, "orders.stale_version")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Changes a line.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    IfMatch(version): IfMatch,
    ApiPath(line): ApiPath<(CartId, LineId)>,
    ApiJson(body): ApiJson<UpdateCartLineBody>,
) -> Result<Reply, Problem> {
    let access = access(&ctx, &secret);
    let shown = service
        .update_cart_line(&ctx, line, &access, version, body.quantity)
        .await
        .map_err(stale)?;
    Ok(get_cart::reply(shown))
}
