//! Checks access tokens and API keys.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use moka::sync::Cache;
use tenon_kernel::{Env, Timestamp, UserPrincipal};
use uuid::Uuid;

use crate::api_key_cache::ApiKeyCache;
use crate::key_cache::KeyCache;
use crate::session_cache::{Session, SessionCache};
use crate::token::{MAX_TOKEN_BYTES, Unverified};
use crate::{
    AccessClaims, ApiKey, ApiKeySource, Credential, Holder, KeyRevision, KeySource, Scope,
    SessionCheck, SignInTooOld, TokenError,
};

/// Verified tokens remembered at once: about 50 MB if full.
const CAPACITY: u64 = 50_000;

/// Fixed facts about this installation's tokens.
#[derive(Debug, Clone)]
pub struct VerifierSettings {
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: String,
    /// How stale a revocation may be.
    pub session_check_every: Duration,
    /// How old the sign-in may be where an operation asks for a recent one.
    pub recent_sign_in: Duration,
}

/// Checks access tokens and API keys; verified tokens are cached by hash until they expire. Cheap to clone.
#[derive(Clone)]
pub struct TokenVerifier {
    inner: Arc<Inner>,
    /// Absent: no key is one here.
    api_keys: Option<Arc<ApiKeyCache>>,
}

struct Inner {
    settings: VerifierSettings,
    env: Env,
    keys: KeyCache,
    sessions: SessionCache,
    verified: Cache<[u8; 32], Arc<Verified>>,
}

/// Who acts by a good token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who acts, or for whom a program does.
    pub principal: UserPrincipal,
    /// What the program may do; nothing limits people who are signed in here themselves.
    pub scope: Option<Scope>,
    /// Who holds the credential.
    pub holder: Holder,
    /// Which credential it is.
    pub credential: Credential,
}

/// A token whose signature and claims are good.
struct Verified {
    claims: AccessClaims,
    principal: UserPrincipal,
    session: Arc<Session>,
}

impl TokenVerifier {
    /// Checks against these keys and sessions.
    pub fn new(
        settings: VerifierSettings,
        keys: Arc<dyn KeySource>,
        sessions: Arc<dyn SessionCheck>,
        env: Env,
    ) -> Self {
        let sessions = SessionCache::new(sessions, settings.session_check_every);
        let keys = KeyCache::new(keys, env.clone());
        let inner = Inner {
            settings,
            env,
            keys,
            sessions,
            verified: Cache::new(CAPACITY),
        };
        Self {
            inner: Arc::new(inner),
            api_keys: None,
        }
    }

    /// The same, which takes API keys, too. What is known about a key counts as long as what is known about a session,
    /// and no longer than until `revision` moves on.
    #[must_use]
    pub fn with_api_keys(self, source: Arc<dyn ApiKeySource>, revision: KeyRevision) -> Self {
        let check_every = self.inner.settings.session_check_every;
        let api_keys = ApiKeyCache::new(source, check_every, revision);
        Self {
            api_keys: Some(Arc::new(api_keys)),
            ..self
        }
    }

    /// Checks what a caller sent as bearer, an access token or an API key; says who acts, and what limits them. `from` is
    /// their address, if it is known.
    ///
    /// # Errors
    ///
    /// As [`TokenVerifier::verify`].
    pub async fn admit(
        &self,
        credential: &str,
        from: Option<IpAddr>,
    ) -> Result<Admitted, TokenError> {
        match &self.api_keys {
            Some(keys) if ApiKey::is_meant(credential) => {
                keys.admit(credential, from, self.inner.env.now()).await
            }
            _ => self.verify(credential).await,
        }
    }

    /// Checks one token; says who acts, and what limits them.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unavailable`] if keys or the session's state cannot be had: then nobody is let in.
    /// The others say why the token is not accepted.
    pub async fn verify(&self, token: &str) -> Result<Admitted, TokenError> {
        let inner = &*self.inner;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid); // before it costs a hash
        }
        let now = inner.env.now();
        let fingerprint = sha256(token);
        let verified = if let Some(verified) = inner.verified.get(&fingerprint) {
            verified
        } else {
            let verified = Arc::new(inner.check(token, now).await?);
            inner.verified.insert(fingerprint, Arc::clone(&verified));
            verified
        };
        if verified.claims.has_expired(now) {
            inner.verified.invalidate(&fingerprint);
            return Err(TokenError::Expired);
        }
        inner.sessions.ensure_live(&verified.session, now).await?;
        Ok(Admitted {
            principal: verified.principal.clone(),
            scope: verified
                .claims
                .delegation
                .as_ref()
                .map(|delegation| delegation.scope.clone()),
            holder: verified.claims.holder.clone(),
            credential: match &verified.claims.delegation {
                Some(delegation) => Credential::Client(delegation.client_id.clone()),
                None => Credential::Account,
            },
        })
    }

    /// Refuses a person whose sign-in is not recent: for what cannot be taken back.
    ///
    /// # Errors
    ///
    /// [`SignInTooOld`]
    pub fn require_recent_sign_in(&self, holder: &Holder) -> Result<(), SignInTooOld> {
        let inner = &*self.inner;
        holder.require_recent_sign_in(inner.settings.recent_sign_in, inner.env.now())
    }

    /// Forgets what is cached about a session: called when its end is known here.
    pub fn forget_session(&self, session: Uuid) {
        self.inner.sessions.forget(session);
    }
}

impl Inner {
    async fn check(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
        let token = Unverified::parse(token)?;
        let key = self
            .keys
            .find(&token.kid, || self.verified.invalidate_all())
            .await?;
        if !key.verify(token.signed, &token.signature) {
            return Err(TokenError::Invalid);
        }
        let claims = AccessClaims::read(
            &token.claims()?,
            &self.settings.issuer,
            &self.settings.audience,
            now,
        )?;
        let principal = UserPrincipal {
            user: claims.user,
            session: claims.session,
            roles: claims.roles.clone(),
            is_enrolling: claims.is_enrolling,
        };
        let session = self.sessions.session(claims.session);
        Ok(Verified {
            claims,
            principal,
            session,
        })
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenVerifier")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

fn sha256(token: &str) -> [u8; 32] {
    digest(&SHA256, token.as_bytes())
        .as_ref()
        .try_into()
        .expect("SHA-256 gives 32 bytes")
}
