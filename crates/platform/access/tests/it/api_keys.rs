//! API keys: what is asked, how often, and what is decided at the edge itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tenon_access::{
    Admitted, ApiKey, ApiKeyCheck, ApiKeyGrant, ApiKeyProof, ApiKeySource, KeyRevision, Scope,
    TokenError, TokenVerifier,
};
use tenon_kernel::{Role, UserPrincipal};
use uuid::Uuid;

use crate::world::{CHECK_EVERY, USER, World};

const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003);

/// Keys as identity would know them.
#[derive(Default)]
struct Keys {
    grants: Mutex<HashMap<(Uuid, ApiKeyProof), ApiKeyGrant>>,
    questions: AtomicUsize,
    most_at_once: AtomicUsize,
    now_asking: AtomicUsize,
    is_down: Mutex<bool>,
}

#[async_trait]
impl ApiKeySource for Keys {
    async fn check(&self, key: ApiKeyCheck) -> Result<Option<ApiKeyGrant>, TokenError> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        let asking = self.now_asking.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(asking, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.now_asking.fetch_sub(1, Ordering::SeqCst);
        if *self.is_down.lock().expect("not poisoned") {
            return Err(TokenError::Unavailable);
        }
        let grants = self.grants.lock().expect("not poisoned");
        Ok(grants.get(&(key.id, key.proof)).cloned())
    }
}

struct Shop {
    world: World,
    keys: Arc<Keys>,
    revision: KeyRevision,
    verifier: TokenVerifier,
    key: ApiKey,
}

impl Shop {
    /// With one key, sent from anywhere, without an end.
    fn new() -> Self {
        let world = World::new();
        let (keys, revision) = (Arc::new(Keys::default()), KeyRevision::default());
        let source = Arc::clone(&keys) as _;
        let verifier = world.verifier.clone();
        let shop = Self {
            verifier: verifier.with_api_keys(source, revision.clone()),
            key: ApiKey::generate(ID, &world.env),
            world,
            keys,
            revision,
        };
        shop.set(|_| {});
        shop
    }

    /// Writes what the key opens.
    fn set(&self, change: impl FnOnce(&mut ApiKeyGrant)) {
        let mut grant = ApiKeyGrant {
            principal: UserPrincipal {
                user: USER,
                session: ID,
                roles: vec![Role::Customer],
                is_enrolling: false,
            },
            scope: Scope::parse("api:read").expect("a scope"),
            networks: Vec::new(),
            expires_at: None,
        };
        change(&mut grant);
        let mut grants = self.keys.grants.lock().expect("not poisoned");
        grants.insert((ID, self.key.proof()), grant);
    }

    fn revoke(&self) {
        self.keys.grants.lock().expect("not poisoned").clear();
    }

    async fn send(&self, from: Option<&str>) -> Result<Admitted, TokenError> {
        let from = from.map(|from| from.parse::<IpAddr>().expect("an address"));
        self.verifier.admit(self.key.expose(), from).await
    }

    fn questions(&self) -> usize {
        self.keys.questions.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_key_opens_what_its_grant_says_and_costs_one_question() {
    let shop = Shop::new();
    for _ in 0..100 {
        let admitted = shop.send(None).await.expect("accepted");
        assert_eq!(
            (admitted.principal.user, admitted.principal.session),
            (USER, ID)
        );
        assert_eq!(admitted.scope, Scope::parse("api:read"));
    }
    assert_eq!(shop.questions(), 1);
    shop.world.clock.advance(CHECK_EVERY);
    shop.send(None).await.expect("accepted");
    assert_eq!(shop.questions(), 2);
}

#[tokio::test]
async fn what_is_no_key_is_asked_about_nobody() {
    let shop = Shop::new();
    let text = shop.key.expose();
    let mut altered = text.to_owned();
    altered.replace_range(40..41, if &text[40..41] == "0" { "1" } else { "0" });
    for bad in [
        "tnk_",
        &text[..88],
        &format!("{text}0"),
        &altered,
        &text.to_uppercase(),
    ] {
        let refused = shop.verifier.admit(bad, None).await;
        assert_eq!(refused, Err(TokenError::Invalid), "{bad}");
    }
    assert_eq!(shop.questions(), 0);
    let other = ApiKey::generate(ID, &shop.world.env);
    for _ in 0..3 {
        let refused = shop.verifier.admit(other.expose(), None).await;
        assert_eq!(refused, Err(TokenError::Invalid), "another secret");
    }
    assert_eq!(shop.questions(), 1, "the answer is remembered");
}

#[tokio::test]
async fn tokens_are_taken_beside_keys_and_keys_only_where_there_are_some() {
    let shop = Shop::new();
    let token = shop.world.token();
    shop.verifier.admit(&token, None).await.expect("accepted");
    let without = shop.world.verifier.admit(shop.key.expose(), None).await;
    assert_eq!(without, Err(TokenError::Invalid));
}

#[tokio::test]
async fn the_caller_must_be_in_a_network_of_the_key() {
    let shop = Shop::new();
    let networks = ["192.0.2.0/24", "2001:db8::/32"].map(|text| text.parse().expect("a network"));
    shop.set(|grant| grant.networks = networks.to_vec());
    for good in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:1::9"] {
        assert!(shop.send(Some(good)).await.is_ok(), "{good}");
    }
    for bad in [Some("192.0.3.1"), Some("2001:db9::1"), None] {
        assert_eq!(shop.send(bad).await, Err(TokenError::Invalid), "{bad:?}");
    }
    assert_eq!(shop.questions(), 1);
}

#[tokio::test]
async fn a_key_ends_to_the_moment_although_the_answer_is_remembered() {
    let shop = Shop::new();
    let second = Duration::from_secs(1);
    let end = shop.world.env.now() + second + second;
    shop.set(|grant| grant.expires_at = Some(end));
    shop.send(None).await.expect("accepted");
    shop.world.clock.advance(second);
    shop.send(None).await.expect("accepted");
    shop.world.clock.advance(second);
    assert_eq!(shop.send(None).await, Err(TokenError::Expired));
    assert_eq!(shop.questions(), 1);
}

#[tokio::test]
async fn a_revoked_key_ends_at_once_here_and_after_the_check_interval_elsewhere() {
    let shop = Shop::new();
    shop.send(None).await.expect("accepted");
    shop.revoke();
    let almost = CHECK_EVERY.saturating_sub(Duration::from_secs(1));
    shop.world.clock.advance(almost);
    shop.send(None)
        .await
        .expect("changed elsewhere, and not asked yet");
    shop.world.clock.advance(Duration::from_secs(1));
    assert_eq!(shop.send(None).await, Err(TokenError::Invalid));

    shop.set(|_| {});
    shop.revision.advance();
    shop.send(None).await.expect("accepted");
    shop.revoke();
    shop.revision.advance();
    assert_eq!(
        shop.send(None).await,
        Err(TokenError::Invalid),
        "changed here"
    );
}

#[tokio::test]
async fn nobody_is_let_in_while_keys_cannot_be_checked() {
    let shop = Shop::new();
    shop.send(None).await.expect("accepted");
    *shop.keys.is_down.lock().expect("not poisoned") = true;
    shop.send(None).await.expect("known");
    shop.world.clock.advance(CHECK_EVERY);
    assert_eq!(shop.send(None).await, Err(TokenError::Unavailable));
    *shop.keys.is_down.lock().expect("not poisoned") = false;
    shop.send(None).await.expect("accepted");
}

/// Well-formed keys cost nothing to make, so they must not become the load of whoever answers.
#[tokio::test]
async fn made_up_keys_are_asked_about_a_few_at_a_time_and_one_key_once() {
    let shop = Shop::new();
    let same = (0..64).map(|_| shop.key.expose().to_owned());
    let made_up = (0..200).map(|_| ApiKey::generate(ID, &shop.world.env).expose().to_owned());
    let verifications = same.chain(made_up).map(|text| {
        let verifier = shop.verifier.clone();
        tokio::spawn(async move { verifier.admit(&text, None).await.is_ok() })
    });
    let mut accepted = 0;
    for verification in verifications.collect::<Vec<_>>() {
        accepted += usize::from(verification.await.expect("no panic"));
    }
    assert_eq!((accepted, shop.questions()), (64, 201));
    let at_once = shop.keys.most_at_once.load(Ordering::SeqCst);
    assert!((2..=16).contains(&at_once), "{at_once}");
}
