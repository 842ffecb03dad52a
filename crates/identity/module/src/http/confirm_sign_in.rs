//! `POST /v1/auth/sessions/confirmations`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::sign_in::begun;
use super::views::TokensView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::factor::OneTimeCode;
use crate::domain::name::client_label;
use crate::domain::secret::SecretToken;
use crate::service::{SecondStep, Service};

/// What completes a sign-in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SessionConfirmationBody")]
pub(super) struct Body {
    /// From the answer `identity.mfa_required`.
    #[schemars(extend("writeOnly" = true))]
    challenge_token: String,
    /// Six digits of an app, or a recovery code; spaces and dashes do not matter.
    #[schemars(extend("writeOnly" = true))]
    one_time_code: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/sessions/confirmations", "create_session_confirmation", Policy::Bearer)
        .tag(TAG)
        .summary("Completes a sign-in with a code.")
        .description(
            "After `POST /v1/auth/sessions` answered `identity.mfa_required`: within five minutes, with five guesses at most. A \
             code counts once. Guesses are counted for the account, too, and after five wrong ones further ones must wait, as \
             passwords must; those from a device that has sent its `device_token` are counted by themselves. The answer is not \
             kept under an `Idempotency-Key`: if it was lost, sign in again.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .header("User-Agent", false, "Shown in the list of sessions.")
        .body::<Body>()
        .answers::<TokensView>(201, "The session with its tokens.")
        .shown_once()
        .problem(401, "identity.sign_in_expired")
        .problem(422, "identity.wrong_code")
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
    let step = SecondStep {
        token: SecretToken::parse(&body.challenge_token),
        code: OneTimeCode::parse(&body.one_time_code),
        client: headers
            .get(USER_AGENT)
            .and_then(|value| client_label(value.to_str().ok()?)),
        address,
    };
    let granted = service
        .complete_sign_in(&ctx, step)
        .await
        .map_err(problem)?;
    Ok(begun(granted, service.now()))
}
