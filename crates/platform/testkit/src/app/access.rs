//! Access tokens without the identity module: a key and sessions of the test's own.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tenon_access::{
    Authentication, KeySource, SessionCheck, SigningKey, TokenError, TokenIssuer, TokenVerifier,
    VerifierSettings, VerifyingKey,
};
use tenon_kernel::{Env, Role};
use uuid::Uuid;

use super::AppOptions;

const LIFETIME: Duration = Duration::from_mins(5);
/// Namespace of the ids that follow from names.
const TEST_USERS: Uuid = Uuid::from_u128(0x7465_6e6f_6e20_8000_8000_7465_7374_7573);

/// Issues tokens for made-up users and accepts them, next to those of the real sources.
pub(super) struct TestAccess {
    env: Env,
    key: SigningKey,
    issuer: TokenIssuer,
    sessions: Mutex<HashSet<Uuid>>,
    more_keys: Option<Arc<dyn KeySource>>,
    more_sessions: Option<Arc<dyn SessionCheck>>,
}

/// What the verifier holds; both sources are the same thing.
struct Source(Arc<TestAccess>);

impl TestAccess {
    pub(super) fn new(env: &Env, options: &AppOptions) -> Self {
        let tokens = &options.tokens;
        Self {
            env: env.clone(),
            key: SigningKey::generate(env),
            issuer: TokenIssuer::new(
                tokens.issuer.clone(),
                tokens.audience.clone(),
                LIFETIME,
                env.clone(),
            ),
            sessions: Mutex::default(),
            more_keys: options.keys.clone(),
            more_sessions: options.sessions.clone(),
        }
    }

    pub(super) fn verifier(
        this: &Arc<Self>,
        settings: VerifierSettings,
        env: Env,
    ) -> TokenVerifier {
        let source = || Source(Arc::clone(this));
        TokenVerifier::new(settings, Arc::new(source()), Arc::new(source()), env)
    }

    /// A fresh token of a sign-in at this moment: the test may have moved the clock since the last one.
    pub(super) fn token(&self, user: Uuid, roles: &[Role]) -> String {
        let session = Uuid::new_v5(&user, b"session");
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session);
        let signed_in = Authentication {
            at: self.env.now(),
            amr: vec!["pwd".to_owned()],
        };
        let (token, _) = self
            .issuer
            .issue(&self.key, user, session, roles, &signed_in)
            .expect("a token can be signed");
        token
    }
}

pub(super) fn user_id(name: &str) -> Uuid {
    Uuid::new_v5(&TEST_USERS, name.as_bytes())
}

#[async_trait]
impl KeySource for Source {
    async fn keys(&self) -> Result<Vec<VerifyingKey>, TokenError> {
        let mut keys = match &self.0.more_keys {
            Some(source) => source.keys().await?,
            None => Vec::new(),
        };
        keys.push(self.0.key.verifying_key());
        Ok(keys)
    }
}

#[async_trait]
impl SessionCheck for Source {
    async fn is_live(&self, session: Uuid) -> Result<bool, TokenError> {
        if self
            .0
            .sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&session)
        {
            return Ok(true);
        }
        match &self.0.more_sessions {
            Some(check) => check.is_live(session).await,
            None => Ok(false),
        }
    }
}
