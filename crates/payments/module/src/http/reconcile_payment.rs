//! `POST /v1/payments/{id}/reconciliations`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::PaymentView;
use crate::service::{Service, is_staff};

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/payments/{id}/reconciliations", "reconcile_payment", Policy::Has(Role::Staff))
        .tag(TAG)
        .summary("Asks the provider now, and settles what it says.")
        .description(
            "Safe to repeat. Attempts, captures and refunds whose outcome is open are asked for; money that the \
             provider moved without being asked is found and written into the ledger.",
        )
        .path_param::<PaymentId>("id", "`pay_…`")
        .answers::<PaymentView>(200, "The payment as it is now.")
        .problem(404, "payments.not_found")
        .handler(handler, Arc::clone(service))
}

/// Asks the provider.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PaymentId>,
) -> Result<Reply, Problem> {
    service.reconcile(&ctx, id).await?;
    let found = service.find_payment(&ctx, id).await?;
    let version = found.payment.version;
    Ok(Reply::ok(&PaymentView::new(found, is_staff(&ctx))).version(version))
}
