//! Linked accounts of providers as their owner sees them.

use identity_contract::FederatedIdentityId;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;

use crate::service::federation::LinkedIdentity;

/// An account of a provider that signs you in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FederatedIdentity")]
pub(super) struct IdentityView {
    /// Which one.
    id: FederatedIdentityId,
    /// What the provider is called here; its issuer if it signs nobody in any more.
    provider: String,
    /// The provider.
    issuer: String,
    /// As the provider told it last. It need not be the address of your account here.
    email: Option<String>,
    /// When you last signed in with it.
    last_used_at: Option<Timestamp>,
    /// When it was linked.
    created_at: Timestamp,
}

impl From<LinkedIdentity> for IdentityView {
    fn from(linked: LinkedIdentity) -> Self {
        let identity = linked.identity;
        Self {
            id: identity.id,
            provider: linked.provider,
            issuer: identity.issuer,
            email: identity.email,
            last_used_at: identity.last_used_at,
            created_at: identity.created_at,
        }
    }
}
