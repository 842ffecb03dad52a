//! Receivers of webhooks and deliveries, as staff sees them.

use notifications_contract::{DisableReason, WebhookDeliveryId, WebhookEndpointId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_events::EventId;
use tenon_kernel::Timestamp;

use crate::domain::{
    DeliveryKind, DeliveryState, EndpointStatus, Mode, Signature, WebhookDelivery, WebhookEndpoint,
};
use crate::service::ShownEndpoint;

/// A receiver of webhooks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookEndpoint")]
pub(super) struct WebhookEndpointView {
    /// Its id.
    id: WebhookEndpointId,
    /// Where webhooks go.
    url: String,
    /// For people.
    description: String,
    /// Types of events it gets; all if the list is empty.
    event_types: Vec<String>,
    /// In what order.
    mode: Mode,
    /// Most calls in a second.
    max_per_second: u32,
    /// Whether it is sent anything.
    status: EndpointStatus,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<DisableReason>,
    /// First of the failed attempts since the last success.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    /// Why the last of them failed: `status 500`, `timeout`, `connection`, `not_allowed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// How it is signed.
    signature: Signature,
    /// `whpk_…` and its 32 bytes in base64, where `signature` is `v1a`: what its receiver verifies with.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    /// The public key before this one, which is good as long as `previous_secret_until` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_public_key: Option<String>,
    /// Until when the secret, or private key, before this one signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_until: Option<Timestamp>,
    /// `whsec_…` where `signature` is `v1`, in the answer to the request that made it and in no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Grows with each change: `If-Match: "v<version>"`.
    version: i64,
    /// When it was made.
    created_at: Timestamp,
    /// When it was changed.
    updated_at: Timestamp,
}

/// The delivery of one event to one receiver.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookDelivery")]
pub(super) struct WebhookDeliveryView {
    /// Its id.
    id: WebhookDeliveryId,
    /// Who receives it.
    endpoint_id: WebhookEndpointId,
    /// What asked for it.
    kind: DeliveryKind,
    /// `webhook-id`: the same in each attempt.
    event_id: EventId,
    /// `order.placed`
    event_type: String,
    /// Id of the thing that the event is about.
    subject: String,
    /// Where it stands.
    state: DeliveryState,
    /// Attempts so far.
    attempts: i64,
    /// When the next attempt is due; absent where there will be none, or it waits for an earlier event.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    /// Why the last attempt failed: `status 500`, `timeout`, `connection`, `not_allowed`, `event_gone`, `no_secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When the last attempt began.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempted_at: Option<Timestamp>,
    /// When it was scheduled.
    created_at: Timestamp,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
}

impl From<WebhookEndpoint> for WebhookEndpointView {
    fn from(endpoint: WebhookEndpoint) -> Self {
        let signature = endpoint.signature();
        Self {
            id: endpoint.id,
            url: endpoint.wish.url,
            description: endpoint.wish.description,
            event_types: endpoint.wish.event_types,
            mode: endpoint.wish.mode,
            max_per_second: endpoint.wish.max_per_second,
            status: endpoint.status,
            disabled_reason: endpoint.disabled_reason,
            failing_since: endpoint.failing_since,
            last_error: endpoint.last_error,
            signature,
            public_key: endpoint.public_key.map(|key| key.to_string()),
            previous_public_key: endpoint.previous_public_key.map(|key| key.to_string()),
            previous_secret_until: endpoint.previous_until,
            secret: None,
            version: endpoint.version,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}

impl From<ShownEndpoint> for WebhookEndpointView {
    fn from(shown: ShownEndpoint) -> Self {
        Self {
            secret: shown.secret,
            ..Self::from(shown.endpoint)
        }
    }
}

impl From<WebhookDelivery> for WebhookDeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        let is_due = matches!(
            delivery.state,
            DeliveryState::Pending | DeliveryState::Sending
        );
        Self {
            id: delivery.id,
            endpoint_id: delivery.endpoint_id,
            kind: delivery.kind,
            event_id: delivery.event_id,
            event_type: delivery.event_type,
            subject: delivery.subject,
            state: delivery.state,
            attempts: delivery.attempts,
            due_at: is_due.then_some(delivery.due_at),
            last_error: delivery.last_error,
            attempted_at: delivery.attempted_at,
            created_at: delivery.created_at,
            finished_at: delivery.finished_at,
        }
    }
}
