//! `DELETE /v1/me/consents/{client_id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/me/consents/{client_id}",
        "delete_my_consent",
        Policy::SignedIn,
    )
    .tag(TAG)
    .summary("Ends that a program may act for you; all it has of you ends with it.")
    .scope_rule(ScopeRule::FirstParty)
    .path_param::<OauthClientId>("client_id", "From the list of your consents.")
    .answers_empty(204, "Ended.")
    .problem(404, "identity.consent_not_found")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(client_id): ApiPath<OauthClientId>,
) -> Result<Reply, Problem> {
    service
        .withdraw_consent(&ctx, client_id)
        .await
        .map_err(problem)?;
    Ok(Reply::no_content())
}
