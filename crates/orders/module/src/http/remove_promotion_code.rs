//! `DELETE /v1/carts/{cart_id}/promotion-codes/{code}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::cart_view::CartView;
use super::members::{access, stale};
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG, get_cart};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/carts/{cart_id}/promotion-codes/{code}",
        "delete_promotion_code",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Takes a promotion code out of a cart, whether or not it counts still.")
    .path_param::<CartId>("cart_id", "Which cart.")
    .path_param::<String>("code", "Which code of it, in any letter case.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .needs_if_match()
    .answers::<CartView>(200, "The cart without the code.")
    .problem(404, "orders.cart_not_found")
    .problem(404, "orders.promotion_code_not_in_cart")
    .problem(409, "orders.cart_frozen")
    .problem(409, "orders.cart_closed")
    .problem(412, "orders.stale_version")
    .handler(handler, Arc::clone(service))
}

/// Removes a code.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    IfMatch(version): IfMatch,
    ApiPath((id, code)): ApiPath<(CartId, String)>,
) -> Result<Reply, Problem> {
    let shown = service
        .remove_promotion_code(&ctx, id, &code, &access(&ctx, &secret), version)
        .await
        .map_err(stale)?;
    Ok(get_cart::reply(shown))
}
