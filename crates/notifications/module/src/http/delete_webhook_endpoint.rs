//! `DELETE /v1/webhook-endpoints/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::view::stale;
use crate::service::Webhooks;

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::delete(
        "/v1/webhook-endpoints/{id}",
        "delete_webhook_endpoint",
        Policy::Has(Role::Admin),
    )
    .tag("notifications")
    .summary("Removes a receiver of webhooks, and what is on its way to it.")
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .needs_if_match()
    .answers_empty(204, "Removed.")
    .problem(404, "notifications.webhook_endpoint_not_found")
    .problem(412, "notifications.stale_version")
    .handler(handler, webhooks)
}

/// Removes a receiver.
#[tracing::instrument(name = "http.notifications.delete_webhook_endpoint", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    IfMatch(version): IfMatch,
) -> Result<Reply, Problem> {
    webhooks.delete(&ctx, id, version).await.map_err(stale)?;
    Ok(Reply::no_content())
}
