//! `POST /v1/oauth/clients/{id}/secret-rotations`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::client_view::ClientView;
use crate::http::problem;
use crate::service::Service;
use crate::service::oauth::ROTATE_SECRET;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/oauth/clients/{id}/secret-rotations",
        "rotate_oauth_client_secret",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Gives a client a new secret.")
    .description(
        "For 24 hours the secret before is taken, too: put the new one to use within that time. A second rotation ends \
         it at once. The answer has the new secret; no other answer will, except to the same request under its \
         `Idempotency-Key`.",
    )
    .scope_rule(ScopeRule::FirstParty)
    .path_param::<OauthClientId>("id", "The client.")
    .idempotency(KeyRule::Optional)
    .kept_as(ROTATE_SECRET, Some("/v1/oauth/clients/{}"))
    .answers::<ClientView>(201, "The client, with its new secret.")
    .shown_once()
    .problem(404, "identity.oauth_client_not_found")
    .problem(409, "identity.oauth_client_has_no_secret")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<OauthClientId>,
) -> Result<Reply, Problem> {
    let shown = service
        .rotate_client_secret(&ctx, id)
        .await
        .map_err(problem)?;
    let location = format!("/v1/oauth/clients/{id}");
    Ok(Reply::created(location, &ClientView::from(&shown)).version(shown.client.version))
}
