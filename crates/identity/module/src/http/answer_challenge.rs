//! `POST /v1/auth/challenges/{id}/responses`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::ChallengeId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, Problem, Reply};

use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::password::Password;
use crate::service::{AnswerChallenge, Service};

/// The token from the mail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChallengeResponseBody")]
pub(super) struct Body {
    /// As in the mail: 43 characters.
    #[schemars(extend("writeOnly" = true))]
    token: String,
    /// The password to set: needed for recovery, and where none was chosen at registration.
    #[schemars(length(min = 8, max = 256), extend("format" = "password", "writeOnly" = true))]
    new_password: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/challenges/{id}/responses", "create_challenge_response", Policy::Bearer)
        .tag(TAG)
        .summary("Answers a challenge with the token from the mail.")
        .description(
            "Works once. Verification proves the address and makes the chosen password count. Recovery sets a new \
             password, proves the address too, and ends all sessions.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .path_param::<ChallengeId>("id", "From the mail.")
        .body::<Body>()
        .answers_empty(204, "Done.")
        .problem(422, "identity.challenge_failed")
        .problem(422, "identity.invalid_request")
        .problem(422, "identity.weak_password")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ChallengeId>,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let answer = AnswerChallenge {
        id,
        token: body.token,
        new_password: body.new_password.map(Password::new),
    };
    service
        .answer_challenge(&ctx, answer)
        .await
        .map_err(problem)?;
    Ok(Reply::no_content())
}
