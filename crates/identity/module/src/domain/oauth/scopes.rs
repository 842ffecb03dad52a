//! The values of `scope` that there are, and what they let a program do.

use tenon_access::{API_READ, API_WRITE, Scope};
use tenon_kernel::{FieldError, Role};

use crate::domain::roles::Roles;

/// Lets a program learn who has signed in.
pub(crate) const OPENID: &str = "openid";
/// Lets it learn what to call them.
pub(crate) const PROFILE: &str = "profile";
/// Lets it learn their address.
pub(crate) const EMAIL: &str = "email";
/// Lets it act as staff, if the person is.
const STAFF: &str = "staff";
/// Lets it act as administrator, if the person is.
const ADMIN: &str = "admin";

/// All values, each with what people read before they agree.
pub(crate) const KNOWN: [(&str, &str); 7] = [
    (OPENID, "know that it is you"),
    (PROFILE, "see your name"),
    (EMAIL, "see your e-mail address"),
    (API_READ, "see your carts, orders and messages"),
    (API_WRITE, "order and change things in your name"),
    (STAFF, "do what you may do as staff"),
    (ADMIN, "do what you may do as administrator"),
];

/// Says whether a program that acts for itself may have the value: there is no person to be known.
pub(crate) fn is_for_services(value: &str) -> bool {
    !matches!(value, OPENID | PROFILE | EMAIL)
}

/// Says whether a key of somebody with these roles may have the value.
pub(crate) fn is_within(value: &str, owner: &Roles) -> bool {
    match value {
        STAFF => owner.contains(Role::Staff) || owner.contains(Role::Admin),
        ADMIN => owner.contains(Role::Admin),
        _ => is_for_services(value),
    }
}

/// The roles that a key of somebody with these roles acts with. An administrator has staff rights, so a key of theirs
/// can be limited to those.
pub(crate) fn roles_of_key(scope: &Scope, owner: &Roles) -> Vec<Role> {
    [(ADMIN, Role::Admin), (STAFF, Role::Staff)]
        .into_iter()
        .filter(|(value, _)| scope.contains(value) && is_within(value, owner))
        .map(|(_, role)| role)
        .chain(owner.contains(Role::Customer).then_some(Role::Customer))
        .collect()
}

/// Reads the values that a client may be given.
pub(crate) fn read_list(values: &[String], pointer: &str) -> Result<Scope, FieldError> {
    for (position, value) in values.iter().enumerate() {
        if !KNOWN.iter().any(|(known, _)| known == value) {
            return Err(FieldError::new(
                format!("{pointer}/{position}"),
                "unknown_scope",
                "There is no such scope; the discovery document lists those that there are.",
            ));
        }
    }
    Ok(values.iter().map(String::as_str).collect())
}

/// The roles that a program acts with for a person: never more than theirs.
pub(crate) fn roles_for(scope: &Scope, person: &Roles) -> Vec<Role> {
    let may = |role: Role| match role {
        Role::Admin => scope.contains(ADMIN),
        Role::Staff => scope.contains(STAFF),
        Role::Customer => scope.contains(API_READ) || scope.contains(API_WRITE),
        _ => false,
    };
    person
        .to_vec()
        .into_iter()
        .filter(|role| may(*role))
        .collect()
}

/// The roles that a program acts with for itself: those it was registered for.
pub(crate) fn roles_of_service(scope: &Scope) -> Vec<Role> {
    [(ADMIN, Role::Admin), (STAFF, Role::Staff)]
        .into_iter()
        .filter(|(value, _)| scope.contains(value))
        .map(|(_, role)| role)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_no_more_roles_than_its_scope_and_the_person() {
        let all = [Role::Admin, Role::Customer, Role::Staff];
        let person = Roles::read(&all, "").expect("known");
        let scope = |text| Scope::parse(text).expect("a scope");
        assert_eq!(roles_for(&scope("openid email"), &person), []);
        assert_eq!(roles_for(&scope("api:read"), &person), [Role::Customer]);
        assert_eq!(roles_for(&scope("staff"), &person), [Role::Staff]);
        let customer = Roles::read(&[Role::Customer], "").expect("known");
        assert_eq!(
            roles_for(&scope("api:write staff admin"), &customer),
            [Role::Customer]
        );
        assert_eq!(roles_of_service(&scope("api:write staff")), [Role::Staff]);
    }

    #[test]
    fn a_key_has_no_more_roles_than_its_scope_and_its_owner() {
        let scope = |text| Scope::parse(text).expect("a scope");
        let owner = |roles: &[Role]| Roles::read(roles, "").expect("known");
        let (admin, staff) = (owner(&[Role::Admin]), owner(&[Role::Customer, Role::Staff]));
        let all = scope("api:write staff admin");
        assert_eq!(roles_of_key(&all, &admin), [Role::Admin, Role::Staff]);
        assert_eq!(
            roles_of_key(&scope("api:read staff"), &admin),
            [Role::Staff]
        );
        assert_eq!(roles_of_key(&all, &staff), [Role::Staff, Role::Customer]);
        assert_eq!(roles_of_key(&scope("api:read"), &staff), [Role::Customer]);
        assert_eq!(roles_of_key(&all, &Roles::default()), []);
        assert!(is_within("staff", &admin) && !is_within("admin", &staff));
        assert!(is_within("api:write", &Roles::default()) && !is_within("openid", &admin));
    }
}
