//! Who may do what: access tokens become principals, policies decide.
//!
//! **Architecture invariant:** there is one place where a token becomes a principal, [`TokenVerifier::verify`].
//! Checked by `tests/it/forged_tokens.rs`, which holds every form of forgery we know against it.

mod claims;
mod issuer;
mod key;
mod key_cache;
mod policy;
mod scope;
mod session_cache;
mod source;
mod token;
mod verifier;

pub use self::claims::{AccessClaims, Delegation};
pub use self::issuer::TokenIssuer;
pub use self::key::{Jwk, Jwks, KeyError, SigningKey, VerifyingKey};
pub use self::policy::{Denied, Policy};
pub use self::scope::{API_READ, API_WRITE, Scope, ScopeRule};
pub use self::source::{KeySource, SessionCheck, TokenError};
pub use self::verifier::{Admitted, TokenVerifier, VerifierSettings};
