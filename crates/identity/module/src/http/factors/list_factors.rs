//! `GET /v1/me/factors`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::{Policy, ScopeRule};
use tenon_web::{Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::FactorView;
use crate::http::problem;
use crate::service::Service;

/// Your factors.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Factors")]
pub(super) struct View {
    /// All, oldest first.
    data: Vec<FactorView>,
    /// Recovery codes that were not used yet.
    recovery_codes_left: u32,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/me/factors",
        "list_my_factors",
        Policy::SignedInOrEnrolling,
    )
    .tag(TAG)
    .summary("Lists your second factors.")
    .scope_rule(ScopeRule::FirstParty)
    .answers::<View>(200, "Your factors: five apps and ten passkeys at most.")
    .handler(handler, Arc::clone(service))
}

async fn handler(State(service): State<Arc<Service>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let own = service.list_factors(&ctx).await.map_err(problem)?;
    Ok(Reply::ok(&View {
        data: own.factors.into_iter().map(FactorView::from).collect(),
        recovery_codes_left: own.recovery_codes_left,
    }))
}
