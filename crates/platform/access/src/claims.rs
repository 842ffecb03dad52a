//! What an access token says, and the rules its claims must keep.

use std::time::Duration;

use serde::Deserialize as _;
use tenon_kernel::{Id, IdKind, Role, Timestamp};
use uuid::Uuid;

use crate::token::{Members, Unverified};
use crate::{Authentication, Holder, Scope, TokenError, VerifyingKey};

/// How far clocks of machines may be apart.
pub(crate) const LEEWAY: Duration = Duration::from_secs(30);
/// No token of ours lives longer, so one that says so was not made by us.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_mins(15);
/// More roles than exist.
const MAX_ROLES: usize = 16;
/// Longer than any id we make.
const MAX_JTI: usize = 64;

/// The claim that says what has to be added before the token is good for anything else.
pub(crate) const ENROLLING: &str = "enrolling";
/// What that is.
pub(crate) const ENROLLING_FACTOR: &str = "second_factor";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// The user.
    pub user: Uuid,
    /// The session, so that signing out can end it.
    pub session: Uuid,
    /// Roles at the time of issue.
    pub roles: Vec<Role>,
    /// Whether its holder has to add a second factor before anything else.
    pub is_enrolling: bool,
    /// What the token is limited to; nothing limits those of our own sign-in.
    pub delegation: Option<Delegation>,
    /// Who holds it.
    pub holder: Holder,
    /// Start of life.
    pub issued_at: Timestamp,
    /// End of life.
    pub expires_at: Timestamp,
}

/// Whom a token was given to, and for what: claims `client_id` and `scope` (RFC 9068 §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The program that acts.
    pub client_id: String,
    /// What it may do.
    pub scope: Scope,
}

/// The kind of `sub`: users are named in tokens as in the rest of the API.
pub(crate) struct Subject;

impl IdKind for Subject {
    const PREFIX: &'static str = "usr";
}

/// The kind of `sub` where a program acts for itself (RFC 9068 §2.2: `sub` is then the client).
pub(crate) struct Client;

impl IdKind for Client {
    const PREFIX: &'static str = "cli";
}

/// The kind of `sid`.
pub(crate) struct Session;

impl IdKind for Session {
    const PREFIX: &'static str = "ses";
}

impl AccessClaims {
    /// Reads the claims of a token whose signature is good.
    pub(crate) fn read(
        claims: &Members,
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        if claims.text("iss")? != issuer || claims.text("aud")? != audience {
            return Err(TokenError::Invalid);
        }
        let jti = claims.text("jti")?;
        if jti.is_empty() || jti.len() > MAX_JTI {
            return Err(TokenError::Invalid);
        }
        let (issued_at, expires_at) = read_lifetime(claims, now)?;
        let delegation = read_delegation(claims)?;
        let (user, is_program) = read_subject(claims, delegation.as_ref())?;
        Ok(Self {
            user,
            holder: if is_program {
                Holder::Program
            } else {
                Holder::Person(Authentication::read(claims, issued_at)?)
            },
            session: read_id::<Session>(claims, "sid")?,
            roles: read_roles(claims)?,
            is_enrolling: read_enrolling(claims)?,
            delegation,
            issued_at,
            expires_at,
        })
    }

    /// Checks a token by these keys alone: for its issuer, which knows itself what became of the session.
    ///
    /// # Errors
    ///
    /// [`TokenError::Invalid`] or [`TokenError::Expired`].
    pub fn verify(
        token: &str,
        keys: &[VerifyingKey],
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let token = Unverified::parse(token)?;
        let key = keys.iter().find(|key| key.kid == token.kid);
        if !key.is_some_and(|key| key.verify(token.signed, &token.signature)) {
            return Err(TokenError::Invalid);
        }
        Self::read(&token.claims()?, issuer, audience, now)
    }

    /// Says whether the token is too old, leeway included.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at + LEEWAY
    }
}

fn read_lifetime(claims: &Members, now: Timestamp) -> Result<(Timestamp, Timestamp), TokenError> {
    let issued_at = Timestamp::from_unix_seconds(claims.seconds("iat")?);
    let not_before = Timestamp::from_unix_seconds(claims.seconds("nbf")?);
    let expires_at = Timestamp::from_unix_seconds(claims.seconds("exp")?);
    let starts_in_future = issued_at > now + LEEWAY || not_before > now + LEEWAY;
    if starts_in_future || expires_at <= issued_at || expires_at.since(issued_at) > MAX_LIFETIME {
        return Err(TokenError::Invalid);
    }
    if now >= expires_at + LEEWAY {
        return Err(TokenError::Expired);
    }
    Ok((issued_at, expires_at))
}

/// Both claims or neither: a limit that cannot be read must not become none.
fn read_delegation(claims: &Members) -> Result<Option<Delegation>, TokenError> {
    if !claims.has("scope") && !claims.has("client_id") {
        return Ok(None);
    }
    let client_id = claims.text("client_id")?;
    if client_id.is_empty() || client_id.len() > MAX_JTI {
        return Err(TokenError::Invalid);
    }
    let scope = Scope::parse(claims.text("scope")?).ok_or(TokenError::Invalid)?;
    Ok(Some(Delegation {
        client_id: client_id.to_owned(),
        scope,
    }))
}

/// A person, or the program that acts for itself; says whether it is one.
fn read_subject(
    claims: &Members,
    delegation: Option<&Delegation>,
) -> Result<(Uuid, bool), TokenError> {
    match delegation {
        Some(delegation) if claims.text("sub")? == delegation.client_id => {
            Ok((read_id::<Client>(claims, "sub")?, true))
        }
        _ => Ok((read_id::<Subject>(claims, "sub")?, false)),
    }
}

/// There is one value: a limit that cannot be read must not become none.
fn read_enrolling(claims: &Members) -> Result<bool, TokenError> {
    if !claims.has(ENROLLING) {
        return Ok(false);
    }
    if claims.text(ENROLLING)? != ENROLLING_FACTOR {
        return Err(TokenError::Invalid);
    }
    Ok(true)
}

fn read_id<K: IdKind>(claims: &Members, name: &str) -> Result<Uuid, TokenError> {
    claims
        .text(name)?
        .parse::<Id<K>>()
        .map(Id::uuid)
        .map_err(|_| TokenError::Invalid)
}

/// Roles of a newer version become [`Role::Unknown`], which gives no right.
fn read_roles(claims: &Members) -> Result<Vec<Role>, TokenError> {
    let roles = claims.list("roles")?;
    if roles.len() > MAX_ROLES {
        return Err(TokenError::Invalid);
    }
    roles
        .iter()
        .map(|role| Role::deserialize(role).map_err(|_| TokenError::Invalid))
        .collect()
}
