//! Policies: every endpoint names one; there is no default.

use tenon_kernel::{Principal, Role};

/// Who may use an operation. Ownership of single things is checked in the query that loads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Policy {
    /// Anyone, signed in or not.
    Public,
    /// Anyone who knows a secret that the handler checks itself: a cart token, a webhook signature.
    Bearer,
    /// Any signed-in person.
    SignedIn,
    /// The same, and people who have to add a second factor first: for adding it, and for leaving. No other policy lets them
    /// in, not even where anyone may come.
    SignedInOrEnrolling,
    /// A signed-in person with this role (an administrator has staff rights too).
    Has(Role),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Sign in first: 401.
    #[error("sign in first")]
    Unauthenticated,
    /// Signed in, but not enough: 403.
    #[error("this needs another role")]
    Forbidden,
    /// Signed in, but a second factor has to be added before anything else: 403.
    #[error("this account needs a second factor first")]
    SecondFactorRequired,
}

impl Policy {
    /// Decides.
    pub fn check(self, principal: &Principal) -> Result<(), Denied> {
        match (self, principal) {
            (Self::SignedInOrEnrolling, Principal::User(_)) => Ok(()),
            (_, Principal::User(user)) if user.is_enrolling => Err(Denied::SecondFactorRequired),
            (Self::Public | Self::Bearer, _)
            | (Self::SignedIn, Principal::User(_))
            | (
                Self::SignedIn | Self::SignedInOrEnrolling | Self::Has(_),
                Principal::Service { .. },
            ) => Ok(()),
            (Self::SignedIn | Self::SignedInOrEnrolling | Self::Has(_), Principal::Anonymous) => {
                Err(Denied::Unauthenticated)
            }
            // Roles that this version does not know never match: neither side may open a door by them.
            (Self::Has(Role::Unknown), Principal::User(_)) => Err(Denied::Forbidden),
            (Self::Has(role), Principal::User(user)) => {
                if user.roles.contains(&role) || user.roles.contains(&Role::Admin) {
                    Ok(())
                } else {
                    Err(Denied::Forbidden)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::UserPrincipal;
    use uuid::Uuid;

    fn user(roles: &[Role]) -> Principal {
        Principal::User(UserPrincipal {
            user: Uuid::nil(),
            session: Uuid::nil(),
            roles: roles.to_vec(),
            is_enrolling: false,
        })
    }

    fn enrolling(roles: &[Role]) -> Principal {
        let Principal::User(user) = user(roles) else {
            unreachable!("a user")
        };
        Principal::User(UserPrincipal {
            is_enrolling: true,
            ..user
        })
    }

    #[test]
    fn the_table_of_policies_and_principals() {
        use Denied::{Forbidden, SecondFactorRequired, Unauthenticated};
        let service = Principal::Service {
            name: "orders".into(),
        };
        let principals = [
            Principal::Anonymous,
            user(&[]),
            user(&[Role::Customer]),
            user(&[Role::Staff]),
            user(&[Role::Admin]),
            user(&[Role::Unknown]),
            service,
            enrolling(&[]),
            // Whoever makes the token leaves roles out; they would open nothing.
            enrolling(&[Role::Admin]),
        ];
        let (yes, who, no) = (Ok(()), Err(Unauthenticated), Err(Forbidden));
        let add = Err(SecondFactorRequired);
        let table = [
            (
                Policy::Public,
                [yes, yes, yes, yes, yes, yes, yes, add, add],
            ),
            (
                Policy::Bearer,
                [yes, yes, yes, yes, yes, yes, yes, add, add],
            ),
            (
                Policy::SignedIn,
                [who, yes, yes, yes, yes, yes, yes, add, add],
            ),
            (
                Policy::SignedInOrEnrolling,
                [who, yes, yes, yes, yes, yes, yes, yes, yes],
            ),
            (
                Policy::Has(Role::Customer),
                [who, no, yes, no, yes, no, yes, add, add],
            ),
            (
                Policy::Has(Role::Staff),
                [who, no, no, yes, yes, no, yes, add, add],
            ),
            (
                Policy::Has(Role::Admin),
                [who, no, no, no, yes, no, yes, add, add],
            ),
        ];
        for (policy, verdicts) in table {
            for (principal, verdict) in principals.iter().zip(verdicts) {
                assert_eq!(
                    policy.check(principal),
                    verdict,
                    "{policy:?} for {principal:?}"
                );
            }
        }
    }

    /// A role that this version does not know is no right, not even to an endpoint that would name it.
    #[test]
    fn an_unknown_role_gives_no_right() {
        assert_eq!(
            Policy::Has(Role::Unknown).check(&user(&[Role::Admin])),
            Err(Denied::Forbidden)
        );
        assert_eq!(
            Policy::Has(Role::Unknown).check(&user(&[Role::Unknown])),
            Err(Denied::Forbidden)
        );
    }
}
