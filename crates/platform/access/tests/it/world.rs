//! An issuer, a verifier, and a world in which keys, sessions and the clock obey the test.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_access::{
    Authentication, KeySource, SessionCheck, SigningKey, TokenError, TokenIssuer, TokenVerifier,
    VerifierSettings, VerifyingKey,
};
use tenon_kernel::testing::{ManualClock, SeededEntropy};
use tenon_kernel::{Env, Role, Timestamp};
use uuid::Uuid;

pub(crate) const ISSUER: &str = "https://shop.example";
pub(crate) const AUDIENCE: &str = "tenon";
pub(crate) const USER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
pub(crate) const SESSION: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);
/// How old a sign-in may be and pass for recent.
pub(crate) const RECENT: Duration = Duration::from_mins(30);
pub(crate) const CHECK_EVERY: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) env: Env,
    pub(crate) key: SigningKey,
    pub(crate) source: Arc<Source>,
    pub(crate) issuer: TokenIssuer,
    pub(crate) verifier: TokenVerifier,
}

/// Keys and sessions as identity would know them.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) keys: Mutex<Vec<VerifyingKey>>,
    pub(crate) ended: Mutex<HashSet<Uuid>>,
    pub(crate) down: Mutex<bool>,
    pub(crate) key_questions: AtomicUsize,
    pub(crate) session_questions: AtomicUsize,
}

#[async_trait]
impl KeySource for Source {
    async fn keys(&self) -> Result<Vec<VerifyingKey>, TokenError> {
        self.key_questions.fetch_add(1, Ordering::SeqCst);
        if *self.down.lock().expect("not poisoned") {
            return Err(TokenError::Unavailable);
        }
        Ok(self.keys.lock().expect("not poisoned").clone())
    }
}

#[async_trait]
impl SessionCheck for Source {
    async fn is_live(&self, session: Uuid) -> Result<bool, TokenError> {
        self.session_questions.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if *self.down.lock().expect("not poisoned") {
            return Err(TokenError::Unavailable);
        }
        Ok(!self.ended.lock().expect("not poisoned").contains(&session))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().expect("a time");
        let clock = Arc::new(ManualClock::starting_at(start));
        let env = Env::new(Arc::clone(&clock) as _, Arc::new(SeededEntropy::new(7)));
        let key = SigningKey::generate(&env);
        let source = Arc::new(Source::default());
        source.publish(&key);
        let settings = VerifierSettings {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            session_check_every: CHECK_EVERY,
            recent_sign_in: RECENT,
        };
        let verifier = TokenVerifier::new(
            settings,
            Arc::clone(&source) as _,
            Arc::clone(&source) as _,
            env.clone(),
        );
        let lifetime = Duration::from_mins(10);
        let issuer = TokenIssuer::new(
            ISSUER.to_owned(),
            AUDIENCE.to_owned(),
            lifetime,
            env.clone(),
        );
        Self {
            clock,
            env,
            key,
            source,
            issuer,
            verifier,
        }
    }

    pub(crate) fn token(&self) -> String {
        self.issuer
            .issue(
                &self.key,
                USER,
                SESSION,
                &[Role::Customer],
                &self.signed_in(),
            )
            .expect("a token")
            .0
    }

    /// A sign-in of this moment, by password.
    pub(crate) fn signed_in(&self) -> Authentication {
        Authentication {
            at: self.env.now(),
            amr: vec!["pwd".to_owned()],
        }
    }

    pub(crate) async fn verify(&self, token: &str) -> Result<(), TokenError> {
        self.verifier.verify(token).await.map(drop)
    }

    /// The header we write.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.key.kid() })
    }

    /// The claims we write.
    pub(crate) fn claims(&self) -> Value {
        let now = self.env.now().as_unix_seconds();
        let subject = self.token();
        let payload = subject.split('.').nth(1).expect("three parts");
        let mut claims: Value = serde_json::from_slice(&unbase64(payload)).expect("JSON");
        claims["iat"] = json!(now);
        claims
    }

    /// A token with this header and these claims, truly signed with our key.
    pub(crate) fn signed(&self, header: &Value, claims: &Value) -> String {
        self.signed_text(&header.to_string(), &claims.to_string())
    }

    pub(crate) fn signed_text(&self, header: &str, claims: &str) -> String {
        self.sign(&format!(
            "{}.{}",
            base64(header.as_bytes()),
            base64(claims.as_bytes())
        ))
    }

    /// Appends a true signature, made outside the crate under test.
    pub(crate) fn sign(&self, message: &str) -> String {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(
            self.key.to_bytes().as_slice(),
        )
        .expect("32 bytes");
        format!(
            "{message}.{}",
            base64(pair.sign(message.as_bytes()).as_ref())
        )
    }
}

impl Source {
    pub(crate) fn publish(&self, key: &SigningKey) {
        self.keys
            .lock()
            .expect("not poisoned")
            .push(key.verifying_key());
    }

    pub(crate) fn retire(&self, kid: &str) {
        self.keys
            .lock()
            .expect("not poisoned")
            .retain(|key| key.kid != kid);
    }

    pub(crate) fn end(&self, session: Uuid) {
        self.ended.lock().expect("not poisoned").insert(session);
    }

    pub(crate) fn set_down(&self, down: bool) {
        *self.down.lock().expect("not poisoned") = down;
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unbase64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
