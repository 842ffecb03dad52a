//! `GET /v1/carts/{cart_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use tenon_access::Policy;
use tenon_web::{ApiPath, ApiQuery, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::cart_view::CartView;
use super::members::access;
use super::trail_view::ExplainQuery;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;
use crate::service::get_cart::ShownCart;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/carts/{cart_id}", "get_cart", Policy::Bearer)
        .tag(TAG)
        .summary("Shows a cart, with what has changed since its buyer saw it.")
        .path_param::<CartId>("cart_id", "Which cart.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .query::<ExplainQuery>()
        .answers::<CartView>(200, "The cart.")
        .problem(404, "orders.cart_not_found")
        .handler(handler, Arc::clone(service))
}

/// Shows a cart.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CartId>,
    ApiQuery(query): ApiQuery<ExplainQuery>,
) -> Result<Reply, Problem> {
    let shown = service.get_cart(&ctx, id, &access(&ctx, &secret)).await?;
    if query.explain {
        let version = shown.cart.version;
        return Ok(Reply::ok(&CartView::explained(shown)).version(version));
    }
    Ok(reply(shown))
}

/// A cart with its version.
pub(super) fn reply(shown: ShownCart) -> Reply {
    let version = shown.cart.version;
    Reply::ok(&CartView::from(shown)).version(version)
}
