//! `PATCH /v1/returns/{return_id}`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::ReturnId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::stale;
use super::return_view::ReturnView;
use crate::domain::returns::ReturnStatus;
use crate::service::Service;
use crate::store::Access;

/// What the shop decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DecideReturnBody {
    status: DecisionBody,
    /// For the buyer, who gets it by mail.
    #[schemars(length(max = 500))]
    note: Option<String>,
}

/// Where a return can be sent.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ReturnDecision")]
enum DecisionBody {
    Approved,
    Rejected,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/returns/{return_id}",
        "decide_return",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Approves or rejects what a buyer wants to send back.")
    .path_param::<ReturnId>("return_id", "Which return.")
    .needs_if_match()
    .body::<DecideReturnBody>()
    .answers::<ReturnView>(200, "The return.")
    .problem(404, "orders.return_not_found")
    .problem(409, "orders.return_transition")
    .problem(412, "orders.stale_version")
    .problem(422, "orders.invalid_request")
    .handler(handler, Arc::clone(service))
}

/// Decides.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    IfMatch(version): IfMatch,
    ApiPath(id): ApiPath<ReturnId>,
    ApiJson(body): ApiJson<DecideReturnBody>,
) -> Result<Reply, Problem> {
    let decision = (body.status.into(), body.note);
    let decided = service
        .decide_return(&ctx, id, &Access::of(&ctx, None), version, decision)
        .await
        .map_err(stale)?;
    let version = decided.version;
    Ok(Reply::ok(&ReturnView::from(decided)).version(version))
}

impl From<DecisionBody> for ReturnStatus {
    fn from(decision: DecisionBody) -> Self {
        match decision {
            DecisionBody::Approved => Self::Approved,
            DecisionBody::Rejected => Self::Rejected,
        }
    }
}
