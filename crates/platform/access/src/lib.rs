//! Who may do what: access tokens and API keys become principals, policies decide.
//!
//! **Architecture invariant:** there is one place where a credential becomes a principal, [`TokenVerifier::admit`].
//! Checked by `tests/it/forged_tokens.rs` and `tests/it/api_keys.rs`, which hold every form of forgery we know against it.

mod api_key;
mod api_key_cache;
mod authentication;
mod claims;
mod credential;
mod issuer;
mod key;
mod key_cache;
mod network;
mod policy;
mod scope;
mod session_cache;
mod source;
mod token;
mod verifier;

pub use self::api_key::{ApiKey, ApiKeyProof};
pub use self::api_key_cache::KeyRevision;
pub use self::authentication::{Authentication, Holder, SignInTooOld};
pub use self::claims::{AccessClaims, Delegation};
pub use self::credential::Credential;
pub use self::issuer::TokenIssuer;
pub use self::key::{Jwk, Jwks, KeyError, SigningKey, VerifyingKey};
pub use self::network::{Network, ParseNetworkError, is_within_any};
pub use self::policy::{Denied, Policy};
pub use self::scope::{API_READ, API_WRITE, Scope, ScopeRule};
pub use self::source::{
    ApiKeyCheck, ApiKeyGrant, ApiKeySource, KeySource, SessionCheck, TokenError,
};
pub use self::verifier::{Admitted, TokenVerifier, VerifierSettings};
