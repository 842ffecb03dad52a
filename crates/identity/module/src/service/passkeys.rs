//! Signing in with a passkey: alone, or after the password or another provider.
//!
//! A challenge is asked for by somebody who is not known, so nothing about it tells of an account. Whoever asked holds a token
//! besides, without which the challenge is worth nothing: an answer that is overheard, or had by deceit, starts no session elsewhere.

mod begin;
mod prove;

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use identity_passkeys::Assertion;
use tenon_kernel::Timestamp;

use crate::domain::secret::SecretToken;

/// What came before a passkey.
#[derive(Debug)]
pub(crate) enum After {
    Nothing,
    /// A right password, or another provider: the token of the sign-in that waits, or nothing if no token looks so.
    FirstStep(Option<SecretToken>),
}

/// A challenge that waits for a passkey.
#[derive(Debug)]
pub(crate) struct PasskeyChallenge {
    /// Whoever answers has to have it, too.
    pub(crate) token: SecretToken,
    pub(crate) challenge: [u8; 32],
    pub(crate) domain: String,
    /// After a first step, those of the person; otherwise none: any that the device knows of this domain.
    pub(crate) allowed: Vec<Vec<u8>>,
    pub(crate) expires_at: Timestamp,
}

/// An answer to a challenge.
#[derive(Debug)]
pub(crate) struct PasskeyStep {
    pub(crate) token: Option<SecretToken>,
    /// Nothing if no answer looks so.
    pub(crate) assertion: Option<Assertion>,
    /// From an earlier sign-in on this device.
    pub(crate) device_token: Option<String>,
    /// What the client says about itself.
    pub(crate) client: Option<String>,
    /// Where the request came from.
    pub(crate) address: Option<IpAddr>,
}

impl After {
    /// Takes the token that a caller sent, if any.
    pub(crate) fn read(token: Option<String>) -> Self {
        match token {
            None => Self::Nothing,
            Some(token) => Self::FirstStep(SecretToken::parse(&token)),
        }
    }
}

/// What a challenge is for: the mark of a form, or nothing.
fn bound_to(mark: Option<&str>) -> Vec<u8> {
    let mark = mark.unwrap_or_default();
    digest(&SHA256, mark.as_bytes()).as_ref().to_vec()
}
