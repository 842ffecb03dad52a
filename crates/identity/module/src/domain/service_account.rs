//! An account of a program: roles, and no way to sign in.

use identity_contract::ServiceAccountId;
use tenon_kernel::{FieldError, Role, Timestamp};

use super::name::read_display_name;
use super::roles::Roles;

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceAccount {
    pub(crate) id: ServiceAccountId,
    pub(crate) name: String,
    pub(crate) roles: Roles,
    /// When and why it was suspended.
    pub(crate) lock: Option<(Timestamp, String)>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Reads what a service account is called.
pub(crate) fn read_name(name: &str) -> Result<String, FieldError> {
    read_display_name(name, "/name")
}

/// Reads what it may do: something.
pub(crate) fn read_roles(roles: &[Role]) -> Result<Roles, FieldError> {
    let roles = Roles::read(roles, "/roles")?;
    if roles.is_empty() {
        return Err(FieldError::new(
            "/roles",
            "required",
            "Name at least one role.",
        ));
    }
    Ok(roles)
}
