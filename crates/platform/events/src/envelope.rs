//! The envelope: CloudEvents 1.0 structured JSON with Tenon's extensions.

use serde::{Deserialize, Serialize};
use tenon_kernel::{Id, IdKind, Interface, Timestamp};

/// Kind of [`EventId`].
#[derive(Debug)]
pub struct EventKind;

impl IdKind for EventKind {
    const PREFIX: &'static str = "evt";
}

/// Names one event, for ever; consumers recognise duplicates by it.
pub type EventId = Id<EventKind>;

/// One fact with everything a consumer needs to know about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// `1.0`
    pub specversion: String,
    /// Stable over retries and replays.
    pub id: EventId,
    /// The producing module: `/orders`.
    pub source: String,
    /// `order.placed`
    #[serde(rename = "type")]
    pub event_type: String,
    /// The id of the thing the fact is about.
    pub subject: String,
    /// When the fact was committed.
    pub time: Timestamp,
    /// `/schemas/order.placed/1`
    pub dataschema: String,
    /// Gap-free per subject, from 1.
    pub sequence: i64,
    /// Place in the producer's feed, in commit order.
    pub feedposition: i64,
    /// Who caused it: `user:…`, `service:orders`, `anonymous`.
    pub actor: String,
    /// Through which interface.
    pub interface: Interface,
    /// The request or event that everything follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// The event that directly caused this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<String>,
    /// W3C trace context of the cause.
    pub traceparent: String,
    /// The fact.
    pub data: serde_json::Value,
}
