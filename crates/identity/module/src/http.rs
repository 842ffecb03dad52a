//! The REST surface of identity: one endpoint in each file.

mod answer_challenge;
mod api_keys;
mod bootstrap;
mod confirm_sign_in;
mod create_challenge;
mod create_user;
mod end_session;
mod erasure;
mod factors;
mod federation;
mod get_jwks;
mod get_me;
mod get_user;
mod list_sessions;
mod list_users;
mod oauth;
mod passkeys;
mod refresh;
mod register;
mod service_accounts;
mod sign_in;
mod sign_out;
mod update_me;
mod update_user;
mod views;

use std::sync::Arc;
use std::time::Duration;

use identity_contract::IdentityError;
use tenon_kernel::FieldError;
use tenon_seam::SeamError;
use tenon_web::{Endpoint, Problem};

use crate::domain::federation::FAILURE_PAUSE;
use crate::service::Service;

/// Room for a password of 256 characters, escaped, and the rest of the largest body; more is nobody's sign-in.
const MAX_BODY: usize = 8 * 1024;
/// The stricter rate limit of everything that tries secrets or sends mail.
const AUTH: &str = "auth";
const TAG: &str = "identity";

/// All endpoints.
pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    let mut endpoints = vec![
        register::endpoint(service),
        create_challenge::endpoint(service),
        answer_challenge::endpoint(service),
        sign_in::endpoint(service),
        confirm_sign_in::endpoint(service),
        sign_out::endpoint(service),
        refresh::endpoint(service),
        bootstrap::endpoint(service),
        get_me::endpoint(service),
        update_me::endpoint(service),
        list_sessions::endpoint(service),
        end_session::endpoint(service),
        list_users::endpoint(service),
        create_user::endpoint(service),
        get_user::endpoint(service),
        update_user::endpoint(service),
        get_jwks::endpoint(service),
    ];
    endpoints.extend(erasure::endpoints(service));
    endpoints.extend(factors::endpoints(service));
    endpoints.extend(passkeys::endpoints(service));
    let site = Arc::new(oauth::Site::new(Arc::clone(service)));
    endpoints.extend(oauth::endpoints(&site));
    endpoints.extend(federation::endpoints(&site));
    endpoints.extend(api_keys::endpoints(service));
    endpoints.extend(service_accounts::endpoints(service));
    endpoints
}

/// Refuses because members break a rule.
fn invalid(errors: Vec<FieldError>) -> Problem {
    Problem::from_error(&IdentityError::InvalidRequest { errors })
}

/// Adds what only headers can say.
fn problem(error: SeamError<IdentityError>) -> Problem {
    match error.domain() {
        Some(IdentityError::StaleVersion { current }) => {
            let current = *current;
            Problem::from(error).with_version(current)
        }
        Some(IdentityError::TooManyAttempts { retry_after_ms }) => {
            let after = Duration::from_millis(*retry_after_ms);
            Problem::from(error).with_retry_after(after)
        }
        Some(IdentityError::ProviderUnavailable) => {
            Problem::from(error).with_retry_after(FAILURE_PAUSE)
        }
        _ => error.into(),
    }
}
