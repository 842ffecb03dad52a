//! `POST /v1/auth/passkey-challenges`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

use super::options::ChallengeView;
use crate::http::{AUTH, MAX_BODY, TAG, problem};
use crate::service::Service;
use crate::service::passkeys::After;

/// What the challenge is for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyChallengeBody")]
pub(super) struct Body {
    /// From the answer `identity.mfa_required`, to complete that sign-in; left out, the passkey is all there is.
    #[schemars(extend("writeOnly" = true))]
    challenge_token: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/passkey-challenges", "create_passkey_challenge", Policy::Public)
        .tag(TAG)
        .summary("Makes a challenge for a passkey, to sign in with it.")
        .description(
            "The answer is the same for everybody: who will answer is not known yet. With the token of a sign-in that waits for its              second step, the passkeys of that person are named. A challenge is good for five minutes and one try:              `POST /v1/auth/passkey-sessions`. A lost answer costs nothing, ask again.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .optional_body::<Body>()
        .answers::<ChallengeView>(200, "The challenge.")
        .problem(401, "identity.sign_in_expired")
        .problem(409, "identity.passkeys_unavailable")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    body: Option<ApiJson<Body>>,
) -> Result<Reply, Problem> {
    let after = After::read(body.and_then(|ApiJson(body)| body.challenge_token));
    let made = service.begin_passkey(&ctx, after).await.map_err(problem)?;
    Ok(Reply::ok(&ChallengeView::new(made, service.now())))
}
