//! `POST /v1/auth/bootstrap`

use std::sync::Arc;

use axum::extract::State;
use identity_contract::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

use super::{AUTH, MAX_BODY, TAG, problem};
use crate::service::{Bootstrap, Service};

/// The operator's token and the person who administers from now on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BootstrapBody")]
pub(super) struct Body {
    /// From `tenon admin bootstrap`.
    #[schemars(extend("writeOnly" = true))]
    token: String,
    /// The operator vouches for it: it needs no proof.
    #[schemars(extend("format" = "email"))]
    email: String,
    /// 8 to 256 characters, any characters.
    #[schemars(length(min = 8, max = 256), extend("format" = "password", "writeOnly" = true))]
    password: String,
    /// What to call them: 1 to 100 characters.
    display_name: Option<String>,
}

/// The first administrator.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Bootstrapped")]
pub(super) struct View {
    /// Who.
    user_id: UserId,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/bootstrap", "create_first_administrator", Policy::Bearer)
        .tag(TAG)
        .summary("Creates the first administrator.")
        .description(
            "There is no default account. `tenon admin bootstrap` prints a token that works once, for half an hour, \
             and only while there is no administrator.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<View>(201, "The administrator, who can sign in now.")
        .problem(403, "identity.bootstrap_refused")
        .problem(409, "identity.email_taken")
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
        token,
        email,
        password,
        display_name,
    } = body;
    let user_id = service
        .bootstrap(
            &ctx,
            Bootstrap {
                token,
                email,
                password,
                display_name,
            },
        )
        .await
        .map_err(problem)?;
    Ok(Reply::created(
        format!("/v1/users/{user_id}"),
        &View { user_id },
    ))
}
