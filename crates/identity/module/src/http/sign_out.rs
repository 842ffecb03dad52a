//! `DELETE /v1/auth/sessions/current`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::{TAG, problem};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/auth/sessions/current",
        "delete_current_session",
        Policy::SignedInOrEnrolling,
    )
    .tag(TAG)
    .summary("Signs out.")
    .description("The refresh token stops at once, access tokens within seconds.")
    .answers_empty(204, "Signed out.")
    .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    service.sign_out(&ctx).await.map_err(problem)?;
    Ok(Reply::no_content())
}
