//! `DELETE /v1/carts/{cart_id}/lines/{line_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{CartId, LineId};
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::cart_view::CartView;
use super::members::{access, stale};
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG, get_cart};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/carts/{cart_id}/lines/{line_id}",
        "delete_cart_line",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Takes a line out of a cart.")
    .path_param::<CartId>("cart_id", "Which cart.")
    .path_param::<LineId>("line_id", "Which line of it.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .needs_if_match()
    .answers::<CartView>(200, "The cart without the line.")
    .problem(404, "orders.cart_not_found")
    .problem(404, "orders.cart_line_not_found")
    .problem(409, "orders.cart_frozen")
    .problem(409, "orders.cart_closed")
    .problem(412, "orders.stale_version")
    .handler(handler, Arc::clone(service))
}

/// Removes a line.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    IfMatch(version): IfMatch,
    ApiPath(line): ApiPath<(CartId, LineId)>,
) -> Result<Reply, Problem> {
    let shown = service
        .remove_cart_line(&ctx, line, &access(&ctx, &secret), version)
        .await
        .map_err(stale)?;
    Ok(get_cart::reply(shown))
}
