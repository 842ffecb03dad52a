//! A program that was registered.

use std::collections::BTreeSet;
use std::time::Duration;

use identity_contract::OauthClientId;
use tenon_access::Scope;
use tenon_kernel::{FieldError, Timestamp};

use super::redirect::check_redirect_uri;
use super::scopes::{is_for_services, read_list};
use crate::domain::name::read_display_name;
use crate::domain::secret::SecretToken;

const MAX_REDIRECT_URIS: usize = 20;
/// How long the secret before goes on beside a new one.
pub(crate) const SECRET_OVERLAP: Duration = Duration::from_hours(24);

/// Whether a program can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// It runs where everybody can look into it: a browser, a phone.
    Public,
    /// It runs on a server.
    Confidential,
}

/// How a program gets tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    AuthorizationCode,
    ClientCredentials,
    RefreshToken,
}

/// What a client is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientWish {
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) grants: BTreeSet<Grant>,
    pub(crate) scope: Scope,
}

/// As a request says it.
#[derive(Debug)]
pub(crate) struct ClientInput {
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) scopes: Vec<String>,
}

/// What changes about a client; absent members stay.
#[derive(Debug, Default, Clone)]
pub(crate) struct ClientPatch {
    pub(crate) name: Option<String>,
    pub(crate) redirect_uris: Option<Vec<String>>,
    pub(crate) grants: Option<Vec<Grant>>,
    pub(crate) scopes: Option<Vec<String>>,
}

/// A registered client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: OauthClientId,
    pub(crate) kind: ClientKind,
    pub(crate) wish: ClientWish,
    pub(crate) secrets: ClientSecrets,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Hashes of the secrets that count.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct ClientSecrets {
    pub(crate) current: Option<Vec<u8>>,
    pub(crate) previous: Option<(Vec<u8>, Timestamp)>,
}

impl ClientKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Confidential => "confidential",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Public, Self::Confidential]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl Grant {
    pub(crate) const ALL: [Self; 3] = [
        Self::AuthorizationCode,
        Self::ClientCredentials,
        Self::RefreshToken,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }
}

impl ClientWish {
    /// Checks what a client is to be.
    pub(crate) fn read(kind: ClientKind, input: ClientInput) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let grants: BTreeSet<Grant> = input.grants.iter().copied().collect();
        let name = read_display_name(&input.name, "/name").map_err(|error| errors.push(error));
        let scope = read_list(&input.scopes, "/scopes").map_err(|error| errors.push(error));
        check_grants(kind, &grants, &mut errors);
        check_uris(&input.redirect_uris, &grants, &mut errors);
        if !grants.contains(&Grant::AuthorizationCode) {
            let personal = input
                .scopes
                .iter()
                .position(|value| !is_for_services(value));
            errors.extend(personal.map(|position| {
                FieldError::new(
                    format!("/scopes/{position}"),
                    "not_allowed",
                    "A client that never acts for a person cannot learn who they are.",
                )
            }));
        }
        match (name, scope) {
            (Ok(name), Ok(scope)) if errors.is_empty() => Ok(Self {
                name,
                redirect_uris: input.redirect_uris,
                grants,
                scope,
            }),
            _ => Err(errors),
        }
    }

    /// The same with changes.
    pub(crate) fn patched(
        &self,
        kind: ClientKind,
        patch: ClientPatch,
    ) -> Result<Self, Vec<FieldError>> {
        let scopes = || self.scope.iter().map(str::to_owned).collect();
        Self::read(
            kind,
            ClientInput {
                name: patch.name.unwrap_or_else(|| self.name.clone()),
                redirect_uris: patch
                    .redirect_uris
                    .unwrap_or_else(|| self.redirect_uris.clone()),
                grants: patch
                    .grants
                    .unwrap_or_else(|| self.grants.iter().copied().collect()),
                scopes: patch.scopes.unwrap_or_else(scopes),
            },
        )
    }
}

fn check_grants(kind: ClientKind, grants: &BTreeSet<Grant>, errors: &mut Vec<FieldError>) {
    let has = |grant| grants.contains(&grant);
    if !has(Grant::AuthorizationCode) && !has(Grant::ClientCredentials) {
        errors.push(FieldError::new(
            "/grants",
            "required",
            "Name `authorization_code`, `client_credentials` or both.",
        ));
    }
    if has(Grant::ClientCredentials) && kind == ClientKind::Public {
        errors.push(FieldError::new(
            "/grants",
            "not_allowed",
            "A public client cannot prove who it is, so it cannot act for itself.",
        ));
    }
    if has(Grant::RefreshToken) && !has(Grant::AuthorizationCode) {
        errors.push(FieldError::new(
            "/grants",
            "not_allowed",
            "Refresh tokens come with `authorization_code` only.",
        ));
    }
}

fn check_uris(uris: &[String], grants: &BTreeSet<Grant>, errors: &mut Vec<FieldError>) {
    let wanted = grants.contains(&Grant::AuthorizationCode);
    if wanted == uris.is_empty() {
        let (code, detail) = if wanted {
            (
                "required",
                "`authorization_code` needs somewhere to send people back to.",
            )
        } else {
            (
                "not_allowed",
                "Without `authorization_code` nobody is sent back.",
            )
        };
        errors.push(FieldError::new("/redirect_uris", code, detail));
    }
    if uris.len() > MAX_REDIRECT_URIS {
        errors.push(FieldError::new(
            "/redirect_uris",
            "too_many",
            "A client has at most 20 redirect URIs.",
        ));
        return;
    }
    for (position, uri) in uris.iter().enumerate() {
        let pointer = format!("/redirect_uris/{position}");
        errors.extend(check_redirect_uri(uri, &pointer).err());
        if uris[..position].contains(uri) {
            errors.push(FieldError::new(
                pointer,
                "duplicate",
                "The URI is there twice.",
            ));
        }
    }
}

impl ClientSecrets {
    /// Says whether a secret counts now. The hashes are compared, and what is compared cannot be chosen by a caller.
    pub(crate) fn accept(&self, secret: &SecretToken, now: Timestamp) -> bool {
        let hash = secret.hash();
        let is =
            |known: &[u8]| aws_lc_rs::constant_time::verify_slices_are_equal(known, &hash).is_ok();
        let current = self.current.as_deref().is_some_and(is);
        let previous = self
            .previous
            .as_ref()
            .is_some_and(|(known, until)| is(known) && now < *until);
        current || previous
    }
}

/// Shows no hash.
impl std::fmt::Debug for ClientSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecrets(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::Env;

    fn pointers(kind: ClientKind, grants: &[Grant], uris: &[&str], scopes: &[&str]) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let input = ClientInput {
            name: "Shop app".to_owned(),
            redirect_uris: owned(uris),
            grants: grants.to_vec(),
            scopes: owned(scopes),
        };
        let errors = ClientWish::read(kind, input).err().unwrap_or_default();
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        use ClientKind::{Confidential, Public};
        use Grant::{AuthorizationCode, ClientCredentials, RefreshToken};
        let uri = "https://c.example/cb";
        let code = [AuthorizationCode, RefreshToken];
        assert!(pointers(Public, &code, &[uri], &["openid"]).is_empty());
        assert!(pointers(Confidential, &[ClientCredentials], &[], &["api:read"]).is_empty());
        assert_eq!(
            pointers(Public, &[ClientCredentials], &[], &[]),
            ["/grants"]
        );
        assert_eq!(pointers(Confidential, &[], &[], &[]), ["/grants"]);
        assert_eq!(
            pointers(Confidential, &[RefreshToken, ClientCredentials], &[], &[]),
            ["/grants"]
        );
        assert_eq!(pointers(Public, &code, &[], &[]), ["/redirect_uris"]);
        assert_eq!(
            pointers(Public, &code, &[uri, uri], &[]),
            ["/redirect_uris/1"]
        );
        assert_eq!(
            pointers(Confidential, &[ClientCredentials], &[uri], &[]),
            ["/redirect_uris"]
        );
        assert_eq!(
            pointers(Confidential, &[ClientCredentials], &[], &["email"]),
            ["/scopes/0"]
        );
        assert_eq!(
            pointers(Public, &code, &[uri], &["openid", "everything"]),
            ["/scopes/1"]
        );
    }

    #[test]
    fn the_secret_before_counts_until_its_time_is_over() {
        let env = Env::system();
        let (old, new) = (SecretToken::generate(&env), SecretToken::generate(&env));
        let at = Timestamp::from_unix_seconds;
        let secrets = ClientSecrets {
            current: Some(new.hash()),
            previous: Some((old.hash(), at(100))),
        };
        assert!(secrets.accept(&new, at(200)) && secrets.accept(&old, at(99)));
        assert!(!secrets.accept(&old, at(100)));
        assert!(!ClientSecrets::default().accept(&new, at(0)));
    }
}
