//! Signing in with a passkey, and what browsers send and get for it (WebAuthn level 3 §5.1).

mod create_challenge;
mod create_session;
mod credential;
mod options;

use std::sync::Arc;

use tenon_web::Endpoint;

pub(super) use self::credential::{AssertionBody, AttestationBody};
pub(super) use self::options::{ChallengeView, CreationOptionsView};

use crate::service::Service;

/// Room for the largest credential: an attestation with its chain of certificates, in base64url.
pub(super) const MAX_CREDENTIAL: usize = 64 * 1024;

/// All endpoints of passkeys.
pub(super) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        create_challenge::endpoint(service),
        create_session::endpoint(service),
    ]
}
