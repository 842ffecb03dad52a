//! The delivery of one event to one receiver.

use notifications_contract::{WebhookDeliveryId, WebhookEndpointId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use tenon_events::EventId;
use tenon_kernel::Timestamp;

use crate::domain::{Catalogue, PublicEvent};

/// Type of an event that says nothing, for trying out.
pub(crate) const TEST_EVENT: &str = "webhook_endpoint.test";

/// What asked for a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookDeliveryKind")]
pub(crate) enum DeliveryKind {
    /// Something happened.
    Event,
    /// Somebody wanted a stretch of the log again.
    Replay,
    /// Somebody tries the receiver out. There is one attempt.
    Test,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookDeliveryState")]
pub(crate) enum DeliveryState {
    /// For an earlier event about the same thing.
    Waiting,
    /// For its next attempt.
    Pending,
    /// An attempt is running, or was cut off.
    Sending,
    /// The receiver took it.
    Delivered,
    /// Given up; people can have it tried again.
    Dead,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookDelivery {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) kind: DeliveryKind,
    pub(crate) event_id: EventId,
    pub(crate) event_type: String,
    pub(crate) subject: String,
    pub(crate) state: DeliveryState,
    pub(crate) attempts: i64,
    pub(crate) due_at: Timestamp,
    pub(crate) last_error: Option<String>,
    pub(crate) attempted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}

/// What a test says: an example of its type, or nothing but which receiver is tried out.
pub(crate) fn test_event(delivery: &WebhookDelivery, catalogue: &Catalogue) -> PublicEvent {
    let known = catalogue.find(&delivery.event_type);
    let (source, version, data) = match known {
        Some(known) => (known.source, known.version, known.example.clone()),
        None => (
            "notifications",
            1,
            json!({ "endpoint_id": delivery.endpoint_id }),
        ),
    };
    PublicEvent {
        position: 0, // in no log
        id: delivery.event_id,
        source: format!("/{source}"),
        event_type: delivery.event_type.clone(),
        dataschema: format!("/schemas/{}/{version}", delivery.event_type),
        subject: delivery.subject.clone(),
        time: delivery.created_at,
        data: to_raw_value::<Value>(&data).expect("JSON can be written"),
        trace: None,
    }
}
