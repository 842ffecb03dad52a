//! Makes access tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use tenon_kernel::{Env, Id, Role, Timestamp};
use uuid::Uuid;

use crate::claims::{MAX_LIFETIME, Session, Subject};
use crate::token::{ALGORITHM, TYPE};
use crate::{SigningKey, TokenError};

/// Makes access tokens; only identity has one.
#[derive(Debug)]
pub struct TokenIssuer {
    issuer: String,
    audience: String,
    lifetime: Duration,
    env: Env,
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
    sub: Id<Subject>,
    sid: Id<Session>,
    roles: &'a [Role],
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

    /// Signs a token; also returns when it expires.
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
    ) -> Result<(String, Timestamp), TokenError> {
        let issued_at = self.env.now().as_unix_seconds();
        let expires_at = Timestamp::from_unix_seconds(issued_at) + self.lifetime;
        let header = encode(&Header {
            alg: ALGORITHM,
            typ: TYPE,
            kid: key.kid(),
        })?;
        let payload = encode(&Payload {
            iss: &self.issuer,
            aud: &self.audience,
            sub: Id::from_uuid(user),
            sid: Id::from_uuid(session),
            roles,
            iat: issued_at,
            nbf: issued_at,
            exp: expires_at.as_unix_seconds(),
            jti: URL_SAFE_NO_PAD.encode(self.env.random::<16>()),
        })?;
        let signed = format!("{header}.{payload}");
        let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        Ok((format!("{signed}.{signature}"), expires_at))
    }
}

fn encode(part: &impl Serialize) -> Result<String, TokenError> {
    let json = serde_json::to_vec(part).map_err(|_| TokenError::Unavailable)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
