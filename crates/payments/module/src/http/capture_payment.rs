//! `POST /v1/payments/{id}/captures`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::PaymentView;
use crate::service::{Service, is_staff};

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CapturePaymentBody {
    /// All that is authorised and not captured, if absent.
    #[serde(default)]
    amount: Option<Money>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/payments/{id}/captures", "capture_payment", Policy::Has(Role::Staff))
        .needs_recent_sign_in()
        .tag(TAG)
        .summary("Takes authorised money, all or a part of it.")
        .description(
            "Answers 201 once the provider has taken the money and 202 while its answer is not known: then the \
             capture is repeated under the same key until it is. A payment that is captured already answers 201 too.",
        )
        .path_param::<PaymentId>("id", "`pay_…`")
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::capture_payment::OPERATION, Some("/v1/payments/{}"))
        .body::<CapturePaymentBody>()
        .answers::<PaymentView>(201, "The payment after the capture.")
        .answers::<PaymentView>(202, "The payment; the capture's outcome is being found out.")
        .problem(404, "payments.not_found")
        .problem(409, "payments.not_capturable")
        .problem(422, "payments.capture_exceeds_authorized")
        .problem(422, "payments.currency_mismatch")
        .problem(422, "payments.invalid_amount")
        .handler(handler, Arc::clone(service))
}

/// Captures.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PaymentId>,
    ApiJson(body): ApiJson<CapturePaymentBody>,
) -> Result<Reply, Problem> {
    let (_, capture) = service.capture(&ctx, id, body.amount).await?;
    let is_open = capture.is_some_and(|capture| capture.progress.status.is_open());
    let found = service.find_payment(&ctx, id).await?;
    let version = found.payment.version;
    let view = PaymentView::new(found, is_staff(&ctx));
    let location = format!("/v1/payments/{id}");
    let reply = if is_open {
        Reply::accepted(&view).header("location", location)
    } else {
        Reply::created(location, &view)
    };
    Ok(reply.version(version))
}
