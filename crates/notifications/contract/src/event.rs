//! Facts that notifications publishes. They carry a keyed hash of a person's address, never the address, and no URL.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;
use tenon_seam::{EventShape, event};

use crate::{Channel, MessageId, Template, WebhookEndpointId};

/// The mail server took a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageSent {
    /// Which message.
    pub message_id: MessageId,
    /// Over which channel.
    pub channel: Channel,
    /// What it says.
    pub template: Template,
    /// Id of the thing it is about.
    pub about: String,
    /// Keyed hash of the address.
    pub recipient_hash: String,
}
event!(MessageSent, "message.sent", 1, message_id);

/// A message did not reach its reader and will not be tried again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageBounced {
    /// Which message.
    pub message_id: MessageId,
    /// Over which channel.
    pub channel: Channel,
    /// What it says.
    pub template: Template,
    /// Id of the thing it is about.
    pub about: String,
    /// Keyed hash of the address; absent if it was never known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_hash: Option<String>,
    /// Why.
    pub reason: BounceReason,
}
event!(MessageBounced, "message.bounced", 1, message_id);

/// A receiver of webhooks has taken nothing for an hour. Told once, until it has recovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookEndpointFailing {
    /// Which receiver.
    pub endpoint_id: WebhookEndpointId,
    /// When the first of these attempts failed.
    pub since: Timestamp,
    /// Why the last one failed, as a stable word: `status 500`, `timeout`.
    pub last_error: String,
}
event!(
    WebhookEndpointFailing,
    "webhook_endpoint.failing",
    1,
    endpoint_id
);

/// Nothing is sent to a receiver of webhooks until somebody enables it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookEndpointDisabled {
    /// Which receiver.
    pub endpoint_id: WebhookEndpointId,
    /// Why.
    pub reason: DisableReason,
    /// Since when it had taken nothing, if that was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Why the last attempt failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}
event!(
    WebhookEndpointDisabled,
    "webhook_endpoint.disabled",
    1,
    endpoint_id
);

/// A receiver of webhooks that had been failing takes them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookEndpointRecovered {
    /// Which receiver.
    pub endpoint_id: WebhookEndpointId,
    /// Since when it had taken nothing.
    pub since: Timestamp,
}
event!(
    WebhookEndpointRecovered,
    "webhook_endpoint.recovered",
    1,
    endpoint_id
);

/// Every fact that notifications publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<MessageSent>(),
    EventShape::of::<MessageBounced>(),
    EventShape::of::<WebhookEndpointFailing>(),
    EventShape::of::<WebhookEndpointDisabled>(),
    EventShape::of::<WebhookEndpointRecovered>(),
];

/// Why nothing is sent to a receiver of webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookDisableReason")]
#[non_exhaustive]
pub enum DisableReason {
    /// Somebody wanted it so.
    Requested,
    /// It answered 410.
    Gone,
    /// It has taken nothing for days.
    Failing,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a message did not reach its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BounceReason {
    /// The mail server refused it for good.
    Refused,
    /// Every attempt failed.
    GaveUp,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}
