//! Second factors of the person who is signed in, and of those who have lost theirs.

mod clear_factors;
mod confirm_factor;
mod create_factor;
mod create_recovery_codes;
mod delete_factor;
mod list_factors;
mod view;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

const TAG: &str = "factors";

/// All endpoints of factors.
pub(super) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        list_factors::endpoint(service),
        create_factor::endpoint(service),
        confirm_factor::endpoint(service),
        delete_factor::endpoint(service),
        create_recovery_codes::endpoint(service),
        clear_factors::endpoint(service),
    ]
}
