//! `POST /v1/oauth/clients`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::client_view::{ClientView, OauthClientType, OauthGrant};
use super::{MAX_FORM, TAG};
use crate::domain::oauth::client::ClientInput;
use crate::http::problem;
use crate::service::Service;
use crate::service::oauth::CREATE_CLIENT;

/// A program that is to be registered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateOauthClient")]
pub(super) struct Body {
    /// Shown to people who are asked to agree: 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// Whether it can keep a secret; cannot be changed later.
    #[serde(rename = "type")]
    kind: OauthClientType,
    /// Where browsers are sent back to: `https`, or `http` with a loopback address; no wildcard, no fragment.
    #[serde(default)]
    #[schemars(length(max = 20))]
    redirect_uris: Vec<String>,
    /// How it gets tokens.
    grants: Vec<OauthGrant>,
    /// The most it can be given: `openid`, `profile`, `email`, `api:read`, `api:write`, `staff`, `admin`.
    scopes: Vec<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/oauth/clients", "create_oauth_client", Policy::Has(Role::Admin))
        .tag(TAG)
        .summary("Registers a program that may ask for tokens.")
        .description(
            "The answer has the secret of a confidential client; no other answer will, except to the same request under \
             its `Idempotency-Key`.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .idempotency(KeyRule::Optional)
        .kept_as(CREATE_CLIENT, Some("/v1/oauth/clients/{}"))
        .max_body(MAX_FORM)
        .body::<Body>()
        .answers::<ClientView>(201, "The client, with its secret.")
        .shown_once()
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let input = ClientInput {
        name: body.name,
        redirect_uris: body.redirect_uris,
        grants: body.grants.into_iter().map(Into::into).collect(),
        scopes: body.scopes,
    };
    let shown = service
        .create_client(&ctx, body.kind.into(), input)
        .await
        .map_err(problem)?;
    let location = format!("/v1/oauth/clients/{}", shown.client.id);
    Ok(Reply::created(location, &ClientView::from(&shown)).version(shown.client.version))
}
