//! `POST /v1/payments/{id}/refunds`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Id, Money, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::RefundView;
use crate::service::{NewRefund, Service};

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RefundPaymentBody {
    /// All that is captured and not refunded, if absent.
    #[serde(default)]
    amount: Option<Money>,
    /// For people.
    #[schemars(length(max = 500))]
    reason: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/payments/{id}/refunds", "refund_payment", Policy::Has(Role::Staff))
        .needs_recent_sign_in()
        .tag(TAG)
        .summary("Gives captured money back, all or a part of it.")
        .description(
            "Answers 201 once the provider has given the money back and 202 while its answer is not known: then the \
             refund keeps its key and its amount stays reserved until it is. Above the shop's limit it waits as \
             `awaiting_approval` for a second member of staff.",
        )
        .path_param::<PaymentId>("id", "`pay_…`")
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::refund_payment::OPERATION, Some("/v1/refunds/{}"))
        .body::<RefundPaymentBody>()
        .answers::<RefundView>(201, "The refund, done or refused by the provider.")
        .answers::<RefundView>(202, "The refund; it waits for approval, or its outcome is being found out.")
        .problem(404, "payments.not_found")
        .problem(422, "payments.refund_exceeds_captured")
        .problem(422, "payments.currency_mismatch")
        .problem(422, "payments.invalid_amount")
        .problem(422, "payments.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Refunds.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PaymentId>,
    ApiJson(body): ApiJson<RefundPaymentBody>,
) -> Result<Reply, Problem> {
    let new = NewRefund {
        id: None,
        amount: body.amount,
        reason: body.reason,
        requested_by: ctx.principal.user().map(|it| Id::from_uuid(it.user)),
    };
    let (_, refund) = service.refund(&ctx, id, new).await?;
    let is_open = refund.progress.status.is_open();
    let location = format!("/v1/refunds/{}", refund.id);
    let view = RefundView::new(refund, true);
    Ok(if is_open {
        Reply::accepted(&view).header("location", location)
    } else {
        Reply::created(location, &view)
    })
}
