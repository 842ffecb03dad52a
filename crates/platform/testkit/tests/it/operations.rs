//! Commands that take long: whoever sent one sees how it goes, and it always comes to an end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_access::Policy;
use tenon_jobs::{
    BeginOperation as _, Job, JobError, JobKind, NewOperation, Operation, OperationId, Receipt, Run,
};
use tenon_kernel::{CallCtx, ErrorKind, Role};
use tenon_module::{Module, OperationView, accepted};
use tenon_store::{Db, Migrations, StoreError};
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestEngine, TestReply, engines};
use tenon_web::{Ctx, Endpoint, Problem, Reply};
use tokio::sync::Notify;

const LAMPS: Migrations = Migrations {
    module: "lamps",
    sqlite: None,
    postgres: None,
};
const TOTAL: i64 = 3;
const DAY: Duration = Duration::from_hours(24);
/// Longer than a lease.
const A_WHILE: Duration = Duration::from_secs(31);

/// What the painter does next; paints, once nothing is said any more.
enum Step {
    Paint,
    Break,
    Refuse,
    Hang,
}

#[derive(Debug, Serialize, Deserialize)]
struct PaintLamps {
    operation_id: OperationId,
}

impl Job for PaintLamps {
    const KIND: &'static str = "lamps.paint";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 3;
}

struct Painter {
    db: Db,
    steps: Mutex<VecDeque<Step>>,
    hangs: Notify,
}

#[async_trait]
impl Run<PaintLamps> for Painter {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: PaintLamps,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let found = Operation::find(&mut self.db.read(ctx), job.operation_id).await?;
        let mut operation = found.expect("it was begun with the job");
        operation.act(ctx);
        while operation.done < operation.total {
            let step = self.steps.lock().expect("not poisoned").pop_front();
            match step.unwrap_or(Step::Paint) {
                Step::Paint => {
                    let mut tx = self.db.begin(ctx, "lamps.paint").await?;
                    let painted = operation.done + 1;
                    let by = tx.ctx().principal.to_string();
                    let result = json!({ "painted": painted, "by": by });
                    operation.advance(&mut tx, painted, &result).await?;
                    tx.commit().await?;
                }
                Step::Break => return Err(JobError::Retry("out of paint".into())),
                Step::Refuse => {
                    let refusal = Problem::new(ErrorKind::Invalid, "lamps.broken", "It is broken.");
                    let mut tx = receipt.begin(ctx, "lamps.refuse").await?;
                    operation.fail(&mut tx, refusal.document()).await?;
                    tx.commit().await?;
                    return Ok(());
                }
                Step::Hang => {
                    self.hangs.notify_one();
                    std::future::pending::<()>().await;
                }
            }
        }
        let mut tx = receipt.begin(ctx, "lamps.painted").await?;
        operation.succeed(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn paint(State(painter): State<Arc<Painter>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let mut ctx = ctx.child();
    let mut tx = painter.db.begin(&mut ctx, "lamps.accept").await?;
    let new = NewOperation {
        kind: "paint_lamps",
        location: "/v1/lamps".to_owned(),
        total: TOTAL,
    };
    let begun = tx.begin_operation(new, |operation_id| PaintLamps { operation_id });
    let operation = begun.await?;
    tx.commit().await?;
    Ok(accepted(operation))
}

struct Lamps {
    app: TestApp,
    painter: Arc<Painter>,
    alice: Client,
}

impl Lamps {
    async fn open(engine: TestEngine, steps: impl IntoIterator<Item = Step>) -> Self {
        Self::with(engine, true, steps).await
    }

    async fn with(
        engine: TestEngine,
        forwarded: bool,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        let kit = Kit::new(engine).await;
        let db = kit.db(LAMPS).await;
        let painter = Arc::new(Painter {
            db: db.clone(),
            steps: Mutex::new(steps.into_iter().collect()),
            hangs: Notify::new(),
        });
        let endpoint = Endpoint::put("/v1/lamps", "paint_lamps", Policy::SignedIn)
            .summary("Paints the lamps.")
            .responds_async()
            .answers::<OperationView>(202, "It goes on.")
            .handler(paint, Arc::clone(&painter));
        let module = Module {
            endpoints: vec![endpoint],
            jobs: vec![JobKind::of::<PaintLamps>(Arc::clone(&painter) as _)],
            ..Module::new(db)
        };
        // Another module, which does not know of the operation.
        let other = Migrations {
            module: "walls",
            ..LAMPS
        };
        let other = Module::new(kit.db(other).await);
        let options = AppOptions {
            forwarded,
            ..AppOptions::default()
        };
        let app = TestApp::with(kit, vec![other, module], options).await;
        Self {
            alice: app.user("alice", &[Role::Customer]),
            app,
            painter,
        }
    }

    /// Sends the command; returns where its operation is.
    async fn begin(&self) -> String {
        let reply = self.alice.put("/v1/lamps").await;
        reply.expect(202);
        reply.header("location").expect("a location").to_owned()
    }

    async fn look(&self, at: &str) -> Value {
        self.alice.get(at).await.expect(200)
    }

    async fn pass(&self, time: Duration) {
        self.app.kit().advance(time);
        self.app.settle().await;
    }

    /// Lets the workers run until the painter hangs, and then takes them away.
    async fn kill(&self) {
        tokio::select! {
            biased;
            () = self.app.settle() => panic!("the painter did not hang"),
            () = self.painter.hangs.notified() => {}
        }
        self.app.kit().advance(A_WHILE);
    }
}

fn progress(operation: &Value) -> (&str, i64) {
    assert_eq!(operation["progress"]["total"], TOTAL);
    let state = operation["state"].as_str().expect("a state");
    (
        state,
        operation["progress"]["done"].as_i64().expect("a number"),
    )
}

fn retry_after(reply: &TestReply) -> Option<u32> {
    reply
        .header("retry-after")
        .map(|it| it.parse().expect("seconds"))
}

#[tokio::test]
async fn whoever_sent_a_command_sees_how_it_goes_and_no_one_else() {
    for engine in engines() {
        for forwarded in [true, false] {
            let lamps = Lamps::with(engine, forwarded, [Step::Paint, Step::Break]).await;
            let sent = lamps
                .alice
                .put("/v1/lamps")
                .header("prefer", "respond-async")
                .await;
            let begun = sent.expect(202);
            assert_eq!(sent.header("preference-applied"), Some("respond-async"));
            let at = format!("/v1/operations/{}", begun["id"].as_str().expect("an id"));
            assert!(at.starts_with("/v1/operations/op_"), "{at}");
            assert_eq!(sent.header("location"), Some(at.as_str()));
            assert!(retry_after(&sent).is_some());
            assert_eq!(progress(&begun), ("pending", 0));
            assert_eq!(
                (&begun["kind"], &begun["location"]),
                (&json!("paint_lamps"), &json!("/v1/lamps"))
            );

            let seen = lamps.alice.get(&at).await;
            assert_eq!(seen.expect(200), begun);
            assert_eq!(seen.header("etag"), Some("\"v1\""));
            assert!(retry_after(&seen).is_some());
            let stranger = lamps.app.user("bob", &[Role::Customer]);
            assert_eq!(
                stranger.get(&at).await.expect(404)["code"],
                "operation_not_found"
            );
            lamps.app.anonymous().get(&at).await.expect(401);
            lamps
                .app
                .user("sam", &[Role::Staff])
                .get(&at)
                .await
                .expect(200);
            let none = "/v1/operations/op_00000000000000000000000001";
            lamps.alice.get(none).await.expect(404);
            lamps
                .alice
                .get("/v1/operations/ord_00000000000000000000000001")
                .await
                .expect(400);

            lamps.app.settle().await;
            let seen = lamps.look(&at).await;
            assert_eq!(progress(&seen), ("running", 1), "{engine:?}");
            let by = format!("user:{}", TestApp::user_id("alice"));
            assert_eq!(
                seen["result"],
                json!({ "painted": 1, "by": by }),
                "its job acts for her"
            );
            let known = lamps.alice.get(&at).header("if-none-match", "\"v2\"").await;
            assert_eq!(known.status(), 304);

            lamps.pass(Duration::from_secs(2)).await;
            let over = lamps.alice.get(&at).await;
            assert_eq!(progress(&over.expect(200)), ("succeeded", 3));
            assert!(retry_after(&over).is_none() && over.json()["ended_at"].is_string());
            assert_eq!(over.json()["problem"], Value::Null);
            lamps.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn what_is_refused_half_way_says_why_and_keeps_what_it_did() {
    for engine in engines() {
        let lamps = Lamps::open(engine, [Step::Paint, Step::Refuse]).await;
        let at = lamps.begin().await;
        lamps.app.settle().await;
        let seen = lamps.look(&at).await;
        assert_eq!(progress(&seen), ("failed", 1));
        let expected = json!({
            "type": "/errors/lamps.broken", "title": "Broken", "status": 422, "code": "lamps.broken",
            "detail": "It is broken.", "retry": "never",
        });
        assert_eq!(
            (&seen["problem"], &seen["result"]["painted"]),
            (&expected, &json!(1))
        );
        lamps.pass(A_WHILE).await;
        assert_eq!(lamps.look(&at).await, seen, "{engine:?}");
    }
}

#[tokio::test]
async fn an_operation_whose_job_is_given_up_has_failed_until_that_is_tried_again() {
    for engine in engines() {
        let steps = [Step::Paint, Step::Break, Step::Break, Step::Break];
        let lamps = Lamps::open(engine, steps).await;
        let at = lamps.begin().await;
        for state in ["running", "running", "failed"] {
            lamps.pass(Duration::from_mins(10)).await;
            assert_eq!(progress(&lamps.look(&at).await), (state, 1), "{engine:?}");
        }
        let seen = lamps.look(&at).await;
        assert_eq!(seen["problem"]["code"], "operation_given_up");
        assert_eq!(seen["problem"]["status"], 500);

        let mut ctx = lamps.app.kit().ctx();
        let retried = tenon_jobs::retry_dead(&lamps.painter.db, &mut ctx, None).await;
        assert_eq!(retried.expect("it can be"), 1);
        let again = lamps.look(&at).await;
        assert_eq!(
            (progress(&again), &again["problem"]),
            (("running", 1), &Value::Null)
        );
        lamps.app.settle().await;
        assert_eq!(progress(&lamps.look(&at).await), ("succeeded", 3));
    }
}

#[tokio::test]
async fn a_worker_that_dies_between_two_steps_has_each_step_done_once() {
    for engine in engines() {
        let lamps = Lamps::open(engine, [Step::Paint, Step::Hang, Step::Paint, Step::Hang]).await;
        let at = lamps.begin().await;
        for done in [1, 2] {
            lamps.kill().await;
            assert_eq!(
                progress(&lamps.look(&at).await),
                ("running", done),
                "{engine:?}"
            );
        }
        lamps.app.settle().await;
        let seen = lamps.look(&at).await;
        assert_eq!(progress(&seen), ("succeeded", 3));
        assert_eq!(seen["version"], 1 + TOTAL + 1, "begun, each step, ended");
    }
}

#[tokio::test]
async fn an_operation_whose_workers_always_die_fails() {
    for engine in engines() {
        let lamps = Lamps::open(engine, [Step::Hang, Step::Hang, Step::Hang]).await;
        let at = lamps.begin().await;
        for _ in 0..3 {
            lamps.kill().await;
            assert_eq!(progress(&lamps.look(&at).await), ("pending", 0));
        }
        lamps.app.settle().await;
        let seen = lamps.look(&at).await;
        assert_eq!(progress(&seen), ("failed", 0), "{engine:?}");
        assert_eq!(seen["problem"]["code"], "operation_given_up");
    }
}

#[tokio::test]
async fn of_two_workers_with_one_step_the_second_changes_nothing() {
    for engine in engines() {
        let lamps = Lamps::open(engine, []).await;
        let at = lamps.begin().await;
        let id = at
            .rsplit('/')
            .next()
            .and_then(|id| id.parse().ok())
            .expect("an id");
        let db = &lamps.painter.db;
        let mut ctx = lamps.app.kit().ctx();
        let found = Operation::find(&mut db.read(&ctx), id)
            .await
            .expect("reads");
        let mut first = found.expect("it is there");
        let mut second = first.clone();
        let mut tx = db.begin(&mut ctx, "test.first").await.expect("begins");
        first
            .advance(&mut tx, 1, &json!({}))
            .await
            .expect("advances");
        tx.commit().await.expect("commits");
        let mut tx = db.begin(&mut ctx, "test.second").await.expect("begins");
        let lost = second.advance(&mut tx, 1, &json!({})).await;
        assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    }
}

#[tokio::test]
async fn of_two_operations_on_one_thing_the_later_one_has_to_wait() {
    for engine in engines() {
        let lamps = Lamps::open(engine, []).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            lamps.app.kit().advance(Duration::from_millis(1));
            let at = lamps.begin().await;
            ids.push(
                at.rsplit('/')
                    .next()
                    .and_then(|id| id.parse().ok())
                    .expect("an id"),
            );
        }
        let waiting = async || {
            let mut waiting = Vec::new();
            for id in &ids {
                let mut ctx = lamps.app.kit().ctx();
                let mut tx = lamps
                    .painter
                    .db
                    .begin(&mut ctx, "test.look")
                    .await
                    .expect("begins");
                let found = Operation::find(&mut tx, *id).await.expect("reads");
                let operation = found.expect("it is there");
                waiting.push(operation.has_to_wait(&mut tx).await.expect("reads"));
            }
            waiting
        };
        assert_eq!(waiting().await, [false, true]);
        lamps.app.settle().await;
        assert_eq!(waiting().await, [false, false], "both are over");
    }
}

#[tokio::test]
async fn a_reader_may_wait_for_the_next_change() {
    for engine in engines() {
        let lamps = Lamps::open(engine, []).await;
        let at = lamps.begin().await;
        let waits = lamps.alice.get(&at).header("prefer", "wait=20");
        let (seen, ()) = tokio::join!(waits.into_future(), lamps.app.settle());
        assert_ne!(progress(&seen.expect(200)).0, "pending", "{engine:?}");
        assert_eq!(seen.header("preference-applied"), Some("wait=20"));
        // What is newer than what the caller knows, and what is over, comes at once.
        let known = lamps.alice.get(&at).header("prefer", "wait=20");
        let newer = known.header("if-none-match", "\"v1\"").await;
        assert_eq!(progress(&newer.expect(200)), ("succeeded", 3));
    }
}

#[tokio::test]
async fn operations_are_forgotten_a_month_after_their_end() {
    for engine in engines() {
        let lamps = Lamps::open(engine, []).await;
        let at = lamps.begin().await;
        lamps.app.settle().await;
        lamps.pass(29 * DAY).await;
        assert_eq!(progress(&lamps.look(&at).await), ("succeeded", 3));
        lamps.pass(2 * DAY).await;
        lamps.alice.get(&at).await.expect(404);
    }
}
