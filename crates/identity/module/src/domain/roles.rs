//! Sets of roles.

use std::collections::BTreeSet;

use tenon_kernel::{FieldError, Role};

/// Roles that can be given, by their stored names.
const KNOWN: [(Role, &str); 3] = [
    (Role::Admin, "admin"),
    (Role::Customer, "customer"),
    (Role::Staff, "staff"),
];

/// A set of known roles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Roles(BTreeSet<&'static str>);

impl Roles {
    /// Takes roles from a request.
    pub(crate) fn read(roles: &[Role], pointer: &str) -> Result<Self, FieldError> {
        let mut set = BTreeSet::new();
        for (position, role) in roles.iter().enumerate() {
            let name = name_of(*role).ok_or_else(|| {
                FieldError::new(
                    format!("{pointer}/{position}"),
                    "unknown_role",
                    "There is no such role.",
                )
            })?;
            set.insert(name);
        }
        Ok(Self(set))
    }

    /// Reads what the store holds: names with spaces between; names of a newer version are left out.
    pub(crate) fn from_column(column: Option<&str>) -> Self {
        let names = column.unwrap_or_default().split(' ');
        Self(
            names
                .filter_map(|name| KNOWN.iter().find(|(_, known)| *known == name))
                .map(|(_, name)| *name)
                .collect(),
        )
    }

    /// As the store keeps them.
    pub(crate) fn to_column(&self) -> String {
        self.0.iter().copied().collect::<Vec<_>>().join(" ")
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In a fixed order.
    pub(crate) fn to_vec(&self) -> Vec<Role> {
        self.0
            .iter()
            .filter_map(|name| KNOWN.iter().find(|(_, known)| known == name))
            .map(|(role, _)| *role)
            .collect()
    }

    /// Whether it holds the role.
    pub(crate) fn contains(&self, role: Role) -> bool {
        name_of(role).is_some_and(|name| self.0.contains(name))
    }

    /// Whether there is one that gives rights over others.
    pub(crate) fn has_rights(&self) -> bool {
        self.0.iter().any(|name| *name != "customer")
    }

    /// Roles in `self` that are not in `other`.
    pub(crate) fn without(&self, other: &Self) -> Vec<Role> {
        Self(self.0.difference(&other.0).copied().collect()).to_vec()
    }
}

/// The stored name of a role; `None` for one this version does not know.
pub(crate) fn name_of(role: Role) -> Option<&'static str> {
    KNOWN
        .iter()
        .find(|(known, _)| *known == role)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_survives_the_store() {
        let roles =
            Roles::read(&[Role::Staff, Role::Customer, Role::Staff], "/roles").expect("known");
        assert_eq!(roles.to_vec(), [Role::Customer, Role::Staff]);
        assert_eq!(Roles::from_column(Some("staff customer")), roles);
        assert_eq!(Roles::from_column(Some(&roles.to_column())), roles);
        assert_eq!(
            Roles::from_column(Some("staff auditor")).to_vec(),
            [Role::Staff]
        );
        assert_eq!(Roles::from_column(None), Roles::default());
    }

    #[test]
    fn an_unknown_role_is_refused_with_its_place() {
        let error = Roles::read(&[Role::Customer, Role::Unknown], "/roles").expect_err("unknown");
        assert_eq!(error.pointer, "/roles/1");
    }
}
