//! `POST /v1/payments/{id}/voids`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::view::PaymentView;
use crate::service::{Service, is_staff};

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VoidPaymentBody {
    /// For people.
    #[schemars(length(max = 500))]
    reason: String,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/payments/{id}/voids", "void_payment", Policy::Has(Role::Staff))
        .needs_recent_sign_in()
        .tag(TAG)
        .summary("Undoes a payment: lets authorised money go, gives captured money back.")
        .description(
            "Accepted as an intent, whatever the payment's state: an outcome that is not known yet is waited for. \
             `void_requested` stays true until it is done.",
        )
        .path_param::<PaymentId>("id", "`pay_…`")
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::void_payment::OPERATION, Some("/v1/payments/{}"))
        .body::<VoidPaymentBody>()
        .answers::<PaymentView>(202, "The payment; its state says how far the undoing is.")
        .problem(404, "payments.not_found")
        .problem(409, "payments.approval_required")
        .problem(422, "payments.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Voids.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PaymentId>,
    ApiJson(body): ApiJson<VoidPaymentBody>,
) -> Result<Reply, Problem> {
    let found = service.void_existing(&ctx, id, &body.reason).await?;
    let version = found.payment.version;
    let view = PaymentView::new(found, is_staff(&ctx));
    Ok(Reply::accepted(&view)
        .header("location", format!("/v1/payments/{id}"))
        .version(version))
}
