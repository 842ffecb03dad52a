//! `POST /v1/carts/{cart_id}/lines`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{CartId, VariantRef};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::cart_view::CartView;
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;
use crate::service::add_cart_line::AddCartLine;

/// What goes into the cart. There is no price in it: prices come from the catalog.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddCartLineBody {
    variant_id: VariantRef,
    /// How many.
    #[schemars(range(min = 1, max = 9999))]
    quantity: i64,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/carts/{cart_id}/lines", "add_cart_line", Policy::Bearer)
        .tag(TAG)
        .summary("Puts pieces of a variant into a cart.")
        .description(
            "Pieces of a variant that is in the cart already are added to its line. Parallel additions add up; a \
             repeat with the same `Idempotency-Key` adds nothing. At most 100 lines and 9,999 pieces in each.",
        )
        .path_param::<CartId>("cart_id", "Which cart.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .idempotency(KeyRule::Optional)
        .kept_as(crate::service::add_cart_line::OPERATION, Some("/v1/carts/{}"))
        .body::<AddCartLineBody>()
        .answers::<CartView>(201, "The cart.")
        .problem(404, "orders.cart_not_found")
        .problem(409, "orders.cart_frozen")
        .problem(409, "orders.cart_closed")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Adds to a cart.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CartId>,
    ApiJson(body): ApiJson<AddCartLineBody>,
) -> Result<Reply, Problem> {
    let new = AddCartLine {
        variant_id: body.variant_id,
        quantity: body.quantity,
    };
    let shown = service
        .add_cart_line(&ctx, id, &access(&ctx, &secret), new)
        .await?;
    let version = shown.cart.version;
    Ok(Reply::created(format!("/v1/carts/{id}"), &CartView::from(shown)).version(version))
}
