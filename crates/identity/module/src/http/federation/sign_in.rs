//! `POST /v1/auth/federation/sessions`

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use http::header::USER_AGENT;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ClientAddress, Ctx, Endpoint, Problem, Reply};

use super::{TAG, code_of};
use crate::domain::name::client_label;
use crate::http::sign_in::{begun, code_needed};
use crate::http::views::TokensView;
use crate::http::{AUTH, MAX_BODY, problem};
use crate::service::federation::FederatedSignIn;
use crate::service::{Service, SignedIn};

/// What a browser brought back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateFederatedSession")]
pub(super) struct Body {
    /// `code` of the address that the browser came back to.
    #[schemars(extend("writeOnly" = true))]
    federation_code: String,
    /// What the challenge was made from: 43 to 128 characters.
    #[schemars(extend("writeOnly" = true))]
    code_verifier: String,
    /// From an earlier sign-in on this device.
    #[schemars(extend("writeOnly" = true))]
    device_token: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/federation/sessions", "create_federated_session", Policy::Bearer)
        .tag(TAG)
        .summary("Signs in with what a browser brought back from a provider.")
        .description(
            "Within a minute, once. Who signs in for the first time gets an account if the provider vouches for an e-mail address \
             that has none here. Where it has one, nothing is linked by itself: sign in to that account by its own means, go to the \
             provider once more, and send the code to `POST /v1/me/identities`. An account with a second factor is asked for it: 401 \
             `identity.mfa_required` with a `challenge_token` for `POST /v1/auth/sessions/confirmations`. The answer is not kept \
             under an `Idempotency-Key`: if it was lost, begin again.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .header("User-Agent", false, "Shown in the list of sessions.")
        .body::<Body>()
        .answers::<TokensView>(201, "The session with its tokens.")
        .shown_once()
        .problem(401, "identity.federation_failed")
        .problem(401, "identity.invalid_credentials")
        .problem(401, "identity.mfa_required")
        .problem(403, "identity.provider_email_unverified")
        .problem(409, "identity.identity_not_linked")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let req = FederatedSignIn {
        code: code_of(&body.federation_code, body.code_verifier),
        device_token: body.device_token,
        client: headers
            .get(USER_AGENT)
            .and_then(|value| client_label(value.to_str().ok()?)),
        address,
    };
    match service
        .sign_in_federated(&ctx, req)
        .await
        .map_err(problem)?
    {
        SignedIn::Done(granted) => Ok(begun(granted, service.now())),
        SignedIn::CodeNeeded(needed) => Err(code_needed(&needed, service.now())),
    }
}
