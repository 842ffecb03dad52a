//! `POST /v1/auth/sessions`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use identity_contract::IdentityError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenon_access::Policy;
use tenon_kernel::Timestamp;
use tenon_web::{ApiJson, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::views::TokensView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::name::client_label;
use crate::domain::password::Password;
use crate::service::{CodeNeeded, Granted, Service, SignIn, SignedIn};

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
             under an `Idempotency-Key`: a lost answer costs nothing, sign in again. Where the account has a second factor, a \
             right password gets 401 `identity.mfa_required` with a `challenge_token`, which \
             `POST /v1/auth/sessions/confirmations` takes with a code, and `POST /v1/auth/passkey-challenges` where `factors` \
             names passkeys.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .header("User-Agent", false, "Shown in the list of sessions.")
        .body::<Body>()
        .answers::<TokensView>(201, "The session with its tokens.")
        .shown_once()
        .problem(401, "identity.invalid_credentials")
        .problem(401, "identity.mfa_required")
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
    let sign_in = SignIn {
        email,
        password,
        device_token,
        client,
        address,
    };
    match service.sign_in(&ctx, sign_in).await.map_err(problem)? {
        SignedIn::Done(granted) => Ok(begun(granted, service.now())),
        SignedIn::CodeNeeded(needed) => Err(code_needed(&needed, service.now())),
    }
}

pub(super) fn begun(granted: Granted, now: Timestamp) -> Reply {
    let location = format!("/v1/me/sessions/{}", granted.session_id);
    Reply::created(location, &TokensView::new(granted, now))
}

/// Made here: an error of the contract could be logged, and holds no secret.
pub(super) fn code_needed(needed: &CodeNeeded, now: Timestamp) -> Problem {
    Problem::from_error(&IdentityError::MfaRequired)
        .with_extension("challenge_token", needed.token.expose())
        .with_extension("expires_in", needed.expires_at.since(now).as_secs())
        .with_extension("factors", json!(needed.kinds))
}
