//! The authorization server: registering programs (JSON), talking to them (RFC 6749), our own pages (HTML).

mod authorize;
mod browser;
mod client_view;
mod code;
mod create_client;
mod credentials;
mod delete_client;
mod discovery;
mod federation;
mod get_client;
mod introspect;
mod list_clients;
mod list_consents;
mod page;
mod passkey;
mod refusal;
mod revoke;
mod rotate_secret;
mod token;
mod update_client;
mod userinfo;
mod withdraw_consent;

use std::sync::Arc;

use tenon_web::Endpoint;

pub(super) use self::browser::Site;

const TAG: &str = "oauth";
/// Room for the longest request of a browser, escaped, beside what people type.
const MAX_FORM: usize = 64 * 1024;

/// All endpoints of the authorization server.
pub(super) fn endpoints(site: &Arc<Site>) -> Vec<Endpoint> {
    let service = &site.service;
    let mut endpoints = vec![
        create_client::endpoint(service),
        list_clients::endpoint(service),
        get_client::endpoint(service),
        update_client::endpoint(service),
        delete_client::endpoint(service),
        rotate_secret::endpoint(service),
        list_consents::endpoint(service),
        withdraw_consent::endpoint(service),
    ];
    endpoints.extend(authorize::endpoints(site));
    endpoints.extend(passkey::endpoints(site));
    endpoints.extend(federation::endpoints(site));
    endpoints.push(token::endpoint(service));
    endpoints.push(revoke::endpoint(service));
    endpoints.push(introspect::endpoint(service));
    endpoints.extend(userinfo::endpoints(service));
    endpoints.extend(discovery::endpoints(service));
    endpoints
}

/// A parameter sent without a value counts as left out (RFC 6749 §3.1).
fn said(parameter: Option<String>) -> Option<String> {
    parameter.filter(|value| !value.is_empty())
}
