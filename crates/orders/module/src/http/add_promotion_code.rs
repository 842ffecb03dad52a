//! `POST /v1/carts/{cart_id}/promotion-codes`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::cart_view::CartView;
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

/// What the buyer entered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddPromotionCodeBody {
    /// Letter case does not matter.
    #[schemars(length(max = 100))]
    code: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/carts/{cart_id}/promotion-codes",
        "add_promotion_code",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Enters a promotion code into a cart.")
    .description(
        "Codes that are unknown, have not begun, have ended or are disabled get one answer. A code whose promotion does \
         not fit the cart yet is entered: `problems` of the cart say why it takes nothing off. Counts against the rate \
         limit of operations that check secrets, so that nobody finds codes by trying.",
    )
    .path_param::<CartId>("cart_id", "Which cart.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .rate_limit("auth")
    .idempotency(KeyRule::Optional)
    .kept_as(
        crate::service::add_promotion_code::OPERATION,
        Some("/v1/carts/{}"),
    )
    .body::<AddPromotionCodeBody>()
    .answers::<CartView>(201, "The cart.")
    .problem(404, "orders.cart_not_found")
    .problem(409, "orders.cart_frozen")
    .problem(409, "orders.cart_closed")
    .problem(409, "orders.promotion_exhausted")
    .problem(409, "orders.promotion_not_combinable")
    .problem(422, "orders.promotion_code_invalid")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Enters a code.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CartId>,
    ApiJson(body): ApiJson<AddPromotionCodeBody>,
) -> Result<Reply, Problem> {
    let shown = service
        .add_promotion_code(&ctx, id, &access(&ctx, &secret), &body.code)
        .await?;
    let version = shown.cart.version;
    Ok(Reply::created(format!("/v1/carts/{id}"), &CartView::from(shown)).version(version))
}
