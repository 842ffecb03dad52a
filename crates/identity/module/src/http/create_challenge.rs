//! `POST /v1/auth/challenges`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::views::AcceptedView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::service::{ChallengeKind, Service};

/// Which mail is wanted, and where.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChallengeBody")]
pub(super) struct Body {
    /// What the mail is for.
    purpose: Purpose,
    /// Where to send it.
    #[schemars(extend("format" = "email"))]
    email: String,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ChallengePurpose")]
enum Purpose {
    /// Proves the address of a new account; the answer sets its password.
    VerifyEmail,
    /// Sets a new password.
    Recover,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/challenges", "create_challenge", Policy::Public)
        .tag(TAG)
        .summary("Sends a one-time token by mail.")
        .description(
            "The answer is the same, and takes as long, whether or not the address has an account. The mail brings \
             the challenge's id and token for `POST /v1/auth/challenges/{id}/responses`; they are good for half an \
             hour at most. One person gets at most five such mails in an hour.",
        )
        .idempotency(KeyRule::Optional)
        .kept_as(crate::service::request::CHALLENGE, None)
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<AcceptedView>(202, "The wish was taken.")
        .without_location()
        .problem(422, "identity.invalid_request")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let kind = match body.purpose {
        Purpose::VerifyEmail => ChallengeKind::VerifyEmail,
        Purpose::Recover => ChallengeKind::Recover,
    };
    service
        .request_challenge(&ctx, kind, &body.email)
        .await
        .map_err(problem)?;
    Ok(Reply::accepted(&AcceptedView::MAIL))
}
