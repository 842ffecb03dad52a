//! Refusals in the form of RFC 6749 §5.2.

use tenon_kernel::ErrorKind;
use tenon_seam::SeamError;
use tenon_web::Problem;

use crate::domain::oauth::error::{OauthCode, OauthRefusal};

/// What a client is answered.
pub(super) fn problem(error: SeamError<OauthRefusal>) -> Problem {
    match error {
        SeamError::Seam(fault) => fault.into(),
        SeamError::Domain(refusal) => refused(&refusal),
    }
}

pub(super) fn refused(refusal: &OauthRefusal) -> Problem {
    let error = refusal.code.as_str();
    if refusal.code == OauthCode::InvalidClient {
        return Problem::new(ErrorKind::Unauthenticated, error, refusal.description)
            .with_oauth_error(error)
            .with_challenge("Basic realm=\"tenon\"");
    }
    Problem::new(ErrorKind::Malformed, error, refusal.description).with_oauth_error(error)
}
