//! The tokens that a program gets.

use aws_lc_rs::digest::{SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::{OauthClientId, SessionId};
use serde::Serialize;
use tenon_access::{Delegation, Scope, SigningKey};
use tenon_kernel::Timestamp;
use tenon_seam::{Executed, SeamError, SeamFault};

use super::OauthResult;
use crate::domain::factor::Amr;
use crate::domain::oauth::scopes::{OPENID, roles_for};
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::Service;

/// What a grant gives.
#[derive(Debug)]
pub(crate) struct OauthTokens {
    pub(crate) access_token: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) refresh_token: Option<SecretToken>,
    pub(crate) id_token: Option<String>,
    pub(crate) scope: Scope,
}

/// Whom a program acts for.
pub(super) struct OnBehalf<'a> {
    pub(super) client_id: OauthClientId,
    pub(super) account: &'a Account,
    pub(super) session_id: SessionId,
    pub(super) scope: Scope,
    pub(super) authenticated_at: Timestamp,
    pub(super) amr: Amr,
    pub(super) nonce: Option<&'a str>,
}

/// OpenID Connect Core §2.
#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    at_hash: String,
    sid: String,
}

impl Service {
    /// Signs an access token, and an ID token if the scope asks for one.
    pub(super) fn tokens_for(
        &self,
        key: &SigningKey,
        on_behalf: OnBehalf<'_>,
        refresh_token: Option<SecretToken>,
    ) -> OauthResult<OauthTokens> {
        let OnBehalf {
            client_id,
            account,
            session_id,
            scope,
            authenticated_at,
            amr,
            nonce,
        } = on_behalf;
        let delegation = Delegation {
            client_id: client_id.to_string(),
            scope,
        };
        let roles = roles_for(&delegation.scope, &account.roles);
        let (access_token, expires_at) = self
            .issuer
            .issue_delegated(
                key,
                account.id.uuid(),
                session_id.uuid(),
                &roles,
                &amr.shown_at(authenticated_at),
                &delegation,
            )
            .map_err(|_| unavailable())?;
        let id_token = delegation.scope.contains(OPENID).then(|| {
            let claims = IdToken {
                iss: &self.settings.issuer,
                sub: account.id.to_string(),
                aud: delegation.client_id.clone(),
                exp: expires_at.as_unix_seconds(),
                iat: self.now().as_unix_seconds(),
                auth_time: authenticated_at.as_unix_seconds(),
                amr: amr.values(),
                nonce,
                at_hash: half_hash(&access_token),
                sid: session_id.to_string(),
            };
            self.issuer.sign_claims(key, &claims)
        });
        Ok(OauthTokens {
            access_token,
            expires_at,
            refresh_token,
            id_token: id_token.transpose().map_err(|_| unavailable())?,
            scope: delegation.scope,
        })
    }
}

pub(super) fn unavailable<E>() -> SeamError<E> {
    SeamFault::Unavailable {
        executed: Executed::Unknown,
    }
    .into()
}

/// The left half of the hash that belongs to the signature (OpenID Connect Core §3.1.3.6): Ed25519 hashes by SHA-512.
fn half_hash(token: &str) -> String {
    let hash = digest(&SHA512, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..32])
}
