//! Keys with which programs act for people or for accounts of their own.

mod check;
mod create;
mod manage;
mod rotate;
mod shown;

use identity_contract::{ApiKeyId, ApiKeyOwner, ApiKeyRevoked, IdentityError, UserId};
use serde_json::{Value, json};
use tenon_access::Network;
use tenon_events::Emit as _;
use tenon_kernel::{Role, UserPrincipal};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, Tx};

pub(crate) use self::create::CREATE;
pub(crate) use self::rotate::ROTATE;
pub(crate) use self::shown::ShownApiKey;

use crate::domain::api_key::{ApiKeyWish, StoredApiKey};
use crate::service::refuse;
use crate::store::api_keys;

/// What somebody wants to do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Their own, and for administrators all: they must be able to end one that has leaked.
    SeeOrDelete,
    /// Their own, and for administrators those of service accounts.
    Change,
}

impl Reach {
    fn allows(self, principal: &UserPrincipal, owner: ApiKeyOwner) -> bool {
        let is_admin = principal.roles.contains(&Role::Admin);
        match owner {
            ApiKeyOwner::User { user_id } => {
                user_id.uuid() == principal.user || (is_admin && self == Self::SeeOrDelete)
            }
            _ => is_admin,
        }
    }
}

/// Returns a key that stays as it is until commit, if the caller may do that with it and it is at `version`.
async fn locked(
    tx: &mut Tx<'_>,
    principal: &UserPrincipal,
    reach: Reach,
    id: ApiKeyId,
) -> SeamResult<StoredApiKey, IdentityError> {
    match api_keys::lock(tx, id).await? {
        Some(key) if reach.allows(principal, key.owner) => Ok(key),
        _ => refuse(IdentityError::ApiKeyNotFound),
    }
}

fn at_version(key: StoredApiKey, version: i64) -> SeamResult<StoredApiKey, IdentityError> {
    if key.version == version {
        Ok(key)
    } else {
        refuse(IdentityError::StaleVersion {
            current: key.version,
        })
    }
}

/// Deletes all keys of a person, and says so; not to the person for each of them.
pub(super) async fn delete_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    for key_id in api_keys::delete_of_user(tx, user).await? {
        tx.emit(&ApiKeyRevoked {
            key_id,
            owner: ApiKeyOwner::User { user_id: user },
            name: None,
            notice_to: None,
        })
        .await?;
    }
    Ok(())
}

/// Who is told about a key: the owner. Nobody reads mails to a program, so there it is whoever did it; if that was not them, they
/// learn that somebody uses their account.
fn notice_to(owner: ApiKeyOwner, principal: &UserPrincipal) -> UserId {
    match owner {
        ApiKeyOwner::User { user_id } => user_id,
        _ => UserId::from_uuid(principal.user),
    }
}

/// What the audit log keeps of a key: all there is but the secret.
fn members(owner: ApiKeyOwner, wish: &ApiKeyWish) -> Value {
    json!({
        "owner": owner_text(owner),
        "name": wish.name,
        "scopes": wish.scope.iter().collect::<Vec<_>>(),
        "networks": networks_text(wish),
        "expires_at": wish.expires_at,
    })
}

fn networks_text(wish: &ApiKeyWish) -> Vec<String> {
    wish.networks.iter().map(Network::to_string).collect()
}

fn owner_text(owner: ApiKeyOwner) -> Option<String> {
    match owner {
        ApiKeyOwner::User { user_id } => Some(user_id.to_string()),
        ApiKeyOwner::ServiceAccount { service_account_id } => Some(service_account_id.to_string()),
        _ => None,
    }
}

fn audit(action: &str, id: ApiKeyId, before: Option<Value>, after: Option<Value>) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: id.to_string(),
        before,
        after,
    }
}
