//! `POST /oauth/introspect`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::Timestamp;
use tenon_web::{ApiForm, Ctx, Endpoint, Problem, Reply};

use super::credentials::read;
use super::refusal::problem;
use super::revoke::Form;
use super::token::missing;
use super::{TAG, said};
use crate::http::MAX_BODY;
use crate::service::Service;
use crate::service::oauth::{Introspected, TokenUse};

/// What a token is (RFC 7662 §2.2). Of one that is not active, or of another client, only that.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "Introspection")]
pub(super) struct View {
    /// Whether the token is good now.
    active: bool,
    /// What the program may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// `Bearer`, of access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// The person, or the program where it acts for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// The session that ends with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// Seconds since 1970 at which the person signed in (RFC 9470 §6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    /// How the person signed in: values of RFC 8176.
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<String>>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// Seconds since 1970 at which it was issued, of access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// Seconds since 1970 at which it ends, if it is not used before.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/oauth/introspect", "introspect_oauth_token", Policy::Bearer)
        .tag(TAG)
        .summary("Says what a token of the client is.")
        .description(
            "For confidential clients (RFC 7662), about their own tokens: all others are said not to be active. Errors have \
             the form of RFC 6749 §5.2.",
        )
        .oauth_client()
        .max_body(MAX_BODY)
        .form::<Form>()
        .answers::<View>(200, "What it is.")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    headers: HeaderMap,
    form: Result<ApiForm<Form>, Problem>,
) -> Result<Reply, Problem> {
    let (form, client) = read(&headers, form)?;
    let token = said(form.token).ok_or_else(|| missing("token is missing"))?;
    let client = service
        .authenticate_confidential(&ctx, client)
        .await
        .map_err(problem)?;
    let found = service
        .introspect(&ctx, &client, &token)
        .await
        .map_err(problem)?;
    let client_id = client.id.to_string();
    let view = found.map(|found| view(found, client_id, service.settings.issuer.clone()));
    Ok(Reply::ok(&view.unwrap_or_default()))
}

fn view(found: Introspected, client_id: String, issuer: String) -> View {
    let is_access = found.token_use == TokenUse::Access;
    let (sub, sid, authentication) = match found.subject {
        Some(person) => (
            person.user_id.to_string(),
            Some(person.session_id.to_string()),
            Some(person.authentication),
        ),
        None => (client_id.clone(), None, None),
    };
    View {
        active: true,
        scope: Some(found.scope.to_string()),
        client_id: Some(client_id),
        token_type: is_access.then_some("Bearer"),
        sub: Some(sub),
        sid,
        auth_time: authentication
            .as_ref()
            .map(|authentication| authentication.at.as_unix_seconds()),
        amr: authentication.map(|authentication| authentication.amr),
        iss: Some(issuer),
        iat: found.issued_at.map(Timestamp::as_unix_seconds),
        exp: Some(found.expires_at.as_unix_seconds()),
    }
}
