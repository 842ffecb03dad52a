//! Facts that notifications publishes. They carry a keyed hash of the address, never the address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_seam::{EventShape, event};

use crate::{Channel, MessageId, Template};

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

/// Every fact that notifications publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<MessageSent>(),
    EventShape::of::<MessageBounced>(),
];

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
