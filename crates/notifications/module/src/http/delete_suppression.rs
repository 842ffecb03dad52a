//! `DELETE /v1/message-suppressions/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::SuppressionId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use crate::service::Service;

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::delete(
        "/v1/message-suppressions/{id}",
        "delete_message_suppression",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lets messages be sent to an address again.")
    .description("Messages that were dropped meanwhile stay so.")
    .path_param::<SuppressionId>("id", "The suppression.")
    .answers_empty(204, "Removed.")
    .problem(404, "notifications.suppression_not_found")
    .handler(handler, service)
}

/// Removes a suppression.
#[tracing::instrument(name = "http.notifications.delete_suppression", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<SuppressionId>,
) -> Result<Reply, Problem> {
    service.delete_suppression(&ctx, id).await?;
    Ok(Reply::no_content())
}
