//! A service account as administrators see it.

use identity_contract::ServiceAccountId;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Role, Timestamp};

use crate::domain::service_account::ServiceAccount;

/// An account of a program: it has keys and no password.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ServiceAccount")]
pub(super) struct ServiceAccountView {
    /// Which.
    id: ServiceAccountId,
    /// What it is for.
    name: String,
    /// The most its keys may do.
    roles: Vec<Role>,
    /// Whether its keys open nothing now.
    locked: bool,
    /// Why.
    lock_reason: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
}

impl From<&ServiceAccount> for ServiceAccountView {
    fn from(account: &ServiceAccount) -> Self {
        Self {
            id: account.id,
            name: account.name.clone(),
            roles: account.roles.to_vec(),
            locked: account.lock.is_some(),
            lock_reason: account.lock.as_ref().map(|(_, reason)| reason.clone()),
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}
