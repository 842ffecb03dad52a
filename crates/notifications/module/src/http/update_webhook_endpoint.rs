//! `PATCH /v1/webhook-endpoints/{id}`

use std::sync::Arc;

use axum::extract::State;
use notifications_contract::WebhookEndpointId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::view::stale;
use super::webhook_view::WebhookEndpointView;
use crate::domain::{EndpointPatch, EndpointStatus, Mode};
use crate::service::Webhooks;

/// What to change; absent members stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpdateWebhookEndpoint")]
pub(super) struct UpdateWebhookEndpointBody {
    /// Where webhooks go.
    #[schemars(length(min = 1, max = 2_048))]
    url: Option<String>,
    /// For people.
    #[schemars(length(max = 200))]
    description: Option<String>,
    /// Types of events, all if the list is empty: of what is not scheduled yet.
    #[schemars(length(max = 100))]
    event_types: Option<Vec<String>>,
    /// In what order.
    mode: Option<Mode>,
    /// Most calls in a second.
    #[schemars(range(min = 1, max = 1_000))]
    max_per_second: Option<u32>,
    /// `disabled` stops it; `enabled` has it go on from where it stopped.
    status: Option<EndpointStatus>,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::patch(
        "/v1/webhook-endpoints/{id}",
        "update_webhook_endpoint",
        Policy::Has(Role::Admin),
    )
    .tag("notifications")
    .summary("Changes, disables or enables a receiver of webhooks.")
    .path_param::<WebhookEndpointId>("id", "The receiver.")
    .needs_if_match()
    .body::<UpdateWebhookEndpointBody>()
    .answers::<WebhookEndpointView>(200, "The receiver as it is now.")
    .problem(404, "notifications.webhook_endpoint_not_found")
    .problem(412, "notifications.stale_version")
    .problem(422, "notifications.invalid_request")
    .handler(handler, webhooks)
}

/// Changes a receiver.
#[tracing::instrument(name = "http.notifications.update_webhook_endpoint", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<UpdateWebhookEndpointBody>,
) -> Result<Reply, Problem> {
    let patch = EndpointPatch {
        url: body.url,
        description: body.description,
        event_types: body.event_types,
        mode: body.mode,
        max_per_second: body.max_per_second,
        status: body.status,
    };
    let endpoint = webhooks
        .update(&ctx, id, version, patch)
        .await
        .map_err(stale)?;
    let version = endpoint.version;
    Ok(Reply::ok(&WebhookEndpointView::from(endpoint)).version(version))
}
