//! A key as its owner and administrators send and see it.

use identity_contract::{ApiKeyId, ApiKeyOwner, ServiceAccountId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Network;
use tenon_kernel::Timestamp;

use crate::domain::api_key::{ApiKeyInput, StoredApiKey};
use crate::service::api_keys::ShownApiKey;

/// A key that is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateApiKey")]
pub(in crate::http) struct CreateBody {
    /// What the key is for: 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What it may do: `api:read` or `api:write`, and `staff`, `admin` where its owner has the role.
    #[schemars(length(min = 1))]
    scopes: Vec<String>,
    /// Addresses and networks that it may be sent from, such as `192.0.2.0/24` or `2001:db8::/32`; anywhere if there are
    /// none.
    #[serde(default)]
    #[schemars(length(max = 20))]
    networks: Vec<String>,
    /// When it ends; never unless said.
    expires_at: Option<Timestamp>,
}

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PageQuery {
    /// 1 to 200; 50 unless said.
    #[schemars(range(min = 1, max = 200))]
    pub(in crate::http) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(in crate::http) cursor: Option<String>,
}

/// A key with which a program acts for its owner.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub(in crate::http) struct ApiKeyView {
    /// Which; the 26 characters after `tnk_` of the key are those of its id.
    id: ApiKeyId,
    /// Whose, if a person's.
    user_id: Option<UserId>,
    /// Whose, if a program's.
    service_account_id: Option<ServiceAccountId>,
    /// What the key is for.
    name: String,
    /// What it may do, as far as its owner may.
    scopes: Vec<String>,
    /// Where it may be sent from; anywhere if there are none.
    networks: Vec<String>,
    /// When it ends.
    expires_at: Option<Timestamp>,
    /// Until when the secret before the current one is taken, too.
    previous_secret_until: Option<Timestamp>,
    /// When it was last used, a minute more or less. Changes no version.
    last_used_at: Option<Timestamp>,
    /// When it was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// What to send as `Authorization: Bearer`, in the answer to the command that made it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<CreateBody> for ApiKeyInput {
    fn from(body: CreateBody) -> Self {
        Self {
            name: body.name,
            scopes: body.scopes,
            networks: body.networks,
            expires_at: body.expires_at,
        }
    }
}

impl From<&StoredApiKey> for ApiKeyView {
    fn from(key: &StoredApiKey) -> Self {
        let (user_id, service_account_id) = match key.owner {
            ApiKeyOwner::User { user_id } => (Some(user_id), None),
            ApiKeyOwner::ServiceAccount { service_account_id } => (None, Some(service_account_id)),
            _ => (None, None),
        };
        Self {
            id: key.id,
            user_id,
            service_account_id,
            name: key.wish.name.clone(),
            scopes: key.wish.scope.iter().map(str::to_owned).collect(),
            networks: key.wish.networks.iter().map(Network::to_string).collect(),
            expires_at: key.wish.expires_at,
            previous_secret_until: key.secrets.previous.as_ref().map(|(_, until)| *until),
            last_used_at: key.last_used_at,
            created_at: key.created_at,
            updated_at: key.updated_at,
            secret: None,
        }
    }
}

impl From<&ShownApiKey> for ApiKeyView {
    fn from(shown: &ShownApiKey) -> Self {
        Self {
            secret: Some(shown.text.expose().to_owned()),
            ..Self::from(&shown.key)
        }
    }
}
