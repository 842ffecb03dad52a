//! `PATCH /v1/carts/{cart_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::cart_view::CartView;
use super::members::{AddressBody, access, stale};
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG, get_cart};
use crate::domain::patch::Patch;
use crate::service::Service;
use crate::service::update_cart::UpdateCart;

/// What to change: absent members stay, null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateCartBody {
    /// Where mails about the order go.
    #[serde(default)]
    #[schemars(length(max = 254))]
    email: Patch<String>,
    /// Where it is delivered.
    #[serde(default)]
    shipping_address: Patch<AddressBody>,
    /// Who gets the invoice; the shipping address if absent.
    #[serde(default)]
    billing_address: Patch<AddressBody>,
    /// The code of one of the cart's shipping options.
    #[serde(default)]
    #[schemars(length(max = 40))]
    shipping_method: Patch<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch("/v1/carts/{cart_id}", "update_cart", Policy::Bearer)
        .tag(TAG)
        .summary("Changes buyer, addresses and delivery of a cart, and takes all prices as they are now.")
        .path_param::<CartId>("cart_id", "Which cart.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .needs_if_match()
        .body::<UpdateCartBody>()
        .answers::<CartView>(200, "The cart.")
        .problem(404, "orders.cart_not_found")
        .problem(409, "orders.cart_frozen")
        .problem(409, "orders.cart_closed")
        .problem(412, "orders.stale_version")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Changes a cart.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    IfMatch(version): IfMatch,
    ApiPath(id): ApiPath<CartId>,
    ApiJson(body): ApiJson<UpdateCartBody>,
) -> Result<Reply, Problem> {
    let change = UpdateCart {
        email: body.email,
        shipping_address: body.shipping_address.map(Into::into),
        billing_address: body.billing_address.map(Into::into),
        shipping_method: body.shipping_method,
    };
    let shown = service
        .update_cart(&ctx, id, &access(&ctx, &secret), version, change)
        .await
        .map_err(stale)?;
    Ok(get_cart::reply(shown))
}
