//! `GET /v1/webhook-endpoints/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::webhook_view::WebhookEndpointView;
use crate::service::Webhooks;

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::get(
        "/v1/webhook-endpoints/{id}",
        "get_webhook_endpoint",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Returns a receiver of webhooks.")
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .answers::<WebhookEndpointView>(200, "The receiver.")
    .problem(404, "notifications.webhook_endpoint_not_found")
    .handler(handler, webhooks)
}

/// Returns a receiver.
#[tracing::instrument(name = "http.notifications.get_webhook_endpoint", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> Result<Reply, Problem> {
    let endpoint = webhooks.get(&ctx, id).await?;
    let version = endpoint.version;
    Ok(Reply::ok(&WebhookEndpointView::from(endpoint)).version(version))
}
