//! Identity behind the real edge, with a moving clock, and people who use it.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use identity::edge::IdentitySource;
use identity::{
    Deps, Identity, IdentitySettings, KeyRingEntry, MIGRATIONS, NewUser, Operations, PasswordCost,
};
use identity_contract::{
    ChallengeId, ChallengeMessage, GetChallengeMessage, IdentityClient, IdentityError,
};
use serde_json::{Value, json};
use tenon_access::{Policy, VerifierSettings};
use tenon_kernel::{CursorKey, Role};
use tenon_module::Invariant;
use tenon_seam::{EdgeSettings, Mode, Seam, SeamError, SeamResult};
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestReply, engines};
use tenon_web::policy_table;

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) identity: Arc<dyn identity_contract::Identity>,
    pub(crate) operations: Operations,
    pub(crate) policies: Vec<(Method, &'static str, &'static str, Policy)>,
    pub(crate) invariants: Vec<Arc<dyn Invariant>>,
    /// Problems that operations say they can answer.
    pub(crate) problems: Vec<(u16, &'static str)>,
}

/// Runs a test in a fresh world on each engine.
pub(crate) async fn on_each_engine(test: impl AsyncFn(&World)) {
    for engine in engines() {
        let world = World::new(Kit::migrated(engine, &[MIGRATIONS]).await).await;
        test(&world).await;
        world.app.settle().await;
        world.app.assert_invariants().await;
    }
}

impl World {
    /// Its edge asks about sessions and keys each time.
    pub(crate) async fn new(kit: Kit) -> Self {
        Self::checking_every(kit, Duration::ZERO).await
    }

    /// Its edge remembers what it is told of sessions and keys for that long.
    pub(crate) async fn checking_every(kit: Kit, session_check_every: Duration) -> Self {
        Self::set(kit, session_check_every, |_| {}).await
    }

    /// With other settings.
    pub(crate) async fn set(
        kit: Kit,
        session_check_every: Duration,
        change: impl FnOnce(&mut IdentitySettings),
    ) -> Self {
        let env = kit.env();
        let mut settings = IdentitySettings {
            key_ring: vec![KeyRingEntry::generate("test", &env)],
            password_queue: 100,
            ..IdentitySettings::default()
        };
        change(&mut settings);
        let tokens = VerifierSettings {
            session_check_every,
            ..settings.verifier()
        };
        let deps = Deps {
            db: kit.db(MIGRATIONS).await,
            cursor_key: CursorKey::new(b"test"),
            // Thousands of hashes are made on the way to something else; what one costs the hasher's own tests see to.
            password_cost: PasswordCost {
                memory_kib: 8,
                passes: 1,
            },
        };
        let Identity {
            module,
            contract,
            operations,
            key_revision,
        } = Identity::build(settings, deps).expect("good settings");
        let source = Arc::new(IdentitySource::new(Arc::clone(&contract), env));
        let options = AppOptions {
            tokens,
            keys: Some(Arc::clone(&source) as _),
            sessions: Some(Arc::clone(&source) as _),
            api_keys: Some((source, key_revision)),
            ..AppOptions::default()
        };
        let policies = policy_table(&module.endpoints);
        let invariants = module.invariants.clone();
        let problems = module
            .endpoints
            .iter()
            .flat_map(|endpoint| endpoint.problems().to_vec())
            .collect();
        let app = TestApp::with(kit, vec![module], options).await;
        Self {
            app,
            identity: contract,
            operations,
            policies,
            invariants,
            problems,
        }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.app.kit().advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> TestReply {
        self.app.anonymous().post(path).json(&body).await
    }

    /// Registers; what follows happens in the background.
    pub(crate) async fn register(&self, email: &str, password: &str) {
        let reply = self
            .post(
                "/v1/auth/registrations",
                json!({ "email": email, "password": password }),
            )
            .await;
        reply.expect(202);
        self.app.settle().await;
    }

    /// Asks for a mail.
    pub(crate) async fn ask(&self, purpose: &str, email: &str) {
        self.post(
            "/v1/auth/challenges",
            json!({ "purpose": purpose, "email": email }),
        )
        .await
        .expect(202);
        self.app.settle().await;
    }

    /// The mails sent so far, as the notifications module gets them; answered and expired ones are left out.
    pub(crate) async fn mails(&self) -> Vec<ChallengeMessage> {
        let mut mails = Vec::new();
        for event in self.app.events("identity", "challenge.created").await {
            let id = event.data["challenge_id"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("an id");
            match self.message(id).await {
                Ok(mail) => mails.push(mail),
                Err(SeamError::Domain(IdentityError::ChallengeNotFound)) => {}
                Err(error) => panic!("{id}: {error}"),
            }
        }
        mails
    }

    /// What notifications is told about a challenge.
    pub(crate) async fn message(
        &self,
        challenge_id: ChallengeId,
    ) -> SeamResult<ChallengeMessage, IdentityError> {
        let ctx = self.app.kit().ctx().calling_from("notifications");
        self.identity
            .get_challenge_message(&ctx, GetChallengeMessage { challenge_id })
            .await
    }

    /// Identity as another module reaches it over the seam.
    pub(crate) fn seen_by(
        &self,
        caller: &'static str,
        mode: Mode,
    ) -> Arc<dyn identity_contract::Identity> {
        let settings = EdgeSettings {
            mode,
            ..EdgeSettings::default()
        };
        let seam =
            Seam::new([("identity".to_owned(), settings)].into()).declare(caller, &["identity"]);
        IdentityClient::connect(&seam, caller, Some(Arc::clone(&self.identity)))
            .expect("the settings hold")
    }

    /// The newest mail that can be answered.
    pub(crate) async fn mail(&self) -> ChallengeMessage {
        self.mails().await.pop().expect("a mail")
    }

    pub(crate) async fn answer(
        &self,
        mail: &ChallengeMessage,
        new_password: Option<&str>,
    ) -> TestReply {
        let mut body = json!({ "token": mail.token });
        if let Some(password) = new_password {
            body["new_password"] = json!(password);
        }
        self.post(
            &format!("/v1/auth/challenges/{}/responses", mail.challenge_id),
            body,
        )
        .await
    }

    /// Registers and verifies.
    pub(crate) async fn account(&self, email: &str) {
        self.register(email, PASSWORD).await;
        self.answer(&self.mail().await, None).await.expect(204);
    }

    pub(crate) async fn try_sign_in(&self, email: &str, password: &str) -> TestReply {
        self.post(
            "/v1/auth/sessions",
            json!({ "email": email, "password": password }),
        )
        .await
    }

    /// Signs in; returns the tokens.
    pub(crate) async fn sign_in(&self, email: &str) -> Value {
        self.try_sign_in(email, PASSWORD).await.expect(201)
    }

    pub(crate) async fn refresh(&self, tokens: &Value) -> TestReply {
        self.post(
            "/v1/auth/tokens",
            json!({ "refresh_token": tokens["refresh_token"] }),
        )
        .await
    }

    /// Someone with these tokens.
    pub(crate) fn with(&self, tokens: &Value) -> Client {
        self.app
            .with_token(tokens["access_token"].as_str().expect("a token"))
    }

    /// A user made by hand, signed in.
    pub(crate) async fn made(&self, email: &str, roles: &[Role]) -> (String, Client) {
        let user = NewUser {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            display_name: None,
            roles: roles.to_vec(),
        };
        let id = self
            .operations
            .create_user(&self.app.kit().ctx(), user)
            .await
            .expect("made");
        let tokens = self.sign_in(email).await;
        (id.to_string(), self.with(&tokens))
    }

    /// Types of the events emitted so far that start so, in order.
    pub(crate) async fn events(&self, event_type: &str) -> Vec<Value> {
        self.app
            .events("identity", event_type)
            .await
            .into_iter()
            .map(|event| event.data)
            .collect()
    }
}

/// A problem without what differs from request to request.
pub(crate) fn comparable(reply: &TestReply) -> Value {
    let mut body = reply.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("trace_id");
        members.remove("incident");
    }
    json!({ "status": reply.status().as_u16(), "body": body })
}
