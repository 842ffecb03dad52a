//! What WebAuthn asks of a relying party: the one crate that compiles against a library of it.
//!
//! **Architecture invariant:** no other crate knows the library, and only the identity module knows this crate. Nothing here does
//! IO, reads a clock or makes randomness: challenges come from outside, and what is secret about them stays there.
//! Checked by `cargo xtask check boundaries`.

mod ceremony;
mod relying_party;
#[cfg(any(test, feature = "soft"))]
pub mod soft;
#[cfg(test)]
mod tests;

pub use self::ceremony::{Assertion, Attestation, Passkey, Refused};
pub use self::relying_party::{NotPossible, RelyingParty};

/// Bytes of a challenge: 256 random bits (WebAuthn level 3 §13.4.3 asks for 16 bytes at least).
pub const CHALLENGE_BYTES: usize = 32;
