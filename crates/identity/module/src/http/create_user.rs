//! `POST /v1/users`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::views::UserView;
use super::{MAX_BODY, TAG, problem};
use crate::service::{CREATE_USER, InvitedUser, Service};

/// Somebody who is to have an account. A password is not among it: nobody chooses one for someone else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateUser")]
pub(super) struct Body {
    /// Where the mail goes by which they choose a password. Whoever reads it gets the account, with its roles.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// What to call them: 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    display_name: Option<String>,
    /// What they may do; `customer` unless said.
    roles: Option<Vec<Role>>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/users", "create_user", Policy::Has(Role::Admin))
        .tag(TAG)
        .scope_rule(ScopeRule::FirstParty)
        .summary("Makes an account for somebody.")
        .description(
            "They get a mail with a link and a code to choose a password by, which `POST /v1/auth/challenges/{id}/responses` takes once \
             within half an hour, and cannot sign in before. Later they ask for another mail themselves: `POST /v1/auth/challenges` \
             with `recover`.",
        )
        .idempotency(KeyRule::Required)
        .kept_as(CREATE_USER, Some("/v1/users/{}"))
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<UserView>(201, "The user, who has not proved the address yet.")
        .problem(404, "identity.user_not_found")
        .problem(409, "identity.email_taken")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let user = InvitedUser {
        email: body.email,
        display_name: body.display_name,
        roles: body.roles.unwrap_or_else(|| vec![Role::Customer]),
    };
    let account = service.invite_user(&ctx, user).await.map_err(problem)?;
    let location = format!("/v1/users/{}", account.id);
    Ok(Reply::created(location, &UserView::from(&account)).version(account.version))
}
