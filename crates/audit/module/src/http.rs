//! The REST surface: administrators read.

mod get_entry;
mod get_entry_proof;
mod list_entries;
mod view;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

/// Returns the endpoints.
pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        list_entries::endpoint(Arc::clone(service)),
        get_entry::endpoint(Arc::clone(service)),
        get_entry_proof::endpoint(Arc::clone(service)),
    ]
}
