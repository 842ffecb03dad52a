//! `POST /v1/webhook-endpoints/{id}/secret-rotations`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::webhook_view::WebhookEndpointView;
use crate::service::{ROTATE, Webhooks};

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-endpoints/{id}/secret-rotations",
        "rotate_webhook_secret",
        Policy::Has(Role::Admin),
    )
    .tag("notifications")
    .summary("Gives a receiver of webhooks a new secret.")
    .description(
        "For 24 hours each webhook has two signatures, of the new secret and of the one before: put the new one to use \
         within that time. The answer has it; no other answer will.",
    )
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .idempotency(KeyRule::Optional)
    .kept_as(ROTATE, Some("/v1/webhook-endpoints/{}"))
    .answers::<WebhookEndpointView>(201, "The receiver, with its new secret.")
    .shown_once()
    .problem(404, "notifications.webhook_endpoint_not_found")
    .handler(handler, webhooks)
}

/// Rotates a secret.
#[tracing::instrument(name = "http.notifications.rotate_webhook_secret", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> Result<Reply, Problem> {
    let shown = webhooks.rotate_secret(&ctx, id).await?;
    let version = shown.endpoint.version;
    let location = format!("/v1/webhook-endpoints/{id}");
    Ok(Reply::created(location, &WebhookEndpointView::from(shown)).version(version))
}
