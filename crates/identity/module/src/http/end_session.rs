//! `DELETE /v1/me/sessions/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::SessionId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::{TAG, problem};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/me/sessions/{id}",
        "delete_my_session",
        Policy::SignedIn,
    )
    .tag(TAG)
    .scope_rule(ScopeRule::FirstParty)
    .summary("Ends one of your sessions.")
    .path_param::<SessionId>("id", "From the list of your sessions.")
    .answers_empty(204, "Ended.")
    .problem(404, "identity.session_not_found")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<SessionId>,
) -> Result<Reply, Problem> {
    service.end_session(&ctx, id).await.map_err(problem)?;
    Ok(Reply::no_content())
}
