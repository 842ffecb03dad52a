//! `GET /oauth/userinfo` and `POST /oauth/userinfo`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, EndpointBuilder, Problem, Reply};

use super::TAG;
use crate::domain::oauth::scopes::OPENID;
use crate::http::problem;
use crate::service::Service;
use crate::service::oauth::UserInfo;

/// Who has signed in (OpenID Connect Core §5.1), as far as the scope goes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserInfo")]
pub(super) struct View {
    /// Always the same for a person.
    sub: UserId,
    /// What to call them. With `profile`, and if they have said.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Seconds since 1970 at which it last changed. With `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    /// With `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether the address is known to be theirs. With `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

impl From<UserInfo> for View {
    fn from(info: UserInfo) -> Self {
        let UserInfo {
            account,
            with_profile,
            with_email,
        } = info;
        Self {
            sub: account.id,
            updated_at: with_profile.then(|| account.updated_at.as_unix_seconds()),
            email_verified: with_email.then(|| account.is_verified()),
            name: account.display_name.filter(|_| with_profile),
            email: with_email.then_some(account.email),
        }
    }
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let described = |endpoint: EndpointBuilder| {
        endpoint
            .tag(TAG)
            .summary("Says who has signed in.")
            .description(
                "For programs (OpenID Connect Core §5.3), with an access token of scope `openid`; `profile` and `email` \
                 show more. It is a protected resource like any other: errors are problem documents with \
                 `WWW-Authenticate` (RFC 6750).",
            )
            .scope_rule(ScopeRule::Value(OPENID))
            .answers::<View>(200, "Who.")
            .problem(404, "identity.user_not_found")
            .handler(handler, Arc::clone(service))
    };
    let path = "/oauth/userinfo";
    [
        described(Endpoint::get(path, "get_userinfo", Policy::SignedIn)),
        described(Endpoint::post(path, "post_userinfo", Policy::SignedIn)),
    ]
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let info = service.userinfo(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&View::from(info)))
}
