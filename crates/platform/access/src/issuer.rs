//! Makes access tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use tenon_kernel::{Env, Id, Role, Timestamp};
use uuid::Uuid;

use crate::claims::{Client, ENROLLING_FACTOR, MAX_LIFETIME, Session, Subject};
use crate::token::{ALGORITHM, TYPE};
use crate::{Authentication, Delegation, SigningKey, TokenError};

/// Makes access tokens; only identity has one.
#[derive(Debug)]
pub struct TokenIssuer {
    issuer: String,
    audience: String,
    lifetime: Duration,
    env: Env,
}

/// What a token is to open.
#[derive(Clone, Copy)]
enum Rights<'a> {
    Roles(&'a [Role]),
    /// Nothing but adding a second factor.
    Enrolling,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

/// RFC 9068 §2.2, and `sid` of OpenID Connect.
#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    sid: Id<Session>,
    roles: &'a [Role],
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolling: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<&'a [String]>,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

impl TokenIssuer {
    /// `lifetime` is 5 to 10 minutes; more than 15 would not be accepted and is cut.
    pub fn new(issuer: String, audience: String, lifetime: Duration, env: Env) -> Self {
        Self {
            issuer,
            audience,
            lifetime: lifetime.min(MAX_LIFETIME),
            env,
        }
    }

    /// Signs a token of our own sign-in, which nothing limits; also returns when it expires.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unavailable`] if it cannot be written.
    pub fn issue(
        &self,
        key: &SigningKey,
        user: Uuid,
        session: Uuid,
        roles: &[Role],
        authentication: &Authentication,
    ) -> Result<(String, Timestamp), TokenError> {
        let subject = Id::<Subject>::from_uuid(user).to_string();
        self.write(
            key,
            subject,
            session,
            Rights::Roles(roles),
            Some(authentication),
            None,
        )
    }

    /// Signs a token of our own sign-in for a person who has to add a second factor first. There are no roles in it, so that
    /// it opens little even where nobody knows the claim yet.
    ///
    /// # Errors
    ///
    /// As [`TokenIssuer::issue`].
    pub fn issue_enrolling(
        &self,
        key: &SigningKey,
        user: Uuid,
        session: Uuid,
        authentication: &Authentication,
    ) -> Result<(String, Timestamp), TokenError> {
        let subject = Id::<Subject>::from_uuid(user).to_string();
        self.write(
            key,
            subject,
            session,
            Rights::Enrolling,
            Some(authentication),
            None,
        )
    }

    /// Signs a token with which a program acts for a person.
    ///
    /// # Errors
    ///
    /// As [`TokenIssuer::issue`].
    pub fn issue_delegated(
        &self,
        key: &SigningKey,
        user: Uuid,
        session: Uuid,
        roles: &[Role],
        authentication: &Authentication,
        delegation: &Delegation,
    ) -> Result<(String, Timestamp), TokenError> {
        let subject = Id::<Subject>::from_uuid(user).to_string();
        self.write(
            key,
            subject,
            session,
            Rights::Roles(roles),
            Some(authentication),
            Some(delegation),
        )
    }

    /// Signs a token with which a program acts for itself. It has no session: it lives as long as its client, whose id
    /// stands in for one.
    ///
    /// # Errors
    ///
    /// As [`TokenIssuer::issue`].
    pub fn issue_to_client(
        &self,
        key: &SigningKey,
        client: Uuid,
        roles: &[Role],
        delegation: &Delegation,
    ) -> Result<(String, Timestamp), TokenError> {
        let subject = Id::<Client>::from_uuid(client).to_string();
        self.write(
            key,
            subject,
            client,
            Rights::Roles(roles),
            None,
            Some(delegation),
        )
    }

    /// Signs claims that are no access token: their type says so, so that nobody takes them for one.
    ///
    /// # Errors
    ///
    /// As [`TokenIssuer::issue`].
    pub fn sign_claims(
        &self,
        key: &SigningKey,
        claims: &impl Serialize,
    ) -> Result<String, TokenError> {
        sign(key, "JWT", claims)
    }

    fn write(
        &self,
        key: &SigningKey,
        sub: String,
        session: Uuid,
        rights: Rights<'_>,
        authentication: Option<&Authentication>,
        delegation: Option<&Delegation>,
    ) -> Result<(String, Timestamp), TokenError> {
        let issued_at = self.env.now().as_unix_seconds();
        let expires_at = Timestamp::from_unix_seconds(issued_at) + self.lifetime;
        let payload = Payload {
            iss: &self.issuer,
            aud: &self.audience,
            sub,
            sid: Id::from_uuid(session),
            roles: match rights {
                Rights::Roles(roles) => roles,
                Rights::Enrolling => &[],
            },
            enrolling: match rights {
                Rights::Roles(_) => None,
                Rights::Enrolling => Some(ENROLLING_FACTOR),
            },
            client_id: delegation.map(|delegation| delegation.client_id.as_str()),
            scope: delegation.map(|delegation| delegation.scope.to_string()),
            auth_time: authentication.map(|authentication| authentication.at.as_unix_seconds()),
            amr: authentication.map(|authentication| authentication.amr.as_slice()),
            iat: issued_at,
            nbf: issued_at,
            exp: expires_at.as_unix_seconds(),
            jti: URL_SAFE_NO_PAD.encode(self.env.random::<16>()),
        };
        Ok((sign(key, TYPE, &payload)?, expires_at))
    }
}

fn sign(
    key: &SigningKey,
    typ: &'static str,
    claims: &impl Serialize,
) -> Result<String, TokenError> {
    let header = encode(&Header {
        alg: ALGORITHM,
        typ,
        kid: key.kid(),
    })?;
    let signed = format!("{header}.{}", encode(claims)?);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    Ok(format!("{signed}.{signature}"))
}

fn encode(part: &impl Serialize) -> Result<String, TokenError> {
    let json = serde_json::to_vec(part).map_err(|_| TokenError::Unavailable)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
