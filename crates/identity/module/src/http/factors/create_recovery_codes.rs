//! `POST /v1/me/recovery-codes`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::shown;
use crate::http::problem;
use crate::service::Service;

/// New recovery codes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
pub(super) struct View {
    /// Ten codes that stand in for a factor, each once. No other answer will have them.
    recovery_codes: Vec<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/me/recovery-codes", "create_my_recovery_codes", Policy::SignedIn)
        .tag(TAG)
        .summary("Makes new recovery codes; those from before are void.")
        .description(
            "Needs a sign-in with a code that is no older than 15 minutes. The answer is not kept under an `Idempotency-Key`: \
             if it was lost, make new ones again.",
        )
        .scope_rule(ScopeRule::FirstParty)
        .answers::<View>(200, "The codes.")
        .problem(403, "identity.sign_in_again")
        .problem(409, "identity.no_factor")
        .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let codes = service.renew_recovery_codes(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&View {
        recovery_codes: shown(&codes),
    }))
}
