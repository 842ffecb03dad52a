//! An event as readers outside get it: CloudEvents 1.0, structured JSON.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tenon_events::EventId;
use tenon_kernel::Timestamp;

use super::event_log::{PublicEvent, position_text};

/// Something that happened. Personal data is never in it: ask for the thing that `subject` names.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(crate) struct CloudEvent {
    /// `1.0`, of CloudEvents.
    specversion: &'static str,
    /// Names the event for ever. It is told once; who sees the same id again has seen the event.
    id: EventId,
    /// The part of the shop that tells it: `/orders`.
    source: String,
    /// What happened: `order.placed`. `GET /v1/event-types` lists all types; further ones will come.
    #[serde(rename = "type")]
    event_type: String,
    /// Id of the thing it is about. Events about one thing are in the order in which they happened.
    subject: String,
    /// When it happened.
    time: Timestamp,
    /// `application/json`
    datacontenttype: &'static str,
    /// Type and version of the data: `/schemas/order.placed/1`.
    dataschema: String,
    /// Place in the log, gap-free, as digits of equal length: in the order of the log they are ordered as texts too.
    /// The stream's `id`.
    #[schemars(regex(pattern = "^[0-9]{19}$"))]
    sequence: String,
    /// The fact, as its type's schema says.
    #[schemars(with = "serde_json::Map<String, Value>")]
    data: Box<RawValue>,
}

impl From<PublicEvent> for CloudEvent {
    fn from(event: PublicEvent) -> Self {
        Self {
            specversion: "1.0",
            id: event.id,
            source: event.source,
            event_type: event.event_type,
            subject: event.subject,
            time: event.time,
            datacontenttype: "application/json",
            dataschema: event.dataschema,
            sequence: position_text(event.position),
            data: event.data,
        }
    }
}
