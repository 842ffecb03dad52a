//! `PATCH /v1/oauth/clients/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::OauthClientId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::client_view::{ClientView, OauthGrant};
use super::{MAX_FORM, TAG};
use crate::domain::oauth::client::ClientPatch;
use crate::http::problem;
use crate::service::Service;

/// What changes; absent members stay. A list replaces the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OauthClientPatch")]
pub(super) struct Body {
    /// 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    /// All redirect URIs from now on.
    #[schemars(length(max = 20))]
    redirect_uris: Option<Vec<String>>,
    /// All grants from now on.
    grants: Option<Vec<OauthGrant>>,
    /// All scopes from now on.
    scopes: Option<Vec<String>>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/oauth/clients/{id}",
        "update_oauth_client",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Changes a client.")
    .description("What is taken away counts from the next code and the next refresh on.")
    .scope_rule(ScopeRule::FirstParty)
    .needs_if_match()
    .max_body(MAX_FORM)
    .path_param::<OauthClientId>("id", "The client.")
    .body::<Body>()
    .answers::<ClientView>(200, "The client as it is now.")
    .problem(404, "identity.oauth_client_not_found")
    .problem(412, "identity.stale_version")
    .problem(422, "identity.invalid_request")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<OauthClientId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let grants = body
        .grants
        .map(|grants| grants.into_iter().map(Into::into).collect());
    let patch = ClientPatch {
        name: body.name,
        redirect_uris: body.redirect_uris,
        grants,
        scopes: body.scopes,
    };
    let client = service
        .update_client(&ctx, id, version, patch)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&ClientView::from(&client)).version(client.version))
}
