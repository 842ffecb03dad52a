//! `POST /v1/auth/tokens`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

use super::views::TokensView;
use super::{AUTH, MAX_BODY, TAG, problem};
use crate::service::Service;

/// The newest refresh token of a session.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefreshBody")]
pub(super) struct Body {
    /// From the sign-in or the last refresh: 43 characters.
    #[schemars(extend("writeOnly" = true))]
    refresh_token: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/auth/tokens", "create_tokens", Policy::Bearer)
        .tag(TAG)
        .summary("Exchanges a refresh token for the next tokens.")
        .description(
            "A refresh token works once. If the answer was lost, or several requests were sent at once, send it again \
             within 30 seconds and before the new one is used: the answer has the same refresh token. A refresh token \
             that comes back later means that someone else has it, and ends the session. No `Idempotency-Key` is \
             needed.",
        )
        .rate_limit(AUTH)
        .max_body(MAX_BODY)
        .body::<Body>()
        .answers::<TokensView>(200, "The next tokens.")
        .problem(401, "identity.invalid_refresh_token")
        .handler(handler, Arc::clone(service))
}

async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<Body>,
) -> Result<Reply, Problem> {
    let granted = service
        .refresh(&ctx, &body.refresh_token)
        .await
        .map_err(problem)?;
    Ok(Reply::ok(&TokensView::new(granted, service.now())))
}
