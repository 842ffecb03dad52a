//! What goes into a ceremony and what comes out of it.

/// A key that an authenticator made: what `navigator.credentials.create()` gives.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// `id`: which key.
    pub credential_id: Vec<u8>,
    /// `response.clientDataJSON`
    pub client_data: Vec<u8>,
    /// `response.attestationObject`
    pub attestation_object: Vec<u8>,
}

/// A proof by a key: what `navigator.credentials.get()` gives.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// `id`: which key.
    pub credential_id: Vec<u8>,
    /// `response.clientDataJSON`
    pub client_data: Vec<u8>,
    /// `response.authenticatorData`
    pub authenticator_data: Vec<u8>,
    /// `response.signature`
    pub signature: Vec<u8>,
    /// `response.userHandle`: whose key the authenticator says it is.
    pub user_handle: Option<Vec<u8>>,
}

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Which key: 16 bytes at least, 1,023 at most.
    pub credential_id: Vec<u8>,
    /// The public key with its algorithm, counter and flags, in JSON; only this crate reads it. Nothing in it is secret.
    pub kept: String,
}

/// Why a ceremony came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// What was sent is not what was asked for: another challenge, origin, relying party or key, no user verification, a wrong
    /// signature.
    #[error("the answer of the authenticator does not count: {0}")]
    Mismatch(String),
    /// The signature is right, and its counter is not above the last one: there are two of this key (WebAuthn level 3 §6.1.1).
    #[error("the counter of the authenticator went back")]
    CounterWentBack,
    /// What is kept of a key cannot be read.
    #[error("a passkey that is kept cannot be read")]
    Unreadable,
}
