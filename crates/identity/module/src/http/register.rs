//! `POST /v1/auth/registrations`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::views::AcceptedView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::domain::password::Password;
use crate::service::{Register, Service};

/// What it takes to get an account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RegistrationBody")]
pub(super) struct Body {
    /// Where a mail is sent that proves the address.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// 8 to 256 characters, any characters.
    #[schemars(length(min = 8, max = 256), extend("format" = "password", "writeOnly" = true))]
    password: String,
    /// What to call you: 1 to 100 characters.
    display_name: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/registrations", "create_registration", Policy::Public)
        .tag(TAG)
        .summary("Creates an account.")
        .description(
            "The answer is the same, and takes as long, whether or not the address has an account. A mail brings a \
             token for `POST /v1/auth/challenges/{id}/responses`; the account can sign in after that. If there was an \
             account, its owner gets a mail that says so. Lost the mail? Register again.",
        )
        .idempotency(KeyRule::Optional)
        .kept_as(crate::service::request::REGISTER, None)
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<AcceptedView>(202, "The registration was taken.")
        .without_location()
        .problem(422, "identity.invalid_request")
        .problem(422, "identity.weak_password")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let Body {
        email,
        password,
        display_name,
    } = body;
    let registration = Register {
        email,
        password: Password::new(password),
        display_name,
    };
    service
        .register(&ctx, registration)
        .await
        .map_err(problem)?;
    Ok(Reply::accepted(&AcceptedView::MAIL))
}
