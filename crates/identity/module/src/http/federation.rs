//! Accounts of other OpenID Connect providers: signing in with them, and linking them to one's own.

mod begin;
mod link_identity;
mod list_identities;
mod list_providers;
mod sign_in;
mod unlink_identity;
mod view;

use std::sync::Arc;
use std::time::Duration;

use tenon_web::Endpoint;

use super::oauth::Site;
use crate::domain::secret::SecretToken;
use crate::service::federation::CodeOfBrowser;

pub(super) const TAG: &str = "federation";
/// Three documents of a provider, each as slow as the settings allow.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// All endpoints but those that answer pages.
pub(super) fn endpoints(site: &Arc<Site>) -> Vec<Endpoint> {
    let service = &site.service;
    vec![
        list_providers::endpoint(service),
        begin::endpoint(site),
        sign_in::endpoint(service),
        list_identities::endpoint(service),
        link_identity::endpoint(service),
        unlink_identity::endpoint(service),
    ]
}

fn code_of(code: &str, verifier: String) -> CodeOfBrowser {
    CodeOfBrowser {
        code: SecretToken::parse(code),
        verifier: verifier.into(),
    }
}
