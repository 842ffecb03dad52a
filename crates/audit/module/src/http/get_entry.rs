//! `GET /v1/audit/entries/{id}`

use std::sync::Arc;

use audit_contract::EntryId;
use axum::extract::State;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::view::EntryView;
use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/audit/entries/{id}",
        "get_audit_entry",
        Policy::Has(Role::Admin),
    )
    .tag("audit")
    .summary("Returns one entry of the audit log.")
    .path_param::<EntryId>("id", "The entry.")
    .answers::<EntryView>(200, "The entry.")
    .problem(404, "audit.entry_not_found")
    .handler(handler, service)
}

/// Returns one entry.
#[tracing::instrument(name = "http.audit.get_entry", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<EntryId>,
) -> Result<Reply, Problem> {
    let entry = service.get(&ctx, id).await?;
    Ok(Reply::ok(&EntryView::from(entry)))
}
