//! `GET /v1/oauth/clients/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::client_view::ClientView;
use crate::http::problem;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/oauth/clients/{id}",
        "get_oauth_client",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Returns a client.")
    .scope_rule(ScopeRule::FirstParty)
    .path_param::<OauthClientId>("id", "The client.")
    .answers::<ClientView>(200, "The client.")
    .problem(404, "identity.oauth_client_not_found")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<OauthClientId>,
) -> Result<Reply, Problem> {
    let client = service.get_client(&ctx, id).await.map_err(problem)?;
    Ok(Reply::ok(&ClientView::from(&client)).version(client.version))
}
