//! `PATCH /v1/users/{id}`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::views::UserView;
use super::{MAX_BODY, TAG, problem};
use crate::service::{Service, UserPatch};

/// What changes; absent members stay. A password is not among them: nobody chooses one for someone else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserPatch")]
pub(super) struct Body {
    /// All roles that the user has from now on.
    roles: Option<Vec<Role>>,
    /// Whether the user is kept out.
    locked: Option<bool>,
    /// Why, with `"locked": true`: 1 to 500 characters.
    lock_reason: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch("/v1/users/{id}", "update_user", Policy::Has(Role::Admin))
        .tag(TAG)
        .scope_rule(ScopeRule::FirstParty)
        .summary("Changes what a user may do.")
        .description(
            "A lock and a lost role end the user's sessions; a new role counts from their next refresh. You cannot \
             change your own account here, and the last administrator stays one.",
        )
        .needs_if_match()
        .max_body(MAX_BODY)
        .path_param::<UserId>("id", "Which user.")
        .body::<Body>()
        .answers::<UserView>(200, "The user as they are now.")
        .problem(404, "identity.user_not_found")
        .problem(409, "identity.last_administrator")
        .problem(409, "identity.own_account")
        .problem(412, "identity.stale_version")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<UserId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let Body {
        roles,
        locked,
        lock_reason,
    } = body;
    let patch = UserPatch {
        roles,
        locked,
        lock_reason,
    };
    let account = service
        .change_user(&ctx, id, version, patch)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&UserView::from(&account)).version(account.version))
}
