//! The REST surface.

mod event_view;
mod get_event;
mod list_event_types;
mod list_events;
mod list_messages;
mod list_notifications;
mod stream_events;
mod update_notification;
mod view;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::{EventLog, Service};

/// Returns the endpoints.
pub(crate) fn endpoints(service: &Arc<Service>, log: &Arc<EventLog>) -> Vec<Endpoint> {
    vec![
        list_notifications::endpoint(Arc::clone(service)),
        update_notification::endpoint(Arc::clone(service)),
        list_messages::endpoint(Arc::clone(service)),
        list_event_types::endpoint(Arc::clone(log)),
        list_events::endpoint(Arc::clone(log)),
        get_event::endpoint(Arc::clone(log)),
        stream_events::endpoint(Arc::clone(log)),
    ]
}
