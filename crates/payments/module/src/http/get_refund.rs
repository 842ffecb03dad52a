//! `GET /v1/refunds/{id}`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::RefundId;
use tenon_access::Policy;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::view::RefundView;
use crate::service::{Service, is_staff};

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/refunds/{id}", "get_refund", Policy::SignedIn)
        .tag(TAG)
        .summary("Returns a refund.")
        .description("Buyers see refunds of their own orders; staff sees all.")
        .path_param::<RefundId>("id", "`rfd_…`")
        .answers::<RefundView>(200, "The refund.")
        .problem(404, "payments.refund_not_found")
        .handler(handler, Arc::clone(service))
}

/// Returns a refund.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<RefundId>,
) -> Result<Reply, Problem> {
    let (_, refund) = service.find_refund(&ctx, id).await?;
    Ok(Reply::ok(&RefundView::new(refund, is_staff(&ctx))))
}
