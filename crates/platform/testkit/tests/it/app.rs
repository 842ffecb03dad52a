//! The app in a box: users, events, work that is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenon_access::Policy;
use tenon_events::{Emit as _, Handle, HandlerError, Receipt, Subscription};
use tenon_kernel::{CallCtx, Role};
use tenon_module::{Invariant, Module, Violation};
use tenon_store::{Db, Migrations, StoreError};
use tenon_testkit::{Kit, TestApp, TestEngine, engines};
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

const BELLS: Migrations = module("bells");
const EARS: Migrations = module("ears");

const fn module(module: &'static str) -> Migrations {
    Migrations {
        module,
        sqlite: None,
        postgres: None,
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rung {
    bell: String,
}

tenon_seam::event!(Rung, "bell.rung", 1, bell);

#[derive(Serialize, JsonSchema)]
struct WhoView {
    principal: String,
}

async fn ring(
    State(db): State<Db>,
    Ctx(mut ctx): Ctx,
    ApiJson(body): ApiJson<Rung>,
) -> Result<Reply, Problem> {
    let principal = ctx.principal.to_string();
    let mut tx = db.begin(&mut ctx, "bells.ring").await?;
    tx.emit(&body).await?;
    tx.commit().await?;
    Ok(Reply::ok(&WhoView { principal }))
}

#[derive(Default)]
struct Ears {
    heard: AtomicU32,
}

#[async_trait]
impl Handle<Rung> for Ears {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        _: Rung,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let tx = receipt.begin(ctx, "ears.hear").await?;
        tx.commit().await?;
        self.heard.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Holds while nobody has heard anything.
struct Silence(Arc<Ears>);

#[async_trait]
impl Invariant for Silence {
    fn name(&self) -> &'static str {
        "ears.silence"
    }

    fn description(&self) -> &'static str {
        "Nobody hears anything."
    }

    async fn check(&self, _: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let heard = self.0.heard.load(Ordering::Relaxed);
        let violation = || Violation {
            subject: "ears".to_owned(),
            expected: "0".to_owned(),
            actual: heard.to_string(),
        };
        Ok((heard > 0).then(violation).into_iter().collect())
    }
}

async fn app(engine: TestEngine) -> (TestApp, Arc<Ears>) {
    let kit = Kit::new(engine).await;
    let (bells, ears) = (kit.db(BELLS).await, kit.db(EARS).await);
    let listener = Arc::new(Ears::default());
    let endpoint = Endpoint::post("/v1/rings", "ring_bell", Policy::Has(Role::Staff))
        .tag("bells")
        .summary("Rings a bell.")
        .body::<Rung>()
        .answers::<WhoView>(200, "Who rang it.")
        .handler(ring, bells.clone());
    let bells = Module {
        endpoints: vec![endpoint],
        ..Module::new(bells)
    };
    let ears = Module {
        subscriptions: vec![
            Subscription::new("ears", "bells").on::<Rung>(Arc::clone(&listener) as _),
        ],
        invariants: vec![Arc::new(Silence(Arc::clone(&listener)))],
        ..Module::new(ears)
    };
    (TestApp::new(kit, vec![bells, ears]).await, listener)
}

#[tokio::test]
async fn users_are_who_their_name_says() {
    for engine in engines() {
        let (app, _) = app(engine).await;
        let body = json!({ "bell": "door" });
        let alice = app.user("alice", &[Role::Staff]);
        let reply = alice.post("/v1/rings").json(&body).await;
        let expected = format!("user:{}", TestApp::user_id("alice"));
        assert_eq!(reply.expect(200)["principal"], expected);
        assert_ne!(TestApp::user_id("alice"), TestApp::user_id("bob"));

        app.kit().advance(Duration::from_hours(24));
        alice.post("/v1/rings").json(&body).await.expect(200);

        let customer = app
            .user("bob", &[Role::Customer])
            .post("/v1/rings")
            .json(&body)
            .await;
        customer.expect(403);
        let nobody = app.anonymous().post("/v1/rings").json(&body).await;
        assert_eq!(nobody.code(), "unauthenticated");
        let forged = app.with_token("forged").post("/v1/rings").json(&body).await;
        forged.expect(401);
        let silent = alice
            .post("/v1/rings")
            .json(&body)
            .without_header("authorization")
            .await;
        silent.expect(401);
    }
}

#[tokio::test]
async fn events_wait_until_the_app_settles() {
    for engine in engines() {
        let (app, ears) = app(engine).await;
        let alice = app.user("alice", &[Role::Staff]);
        for bell in ["door", "tower"] {
            alice
                .post("/v1/rings")
                .json(&json!({ "bell": bell }))
                .await
                .expect(200);
        }
        assert_eq!(ears.heard.load(Ordering::Relaxed), 0);
        app.assert_invariants().await;
        app.settle().await;
        assert_eq!(ears.heard.load(Ordering::Relaxed), 2);

        let events = app.events("bells", "bell.rung").await;
        let subjects: Vec<_> = events.iter().map(|event| event.subject.as_str()).collect();
        assert_eq!(subjects, ["door", "tower"]);
        assert!(app.events("bells", "bell.cracked").await.is_empty());
    }
}

#[tokio::test]
#[should_panic(expected = "ears.silence is broken")]
async fn a_broken_invariant_is_shown() {
    let (app, ears) = app(TestEngine::Sqlite).await;
    ears.heard.store(1, Ordering::Relaxed);
    app.assert_invariants().await;
}
