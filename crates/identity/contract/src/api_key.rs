//! What whoever admits requests asks about API keys.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Role, Timestamp};

use crate::{ApiKeyId, ServiceAccountId, UserId};

/// Asks what an API key opens. The key itself is not in it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckApiKey {
    /// Which key it says it is.
    pub id: ApiKeyId,
    /// SHA-256 of the text of the key, in base64url without padding: 43 characters. As good as the key for this
    /// question: never log it, never store it.
    pub proof: String,
    /// Who sent the key, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub from: Option<IpAddr>,
}

/// Answer to [`CheckApiKey`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckedApiKey {
    /// Absent unless the key counts now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<ApiKeyGrant>,
}

/// What an API key opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKeyGrant {
    /// Who acts.
    pub owner: ApiKeyOwner,
    /// What the owner may do now, as far as the key may.
    pub roles: Vec<Role>,
    /// Whether the owner has to add a second factor before their keys open anything; then there are no roles.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner_is_enrolling: bool,
    /// What limits the key: values of OAuth scopes.
    pub scopes: Vec<String>,
    /// Networks that the key may be sent from, such as `192.0.2.0/24`; anywhere if there are none.
    pub networks: Vec<String>,
    /// When the key ends, or the secret of it that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApiKeyOwner {
    /// A person.
    User {
        /// Who.
        user_id: UserId,
    },
    /// A program.
    ServiceAccount {
        /// Which.
        service_account_id: ServiceAccountId,
    },
    /// An owner this version does not know.
    #[serde(other)]
    Unknown,
}

/// Leaves proof and address out.
impl std::fmt::Debug for CheckApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckApiKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
