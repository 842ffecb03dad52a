//! `POST /v1/webhook-endpoints`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::webhook_view::WebhookEndpointView;
use crate::domain::{Mode, NewEndpoint, Signature, Wish};
use crate::service::{CREATE, Webhooks};

/// As fast as receivers usually are.
const DEFAULT_RATE: u32 = 50;

/// A receiver that is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateWebhookEndpoint")]
pub(super) struct CreateWebhookEndpointBody {
    /// Where webhooks go: `https`, port 443 or 8443, an address of the public internet.
    #[schemars(length(min = 1, max = 2_048))]
    url: String,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200))]
    description: String,
    /// Types of events; all if the list is empty or absent.
    #[serde(default)]
    #[schemars(length(max = 100))]
    event_types: Vec<String>,
    /// In what order; `keyed` unless said.
    #[serde(default)]
    mode: Mode,
    /// Most calls in a second; 50 unless said.
    #[schemars(range(min = 1, max = 1_000))]
    max_per_second: Option<u32>,
    /// How it is signed; `v1` unless said.
    #[serde(default)]
    signature: Signature,
}

pub(super) fn endpoint(webhooks: Arc<Webhooks>) -> Endpoint {
    Endpoint::post(
        "/v1/webhook-endpoints",
        "create_webhook_endpoint",
        Policy::Has(Role::Admin),
    )
    .tag("notifications")
    .summary("Adds a receiver of webhooks.")
    .description(
        "It gets what happens from now on, until it is disabled or deleted, whoever has made it. The answer has its \
         secret; no other answer will. With the signature `v1a` there is none: `public_key` is all that its receiver needs.",
    )
    .idempotency(KeyRule::Optional)
    .kept_as(CREATE, Some("/v1/webhook-endpoints/{}"))
    .body::<CreateWebhookEndpointBody>()
    .answers::<WebhookEndpointView>(201, "The receiver, with its secret.")
    .shown_once()
    .problem(409, "notifications.too_many_webhook_endpoints")
    .problem(422, "notifications.invalid_request")
    .handler(handler, webhooks)
}

/// Adds a receiver.
#[tracing::instrument(name = "http.notifications.create_webhook_endpoint", skip_all)]
pub(super) async fn handler(
    State(webhooks): State<Arc<Webhooks>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateWebhookEndpointBody>,
) -> Result<Reply, Problem> {
    let wish = Wish {
        url: body.url,
        description: body.description,
        event_types: body.event_types,
        mode: body.mode,
        max_per_second: body.max_per_second.unwrap_or(DEFAULT_RATE),
    };
    let new = NewEndpoint {
        wish,
        signature: body.signature,
    };
    let shown = webhooks.create(&ctx, new).await?;
    let location = format!("/v1/webhook-endpoints/{}", shown.endpoint.id);
    let version = shown.endpoint.version;
    Ok(Reply::created(location, &WebhookEndpointView::from(shown)).version(version))
}
