//! `POST /v1/returns/{return_id}/cancellations`

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
    Endpoint::post(
        "/v1/returns/{return_id}/cancellations",
        "cancel_return",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Gives a return up before anything arrived.")
    .description("Safe to call any number of times. Its pieces can be in another return then.")
    .path_param::<ReturnId>("return_id", "Which return.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .answers::<ReturnView>(200, "The return, given up.")
    .problem(404, "orders.return_not_found")
    .problem(409, "orders.return_transition")
    .handler(handler, Arc::clone(service))
}

/// Cancels a return.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<ReturnId>,
) -> Result<Reply, Problem> {
    let cancelled = service
        .cancel_return(&ctx, id, &access(&ctx, &secret))
        .await?;
    let version = cancelled.version;
    Ok(Reply::ok(&ReturnView::from(cancelled)).version(version))
}
