//! What a program may do with a token that it was given: `scope` of OAuth (RFC 6749 §3.3).

use std::collections::BTreeSet;
use std::fmt;

use http::Method;

/// Longest scope of a token.
const MAX_SCOPE: usize = 1_000;

/// Lets a program call operations that only read, for whom it acts.
pub const API_READ: &str = "api:read";
/// Lets a program call all operations that people may call, for whom it acts.
pub const API_WRITE: &str = "api:write";

/// A set of scope values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// Reads values with single spaces between; `None` if a character may not stand in one, or there is too much.
    pub fn parse(text: &str) -> Option<Self> {
        let is_value = |value: &str| {
            value
                .bytes()
                .all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
        };
        let values = text.split(' ').filter(|value| !value.is_empty());
        let set: BTreeSet<String> = values.map(str::to_owned).collect();
        (text.len() <= MAX_SCOPE && set.iter().all(|value| is_value(value))).then_some(Self(set))
    }

    /// Whether it holds a value.
    pub fn contains(&self, value: &str) -> bool {
        self.0.contains(value)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of it is in the other.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The values, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, value) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(value)?;
        }
        Ok(())
    }
}

impl<'v> FromIterator<&'v str> for Scope {
    fn from_iter<I: IntoIterator<Item = &'v str>>(values: I) -> Self {
        Self(values.into_iter().map(str::to_owned).collect())
    }
}

/// Which tokens of programs an operation takes. Tokens of our own sign-in are not limited by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeRule {
    /// Those with [`API_WRITE`], and with [`API_READ`] where the operation only reads.
    Api,
    /// Those with [`API_READ`] or [`API_WRITE`]: a question that is asked in a body, and changes nothing.
    Read,
    /// Those with this value.
    Value(&'static str),
    /// None: only people who are signed in here themselves.
    FirstParty,
}

impl ScopeRule {
    /// Decides; otherwise says which value would do, if any.
    ///
    /// # Errors
    ///
    /// The missing value, if there is one.
    pub fn check(self, scope: &Scope, method: &Method) -> Result<(), Option<&'static str>> {
        let (granted, wanted) = match self {
            Self::Read => (
                scope.contains(API_READ) || scope.contains(API_WRITE),
                Some(API_READ),
            ),
            Self::Api if method.is_safe() => return Self::Read.check(scope, method),
            Self::Api => (scope.contains(API_WRITE), Some(API_WRITE)),
            Self::Value(value) => (scope.contains(value), Some(value)),
            Self::FirstParty => (false, None),
        };
        if granted { Ok(()) } else { Err(wanted) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_set_in_one_form() {
        let scope = Scope::parse("openid email openid").expect("a scope");
        assert_eq!(scope.to_string(), "email openid");
        assert_eq!(Scope::parse(""), Some(Scope::default()));
        for bad in ["a\"b", "a\\b", "é", "a\tb", &"x".repeat(1_001)] {
            assert_eq!(Scope::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn reading_needs_less_than_writing_and_some_things_cannot_be_delegated() {
        let scope = |text| Scope::parse(text).expect("a scope");
        let (get, post) = (Method::GET, Method::POST);
        assert_eq!(ScopeRule::Api.check(&scope("api:read"), &get), Ok(()));
        assert_eq!(ScopeRule::Api.check(&scope("api:write"), &get), Ok(()));
        assert_eq!(ScopeRule::Api.check(&scope("api:write"), &post), Ok(()));
        let refused = ScopeRule::Api.check(&scope("api:read openid"), &post);
        assert_eq!(refused, Err(Some("api:write")));
        assert_eq!(
            ScopeRule::Api.check(&scope("openid"), &get),
            Err(Some("api:read"))
        );
        assert_eq!(
            ScopeRule::Value("openid").check(&scope("openid"), &get),
            Ok(())
        );
        // A question that is asked by POST is read all the same.
        for enough in ["api:read", "api:write"] {
            assert_eq!(ScopeRule::Read.check(&scope(enough), &post), Ok(()));
        }
        let refused = ScopeRule::Read.check(&scope("openid"), &post);
        assert_eq!(refused, Err(Some("api:read")));
        let all = scope("api:read api:write openid staff admin");
        assert_eq!(ScopeRule::FirstParty.check(&all, &get), Err(None));
    }
}
