//! `DELETE /v1/oauth/clients/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/oauth/clients/{id}",
        "delete_oauth_client",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Deletes a client; all its tokens and consents end.")
    .scope_rule(ScopeRule::FirstParty)
    .needs_if_match()
    .path_param::<OauthClientId>("id", "The client.")
    .answers_empty(204, "Deleted.")
    .problem(404, "identity.oauth_client_not_found")
    .problem(412, "identity.stale_version")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<OauthClientId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    service
        .delete_client(&ctx, id, version)
        .await
        .map_err(problem)?;
    Ok(Reply::no_content())
}
