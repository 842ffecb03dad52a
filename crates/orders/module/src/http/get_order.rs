//! `GET /v1/orders/{order_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::OrderId;
use tenon_access::Policy;
use tenon_web::{ApiPath, ApiQuery, BearerSecret, Ctx, Endpoint, Expand, Problem, Reply};

use super::members::access;
use super::order_view::OrderView;
use super::trail_view::ExplainQuery;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/orders/{order_id}", "get_order", Policy::Bearer)
        .tag(TAG)
        .summary("Shows an order to its buyer or to staff.")
        .path_param::<OrderId>("order_id", "Which order.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .query::<ExplainQuery>()
        .versioned()
        .expands("returns", "what came back of it, or is to")
        .answers::<OrderView>(200, "The order.")
        .problem(404, "orders.order_not_found")
        .handler(handler, Arc::clone(service))
}

/// Shows an order.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    expand: Expand,
    ApiPath(id): ApiPath<OrderId>,
    ApiQuery(query): ApiQuery<ExplainQuery>,
) -> Result<Reply, Problem> {
    let (stored, parcels) = service.get_order(&ctx, id, &access(&ctx, &secret)).await?;
    let version = stored.order.version;
    let mut returns = if expand.has("returns") {
        Some(service.expand_returns(&ctx, &[id]).await?)
    } else {
        None
    };
    let parcels = parcels.into_iter().map(Into::into).collect();
    let mut view = OrderView::new(stored.order, parcels);
    if let Some(returns) = returns.as_mut() {
        let returns = returns.remove(&id).unwrap_or_default();
        view = view.with_returns(returns.into_iter().map(Into::into).collect());
    }
    if query.explain {
        view = view.explained(service.explain_order(&ctx, id).await?);
    }
    Ok(Reply::ok(&view).version(version))
}
