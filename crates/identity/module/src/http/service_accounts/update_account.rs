//! `PATCH /v1/service-accounts/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ServiceAccountId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::view::ServiceAccountView;
use crate::http::{MAX_BODY, problem};
use crate::service::Service;
use crate::service::service_accounts::ServiceAccountPatch;

/// What changes; absent members stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ServiceAccountPatch")]
pub(super) struct Body {
    /// 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    /// All roles from now on.
    #[schemars(length(min = 1))]
    roles: Option<Vec<Role>>,
    /// Whether its keys open nothing.
    locked: Option<bool>,
    /// Why, with `"locked": true`: 1 to 500 characters.
    lock_reason: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/service-accounts/{id}",
        "update_service_account",
        Policy::Has(Role::Admin),
    )
    .tag(TAG)
    .summary("Changes an account of a program.")
    .description("Its keys open nothing while it is locked, and never more than its roles.")
    .scope_rule(ScopeRule::FirstParty)
    .needs_if_match()
    .max_body(MAX_BODY)
    .path_param::<ServiceAccountId>("id", "The account.")
    .body::<Body>()
    .answers::<ServiceAccountView>(200, "The account as it is now.")
    .problem(404, "identity.service_account_not_found")
    .problem(412, "identity.stale_version")
    .problem(422, "identity.invalid_request")
    .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ServiceAccountId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let patch = ServiceAccountPatch {
        name: body.name,
        roles: body.roles,
        locked: body.locked,
        lock_reason: body.lock_reason,
    };
    let account = service
        .update_service_account(&ctx, id, version, patch)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&ServiceAccountView::from(&account)).version(account.version))
}
