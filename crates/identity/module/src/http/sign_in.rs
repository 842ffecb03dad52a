//! `POST /v1/auth/sessions`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::views::TokensView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::name::client_label;
use crate::domain::password::Password;
use crate::service::{Service, SignIn};

/// What someone shows to be let in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SignInBody")]
pub(super) struct Body {
    /// The address of the account.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// Its password.
    #[schemars(extend("format" = "password", "writeOnly" = true))]
    password: String,
    /// From an earlier sign-in on this device: keeps strangers' failed attempts from slowing you down.
    #[schemars(extend("writeOnly" = true))]
    device_token: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/sessions", "create_session", Policy::Public)
        .tag(TAG)
        .summary("Signs in.")
        .description(
            "Unknown address, wrong password, unverified address and locked account get the same answer after the \
             same effort. After five failed attempts further ones must wait, longer each time, up to five minutes; \
             a device that sends its `device_token` is counted by itself. The answer holds secrets, so it is not kept \
             under an `Idempotency-Key`: a lost answer costs nothing, sign in again.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .header("User-Agent", false, "Shown in the list of sessions.")
        .body::<Body>()
        .answers::<TokensView>(201, "The session with its tokens.")
        .problem(401, "identity.invalid_credentials")
        .problem(422, "identity.invalid_request")
        .problem(429, "identity.too_many_attempts")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let Body {
        email,
        password,
        device_token,
    } = body;
    let client = headers
        .get(USER_AGENT)
        .and_then(|value| client_label(value.to_str().ok()?));
    let password = Password::new(password);
    let granted = service
        .sign_in(
            &ctx,
            SignIn {
                email,
                password,
                device_token,
                client,
                address,
            },
        )
        .await
        .map_err(problem)?;
    let location = format!("/v1/me/sessions/{}", granted.session_id);
    Ok(Reply::created(
        location,
        &TokensView::new(granted, service.now()),
    ))
}
