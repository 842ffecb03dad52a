//! `POST /v1/webhook-endpoints/{id}/test-events`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::webhook_view::WebhookDeliveryView;
use crate::service::{TEST, Webhooks};

/// What to try out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TestWebhookEndpoint")]
pub(super) struct TestWebhookEndpointBody {
    /// Sends the example of this type; `webhook_endpoint.test` unless said, which says nothing.
    #[serde(rename = "type")]
    event_type: Option<String>,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-endpoints/{id}/test-events",
        "test_webhook_endpoint",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Sends an event that did not happen, once.")
    .description("Also to a receiver that is disabled. Its `sequence` is 0: it is in no log.")
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .idempotency(KeyRule::Optional)
    .kept_as(TEST, Some("/v1/webhook-deliveries/{}"))
    .optional_body::<TestWebhookEndpointBody>()
    .answers::<WebhookDeliveryView>(202, "The delivery, which will be sent at once.")
    .problem(404, "notifications.webhook_endpoint_not_found")
    .problem(422, "notifications.invalid_request")
    .handler(handler, webhooks)
}

/// Tries a receiver out.
#[tracing::instrument(name = "http.notifications.test_webhook_endpoint", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    body: Option<ApiJson<TestWebhookEndpointBody>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let delivery = webhooks.test(&ctx, id, body.event_type).await?;
    let location = format!("/v1/webhook-deliveries/{}", delivery.id);
    Ok(Reply::accepted(&WebhookDeliveryView::from(delivery)).header("location", location))
}
