//! A person with an account.

use identity_contract::UserId;
use tenon_kernel::Timestamp;

use crate::domain::roles::Roles;

/// A person with an account, as identity knows them.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) display_name: Option<String>,
    pub(crate) email_verified_at: Option<Timestamp>,
    /// Absent until the address is verified, so nobody can sign in before.
    pub(crate) password_hash: Option<String>,
    pub(crate) locked_at: Option<Timestamp>,
    pub(crate) lock_reason: Option<String>,
    pub(crate) roles: Roles,
    pub(crate) version: i64,
    pub(crate) last_signed_in_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Account {
    /// Whether the person has proved that the address is theirs.
    pub(crate) fn is_verified(&self) -> bool {
        self.email_verified_at.is_some()
    }

    /// Whether the person is kept out.
    pub(crate) fn is_locked(&self) -> bool {
        self.locked_at.is_some()
    }

    /// As other modules see them.
    pub(crate) fn to_contract(&self) -> identity_contract::User {
        identity_contract::User {
            id: self.id,
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            email_verified: self.is_verified(),
            roles: self.roles.to_vec(),
            locked: self.is_locked(),
        }
    }
}

/// Shows neither the person nor the hash.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
