//! `GET /v1/webhook-deliveries/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookDeliveryId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::webhook_view::WebhookDeliveryView;
use crate::service::Webhooks;

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::get(
        "/v1/webhook-deliveries/{id}",
        "get_webhook_delivery",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Returns a delivery of a webhook.")
    .path_param::<WebhookDeliveryId>("id", "The delivery.")
    .answers::<WebhookDeliveryView>(200, "The delivery.")
    .problem(404, "notifications.webhook_delivery_not_found")
    .handler(handler, webhooks)
}

/// Returns a delivery.
#[tracing::instrument(name = "http.notifications.get_webhook_delivery", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookDeliveryId>,
) -> Result<Reply, Problem> {
    let delivery = webhooks.get_delivery(&ctx, id).await?;
    Ok(Reply::ok(&WebhookDeliveryView::from(delivery)))
}
