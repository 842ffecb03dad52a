//! `POST /v1/webhook-endpoints/{id}/secret-rotations`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::webhook_view::WebhookEndpointView;
use crate::domain::Signature;
use crate::service::{ROTATE, Webhooks};

/// What the new secret is to be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RotateWebhookSecret")]
pub(super) struct RotateWebhookSecretBody {
    /// How webhooks are signed from now on; as before unless said.
    signature: Option<Signature>,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-endpoints/{id}/secret-rotations",
        "rotate_webhook_secret",
        Policy::Has(Role::Admin),
    )
    .tag("notifications")
    .summary("Gives a receiver of webhooks a new secret or key pair.")
    .description(
        "For 24 hours each webhook has two signatures, of the new secret and of the one before: put the new one to use \
         within that time. The answer has it; no other answer will. With the signature `v1a` it has `public_key` instead.",
    )
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .idempotency(KeyRule::Optional)
    .kept_as(ROTATE, Some("/v1/webhook-endpoints/{}"))
    .optional_body::<RotateWebhookSecretBody>()
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
    body: Option<ApiJson<RotateWebhookSecretBody>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let shown = webhooks.rotate_secret(&ctx, id, body.signature).await?;
    let version = shown.endpoint.version;
    let location = format!("/v1/webhook-endpoints/{id}");
    Ok(Reply::created(location, &WebhookEndpointView::from(shown)).version(version))
}
