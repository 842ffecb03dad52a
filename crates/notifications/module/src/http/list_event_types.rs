//! `GET /v1/event-types`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use tenon_access::Policy;
use tenon_kernel::{Page, Role};
use tenon_web::{Endpoint, ListView, Reply};

use crate::domain::EventType;
use crate::service::EventLog;

/// A type of events.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EventType")]
pub(super) struct EventTypeView {
    /// `order.placed`
    #[serde(rename = "type")]
    name: &'static str,
    /// Version of the data's shape. Members may be added within a version; nothing else changes.
    version: u32,
    /// The part of the shop that tells it: `/orders`.
    source: String,
    /// What happened.
    description: String,
    /// JSON Schema (2020-12) of `data`.
    #[schemars(with = "Map<String, Value>")]
    schema: Value,
    /// What `data` may look like.
    #[schemars(with = "Map<String, Value>")]
    example: Value,
}

pub(super) fn endpoint(log: Arc<EventLog>) -> Endpoint {
    Endpoint::get(
        "/v1/event-types",
        "list_event_types",
        Policy::Has(Role::Staff),
    )
    .tag("notifications")
    .summary("Lists the types of events that are told outside, all on one page.")
    .answers::<ListView<EventTypeView>>(200, "All types, by name.")
    .handler(handler, log)
}

/// Lists all types.
#[tracing::instrument(name = "http.notifications.list_event_types", skip_all)]
pub(super) async fn handler(State(log): State<Arc<EventLog>>) -> Reply {
    Reply::page(Page {
        data: log.event_types().map(EventTypeView::from).collect(),
        next_cursor: None,
    })
}

impl From<&EventType> for EventTypeView {
    fn from(event_type: &EventType) -> Self {
        Self {
            name: event_type.name,
            version: event_type.version,
            source: format!("/{}", event_type.source),
            description: event_type.description.clone(),
            schema: event_type.schema.clone(),
            example: event_type.example.clone(),
        }
    }
}
