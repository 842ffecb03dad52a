//! Accounts of programs, for administrators.

mod create_account;
mod create_key;
mod get_account;
mod list_accounts;
mod list_keys;
mod update_account;
mod view;

use std::sync::Arc;

use tenon_web::Endpoint;

use super::api_keys::TAG;
use crate::service::Service;

/// All endpoints of service accounts.
pub(super) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        create_account::endpoint(service),
        list_accounts::endpoint(service),
        get_account::endpoint(service),
        update_account::endpoint(service),
        create_key::endpoint(service),
        list_keys::endpoint(service),
    ]
}
