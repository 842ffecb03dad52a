//! `GET /v1/returns/{return_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::ReturnId;
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::members::access;
use super::return_view::ReturnView;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/returns/{return_id}", "get_return", Policy::Bearer)
        .tag(TAG)
        .summary("Shows a return to its buyer or to staff.")
        .path_param::<ReturnId>("return_id", "Which return.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .versioned()
        .answers::<ReturnView>(200, "The return.")
        .problem(404, "orders.return_not_found")
        .handler(handler, Arc::clone(service))
}

/// Shows a return.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<ReturnId>,
) -> Result<Reply, Problem> {
    let found = service.get_return(&ctx, id, &access(&ctx, &secret)).await?;
    let version = found.version;
    Ok(Reply::ok(&ReturnView::from(found)).version(version))
}
