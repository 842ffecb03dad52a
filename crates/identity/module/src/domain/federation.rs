//! Accounts of other OpenID Connect providers: what a provider says, and what of it is believed.

pub(crate) mod document;
pub(crate) mod id_token;
pub(crate) mod jwk;
mod shape;

use std::time::Duration;

use identity_contract::FederatedIdentityId;
use tenon_kernel::Timestamp;

use super::email::EmailAddress;

/// How long a person may take at the provider.
pub(crate) const FLOW_LIFE: Duration = Duration::from_mins(10);
/// How long the code that a browser brings back to an API client counts.
pub(crate) const CODE_LIFE: Duration = Duration::from_mins(1);
/// Most accounts of providers that one person links.
pub(crate) const MAX_IDENTITIES: u32 = 10;
/// After a call to a provider that failed nobody waits for another one so soon.
pub(crate) const FAILURE_PAUSE: Duration = Duration::from_secs(5);
/// How far clocks of providers may be off.
pub(crate) const LEEWAY: Duration = Duration::from_secs(30);

/// Somebody whom a provider knows. Only issuer and subject together say who: addresses change hands, and two providers may use
/// one subject for two people (OpenID Connect Core §5.7).
#[derive(Clone)]
pub(crate) struct Proof {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// What can be read as an address.
    pub(crate) email: Option<EmailAddress>,
    /// Whether the provider vouches for it.
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    /// When the provider says that it saw the person.
    pub(crate) authenticated_at: Option<Timestamp>,
    /// Whether the provider says that it saw two factors.
    pub(crate) says_mfa: bool,
}

/// An account of a provider that signs a person in here.
#[derive(Debug, Clone)]
pub(crate) struct FederatedIdentity {
    pub(crate) id: FederatedIdentityId,
    pub(crate) issuer: String,
    /// As the provider told it last.
    pub(crate) email: Option<String>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// What came back from a provider is not believed; for logs, without words of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotBelieved(pub(crate) &'static str);

/// Shows nobody.
impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
