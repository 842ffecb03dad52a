//! `POST /v1/webhook-deliveries/{id}/retries`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookDeliveryId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::webhook_view::WebhookDeliveryView;
use crate::service::Webhooks;

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-deliveries/{id}/retries",
        "retry_webhook_delivery",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Has a webhook sent again, now.")
    .description(
        "One that was delivered or given up begins anew, behind everything that is on its way to the receiver. One that \
         waits for an earlier event about the same thing, or is being sent, goes on as it is.",
    )
    .path_param::<WebhookDeliveryId>("id", "The delivery.")
    .answers::<WebhookDeliveryView>(202, "The delivery as it is now.")
    .problem(404, "notifications.webhook_delivery_not_found")
    .handler(handler, webhooks)
}

/// Has a webhook sent again.
#[tracing::instrument(name = "http.notifications.retry_webhook_delivery", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookDeliveryId>,
) -> Result<Reply, Problem> {
    let delivery = webhooks.retry(&ctx, id).await?;
    let location = format!("/v1/webhook-deliveries/{id}");
    Ok(Reply::accepted(&WebhookDeliveryView::from(delivery)).header("location", location))
}
