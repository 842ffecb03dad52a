//! `POST /v1/service-accounts`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::ServiceAccountView;
use crate::http::{MAX_BODY, problem};
use crate::service::Service;
use crate::service::service_accounts::CREATE;

/// An account that is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateServiceAccount")]
pub(super) struct Body {
    /// What it is for: 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// The most its keys may do.
    #[schemars(length(min = 1))]
    roles: Vec<Role>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/service-accounts",
        "create_service_account",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Makes an account for a program.")
    .description("Nobody can sign in with it. It does nothing until it has a key.")
    .scope_rule(ScopeRule::FirstParty)
    .idempotency(KeyRule::Optional)
    .kept_as(CREATE, Some("/v1/service-accounts/{}"))
    .max_body(MAX_BODY)
    .body::<Body>()
    .answers::<ServiceAccountView>(201, "The account.")
    .problem(422, "identity.invalid_request")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let account = service
        .create_service_account(&ctx, &body.name, &body.roles)
        .await
        .map_err(problem)?;
    let location = format!("/v1/service-accounts/{}", account.id);
    Ok(Reply::created(location, &ServiceAccountView::from(&account)).version(account.version))
}
