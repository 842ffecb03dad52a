//! `POST /v1/auth/passkey-sessions`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::MAX_CREDENTIAL;
use super::credential::AssertionBody;
use crate::domain::name::client_label;
use crate::domain::secret::SecretToken;
use crate::http::sign_in::begun;
use crate::http::views::TokensView;
use crate::http::{AUTH, TAG, invalid, problem};
use crate::service::Service;
use crate::service::passkeys::PasskeyStep;

/// An answer to a challenge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeySessionBody")]
pub(super) struct Body {
    /// From the answer that had the challenge.
    #[schemars(extend("writeOnly" = true))]
    challenge_token: String,
    /// What `navigator.credentials.get()` gave, as its `toJSON()` writes it.
    credential: AssertionBody,
    /// From an earlier sign-in on this device: you get no mail about a new one.
    #[schemars(extend("writeOnly" = true))]
    device_token: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/passkey-sessions", "create_passkey_session", Policy::Bearer)
        .tag(TAG)
        .summary("Signs in with a passkey.")
        .description(
            "With the challenge of `POST /v1/auth/passkey-challenges`, once. A passkey counts as two factors: the device, and what              unlocks it. Everything that does not count gets one answer, so nobody learns which passkeys and accounts there are. The              answer is not kept under an `Idempotency-Key`: if it was lost, sign in again.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_CREDENTIAL)
        .header("User-Agent", false, "Shown in the list of sessions.")
        .body::<Body>()
        .answers::<TokensView>(201, "The session with its tokens.")
        .shown_once()
        .problem(401, "identity.passkey_refused")
        .problem(401, "identity.sign_in_expired")
        .problem(409, "identity.passkeys_unavailable")
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let step = PasskeyStep {
        token: SecretToken::parse(&body.challenge_token),
        assertion: Some(body.credential.read("/credential").map_err(invalid)?),
        device_token: body.device_token,
        client: headers
            .get(USER_AGENT)
            .and_then(|value| client_label(value.to_str().ok()?)),
        address,
    };
    let granted = service
        .sign_in_with_passkey(&ctx, step)
        .await
        .map_err(problem)?;
    Ok(begun(granted, service.now()))
}
