//! The REST surface.

mod list_messages;
mod list_notifications;
mod update_notification;
mod view;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

/// Returns the endpoints.
pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        list_notifications::endpoint(Arc::clone(service)),
        update_notification::endpoint(Arc::clone(service)),
        list_messages::endpoint(Arc::clone(service)),
    ]
}
