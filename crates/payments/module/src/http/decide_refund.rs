//! `POST /v1/refunds/{id}/approvals` and `POST /v1/refunds/{id}/rejections`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::RefundId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::{CallCtx, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::RefundView;
use crate::service::Service;
use crate::service::decide_refund::Decision;

/// Request body.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DecideRefundBody {
    /// For people; kept with the refund and in the audit log.
    #[serde(default)]
    #[schemars(length(max = 500))]
    note: Option<String>,
}

pub(super) fn approval(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/refunds/{id}/approvals", "approve_refund", Policy::Has(Role::Staff))
        .needs_recent_sign_in()
        .tag(TAG)
        .summary("Approves a large refund that somebody else asked for.")
        .description(
            "The refund is then sent to the provider: 201 once it is done, 202 while the outcome is not known. Who asked \
             for it gets 403. Programs that act for people cannot approve.",
        )
        .path_param::<RefundId>("id", "`rfd_…`")
        .scope_rule(ScopeRule::FirstParty)
        .idempotency(KeyRule::Required)
        .kept_as(Decision::Approve.operation(), Some("/v1/refunds/{}"))
        .optional_body::<DecideRefundBody>()
        .answers::<RefundView>(201, "The refund, done or refused by the provider.")
        .answers::<RefundView>(202, "The refund; its outcome is being found out.")
        .problem(403, "payments.approval_by_requester")
        .problem(404, "payments.refund_not_found")
        .problem(409, "payments.refund_not_awaiting")
        .problem(422, "payments.refund_exceeds_captured")
        .problem(422, "payments.invalid_request")
        .handler(approve, Arc::clone(service))
}

pub(super) fn rejection(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/refunds/{id}/rejections",
        "reject_refund",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Rejects a large refund that waits for approval.")
    .description(
        "Its amount can be refunded anew. Who asked for the refund may take it back in this way.",
    )
    .path_param::<RefundId>("id", "`rfd_…`")
    .scope_rule(ScopeRule::FirstParty)
    .idempotency(KeyRule::Required)
    .kept_as(Decision::Reject.operation(), Some("/v1/refunds/{}"))
    .optional_body::<DecideRefundBody>()
    .answers::<RefundView>(201, "The refund, which came to nothing.")
    .problem(404, "payments.refund_not_found")
    .problem(409, "payments.refund_not_awaiting")
    .problem(422, "payments.invalid_request")
    .handler(reject, Arc::clone(service))
}

/// Approves.
async fn approve(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<RefundId>,
    body: Option<ApiJson<DecideRefundBody>>,
) -> Result<Reply, Problem> {
    decide(&service, &ctx, id, Decision::Approve, body).await
}

/// Rejects.
async fn reject(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<RefundId>,
    body: Option<ApiJson<DecideRefundBody>>,
) -> Result<Reply, Problem> {
    decide(&service, &ctx, id, Decision::Reject, body).await
}

async fn decide(
    service: &Service,
    ctx: &CallCtx,
    id: RefundId,
    decision: Decision,
    body: Option<ApiJson<DecideRefundBody>>,
) -> Result<Reply, Problem> {
    let note = body.and_then(|ApiJson(body)| body.note);
    let refund = service.decide_refund(ctx, id, decision, note).await?;
    let is_open = refund.progress.status.is_open();
    let location = format!("/v1/refunds/{id}");
    let view = RefundView::new(refund, true);
    Ok(if is_open {
        Reply::accepted(&view).header("location", location)
    } else {
        Reply::created(location, &view)
    })
}
