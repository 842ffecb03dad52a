//! `GET /v1/payments/{id}`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::PaymentId;
use tenon_access::Policy;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::PaymentView;
use crate::service::{Service, is_staff};

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/payments/{id}", "get_payment", Policy::SignedIn)
        .tag(TAG)
        .summary("Returns a payment with its attempts, captures and refunds.")
        .description("Buyers see payments of their own orders; staff sees all, and the provider's own words.")
        .path_param::<PaymentId>("id", "`pay_…`")
        .versioned()
        .answers::<PaymentView>(200, "The payment.")
        .problem(404, "payments.not_found")
        .handler(handler, Arc::clone(service))
}

/// Returns a payment.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PaymentId>,
) -> Result<Reply, Problem> {
    let found = service.find_payment(&ctx, id).await?;
    let version = found.payment.version;
    Ok(Reply::ok(&PaymentView::new(found, is_staff(&ctx))).version(version))
}
