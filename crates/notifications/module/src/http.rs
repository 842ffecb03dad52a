//! The REST surface.

mod cancel_message;
mod contact_points;
mod count_notifications;
mod create_message;
mod create_webhook_endpoint;
mod delete_suppression;
mod delete_webhook_endpoint;
mod get_event;
mod get_message;
mod get_preferences;
mod get_webhook_delivery;
mod get_webhook_endpoint;
mod list_event_types;
mod list_events;
mod list_message_templates;
mod list_messages;
mod list_notifications;
mod list_suppressions;
mod list_webhook_deliveries;
mod list_webhook_endpoints;
mod mark_notifications_seen;
mod message_view;
mod preferences_view;
mod put_preferences;
mod replay_webhooks;
mod retry_webhook_delivery;
mod rotate_webhook_secret;
mod stream_events;
mod test_webhook_endpoint;
mod unsubscribe;
mod update_notification;
mod update_webhook_endpoint;
mod view;
mod webhook_view;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::{EventLog, Service, Webhooks};

/// Returns the endpoints.
pub(crate) fn endpoints(
    service: &Arc<Service>,
    log: &Arc<EventLog>,
    webhooks: &Arc<Webhooks>,
) -> Vec<Endpoint> {
    let mut endpoints = vec![
        list_notifications::endpoint(Arc::clone(service)),
        update_notification::endpoint(Arc::clone(service)),
        count_notifications::endpoint(Arc::clone(service)),
        mark_notifications_seen::endpoint(Arc::clone(service)),
        get_preferences::endpoint(Arc::clone(service)),
        put_preferences::endpoint(Arc::clone(service)),
        list_messages::endpoint(Arc::clone(service)),
        create_message::endpoint(Arc::clone(service)),
        get_message::endpoint(Arc::clone(service)),
        cancel_message::endpoint(Arc::clone(service)),
        list_message_templates::endpoint(),
        list_suppressions::endpoint(Arc::clone(service)),
        delete_suppression::endpoint(Arc::clone(service)),
        list_event_types::endpoint(Arc::clone(log)),
        list_events::endpoint(Arc::clone(log)),
        get_event::endpoint(Arc::clone(log)),
        stream_events::endpoint(Arc::clone(log)),
        list_webhook_endpoints::endpoint(Arc::clone(webhooks)),
        create_webhook_endpoint::endpoint(Arc::clone(webhooks)),
        get_webhook_endpoint::endpoint(Arc::clone(webhooks)),
        update_webhook_endpoint::endpoint(Arc::clone(webhooks)),
        delete_webhook_endpoint::endpoint(Arc::clone(webhooks)),
        rotate_webhook_secret::endpoint(Arc::clone(webhooks)),
        test_webhook_endpoint::endpoint(Arc::clone(webhooks)),
        replay_webhooks::endpoint(Arc::clone(webhooks)),
        list_webhook_deliveries::endpoint(Arc::clone(webhooks)),
        get_webhook_delivery::endpoint(Arc::clone(webhooks)),
        retry_webhook_delivery::endpoint(Arc::clone(webhooks)),
    ];
    endpoints.extend(unsubscribe::endpoints(service));
    endpoints.extend(contact_points::endpoints(service));
    endpoints
}
