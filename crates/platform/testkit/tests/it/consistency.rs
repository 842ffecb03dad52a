//! Reads after writes: what a module knows by events is there for who sends the token of the write.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_access::Policy;
use tenon_events::{
    AfterCommit, Emit as _, Envelope, Handle, HandlerError, Keep, Receipt, Subscription,
};
use tenon_kernel::CallCtx;
use tenon_module::Module;
use tenon_store::{Db, Migrations, Queryable as _, StoreError, Tx};
use tenon_testkit::{AppOptions, Kit, TestApp, TestEngine, TestReply, engines};
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

const PRESS: Migrations = module("press");
const READERS: Migrations = module("readers");
const TOKEN: &str = "consistency-token";

const fn module(module: &'static str) -> Migrations {
    Migrations {
        module,
        sqlite: None,
        postgres: None,
    }
}

/// A fact that readers handle one by one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Printed {
    title: String,
}
tenon_seam::event!(Printed, "press.printed", 1, title);

/// A fact that readers write down as it arrives.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Posted {
    title: String,
}
tenon_seam::event!(Posted, "press.posted", 1, title);

/// A fact that nobody listens to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Shelved {
    title: String,
}
tenon_seam::event!(Shelved, "press.shelved", 1, title);

/// What is printed, and how.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PrintBody {
    titles: Vec<String>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Printed,
    Posted,
    Shelved,
    RolledBack,
}

async fn print(
    State(db): State<Db>,
    Ctx(mut ctx): Ctx,
    ApiJson(body): ApiJson<PrintBody>,
) -> Result<Reply, Problem> {
    let mut tx = db.begin(&mut ctx, "press.print").await?;
    for title in body.titles {
        match body.kind {
            Kind::Printed | Kind::RolledBack => tx.emit(&Printed { title }).await?,
            Kind::Posted => tx.emit(&Posted { title }).await?,
            Kind::Shelved => tx.emit(&Shelved { title }).await?,
        };
    }
    if body.kind == Kind::RolledBack {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(Reply::ok(&json!({})))
}

/// What readers know is in a table of the platform, under their name: subjects of their own events.
const KNOWN: &str = "SELECT subject FROM event_subjects ORDER BY subject";
const LEARN: &str = "
    INSERT INTO event_subjects (subject, last_sequence) VALUES ($1, 1)
    ON CONFLICT (subject) DO NOTHING";

async fn list_known(State(db): State<Db>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let known: Vec<(String,)> = db.read(&ctx).query(KNOWN).fetch_all().await?;
    let known: Vec<_> = known.into_iter().map(|(title,)| title).collect();
    Ok(Reply::ok(&json!({ "known": known })))
}

struct Readers;

#[async_trait]
impl Handle<Printed> for Readers {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: Printed,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        if event.title.starts_with("unreadable") {
            return Err(HandlerError::Dead {
                reason: "the test says so".to_owned(),
            });
        }
        if event.title.starts_with("difficult") {
            return Err(HandlerError::Retry("the test says so".into()));
        }
        let mut tx = receipt.begin(ctx, "readers.read").await?;
        tx.query(LEARN).bind(event.title).execute().await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Keep for Readers {
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError> {
        for event in events {
            tx.query(LEARN)
                .bind(event.subject.clone())
                .execute()
                .await?;
        }
        Ok(Box::new(|| {}))
    }
}

async fn app(engine: TestEngine, forwarded: bool) -> TestApp {
    let kit = Kit::new(engine).await;
    let (press, readers) = (kit.db(PRESS).await, kit.db(READERS).await);
    let print = Endpoint::post("/v1/prints", "print", Policy::Public)
        .summary("Prints.")
        .body::<PrintBody>()
        .answers::<Value>(200, "Printed.")
        .handler(print, press.clone());
    let known = Endpoint::get("/v1/known", "list_known", Policy::Public)
        .summary("Lists what readers know.")
        .answers::<Value>(200, "What they know.")
        .handler(list_known, readers.clone());
    let press = Module {
        endpoints: vec![print],
        ..Module::new(press)
    };
    let listens = Subscription::new("readers", "press")
        .on::<Printed>(Arc::new(Readers))
        .keep::<Posted>(Arc::new(Readers));
    let readers = Module {
        endpoints: vec![known],
        subscriptions: vec![listens],
        ..Module::new(readers)
    };
    let options = AppOptions {
        forwarded,
        ..AppOptions::default()
    };
    TestApp::with(kit, vec![press, readers], options).await
}

/// Prints, and returns the token.
async fn write(app: &TestApp, kind: &str, titles: &[&str]) -> Option<String> {
    let body = json!({ "titles": titles, "kind": kind });
    let reply = app.anonymous().post("/v1/prints").json(&body).await;
    reply.expect(200);
    reply.header(TOKEN).map(str::to_owned)
}

async fn read(app: &TestApp, token: Option<&str>) -> TestReply {
    let request = app.anonymous().get("/v1/known");
    match token {
        Some(token) => request.header(TOKEN, token).await,
        None => request.await,
    }
}

/// Reads while the clock goes on, and nobody handles anything.
async fn read_as_time_passes(app: &TestApp, token: &str) -> TestReply {
    let mut reading = std::pin::pin!(read(app, Some(token)));
    loop {
        tokio::select! {
            biased;
            reply = &mut reading => return reply,
            () = tokio::task::yield_now() => app.kit().advance(Duration::from_millis(10)),
        }
    }
}

fn knows(reply: &TestReply, title: &str) -> bool {
    let known = reply.expect(200);
    let known = known["known"].as_array().expect("a list");
    known.iter().any(|it| it == title)
}

/// The relay runs only when the test lets it: between the write and the read it does not.
#[tokio::test]
async fn a_read_with_the_token_never_misses_its_write_and_one_without_does() {
    for engine in engines() {
        for forwarded in [true, false] {
            let app = app(engine, forwarded).await;
            let (mut missed_with, mut missed_without) = (0, 0);
            for round in 0..100 {
                let kind = ["printed", "posted"][round % 2];
                let title = format!("volume {round}");
                let token = write(&app, kind, &[&title]).await.expect("it emitted");
                missed_without += usize::from(!knows(&read(&app, None).await, &title));
                // Both at once: the read waits, and is woken by what it waits for.
                let (reply, ()) = tokio::join!(read(&app, Some(&token)), async {
                    tokio::task::yield_now().await;
                    app.settle().await;
                });
                missed_with += usize::from(!knows(&reply, &title));
            }
            assert_eq!((missed_with, missed_without), (0, 100), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_read_that_cannot_be_answered_in_two_seconds_is_told_to_come_back() {
    for engine in engines() {
        let app = app(engine, true).await;
        let token = write(&app, "printed", &["late"]).await.expect("it emitted");
        let refused = read_as_time_passes(&app, &token).await;
        assert_eq!(refused.status().as_u16(), 503, "{engine:?}");
        assert_eq!(refused.code(), "not_caught_up");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(refused.json()["retry"], "after");
        app.settle().await;
        assert!(knows(&read(&app, Some(&token)).await, "late"), "{engine:?}");
    }
}

#[tokio::test]
async fn every_event_of_a_write_is_waited_for_and_none_of_others() {
    for engine in engines() {
        let app = app(engine, true).await;
        let stuck = write(&app, "printed", &["difficult"])
            .await
            .expect("it emitted");
        app.settle().await;
        let clean = write(&app, "printed", &["one", "two"])
            .await
            .expect("it emitted");
        let mixed = write(&app, "printed", &["three", "difficult too", "four"])
            .await
            .expect("it emitted");
        app.settle().await;
        assert!(knows(&read(&app, Some(&clean)).await, "two"), "{engine:?}");
        for token in [stuck, mixed] {
            let refused = read_as_time_passes(&app, &token).await;
            assert_eq!(refused.code(), "not_caught_up", "{engine:?}");
        }
    }
}

#[tokio::test]
async fn what_nobody_will_handle_is_not_waited_for() {
    for engine in engines() {
        let app = app(engine, true).await;
        let given_up = write(&app, "printed", &["unreadable"])
            .await
            .expect("it emitted");
        app.settle().await;
        read(&app, Some(&given_up)).await.expect(200);
        // Nobody listens: the cursor of the readers stays behind it.
        let unheard = write(&app, "shelved", &["dust"]).await.expect("it emitted");
        read(&app, Some(&unheard)).await.expect(200);
    }
}

#[tokio::test]
async fn only_what_was_committed_is_in_a_token() {
    for engine in engines() {
        let app = app(engine, true).await;
        assert_eq!(write(&app, "rolled_back", &["never"]).await, None);
        assert_eq!(write(&app, "printed", &[]).await, None);
        assert_eq!(read(&app, None).await.header(TOKEN), None, "{engine:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_refused_by_name() {
    let app = app(TestEngine::Sqlite, true).await;
    for token in ["", "x", "AAAAAAAAAAAAAAAA", &"A".repeat(13_000)] {
        let refused = app.anonymous().get("/v1/known").header(TOKEN, token).await;
        assert_eq!(refused.status().as_u16(), 400, "{token}");
        assert_eq!(refused.code(), "invalid_request");
        assert_eq!(refused.json()["errors"][0]["pointer"], "Consistency-Token:");
    }
}
