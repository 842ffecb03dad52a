//! What becomes an entry.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tenon_events::{Envelope, Feed, FeedPage};
use tenon_kernel::{CallCtx, Interface, Principal, Role, UserPrincipal};
use tenon_seam::SeamFault;
use tenon_seam::audit::AuditRecorded;
use tenon_testkit::{AppOptions, TestApp, engines};
use uuid::Uuid;

use crate::world::{Happened, World};

fn user_ctx(world: &World, name: &str) -> CallCtx {
    let principal = UserPrincipal {
        user: TestApp::user_id(name),
        session: Uuid::nil(),
        roles: vec![Role::Staff],
        is_enrolling: false,
    };
    CallCtx::new(
        &world.app.kit().env(),
        Interface::Rest,
        Principal::User(principal),
    )
}

#[tokio::test]
async fn a_change_is_kept_with_who_what_when_and_how() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ctx = user_ctx(&world, "sam");
        let trace = ctx.trace.trace_id_text();
        let change = AuditRecorded {
            action: "product.updated".to_owned(),
            target: "prd_1".to_owned(),
            before: Some(json!({ "title": "Tee" })),
            after: Some(json!({ "title": "Tea" })),
        };
        world.emit(ctx, "catalog", &change).await;
        world.app.settle().await;

        let [entry] = world.entries("").await.try_into().expect("one entry");
        assert_eq!(entry["action"], "product.updated");
        assert_eq!(entry["target"], "prd_1");
        assert!(
            entry["actor"]
                .as_str()
                .is_some_and(|actor| actor.starts_with("usr_")),
            "{}",
            entry["actor"]
        );
        assert_eq!(entry["interface"], "rest");
        assert_eq!(entry["source"], "catalog");
        assert_eq!(entry["occurred_at"], "2026-06-01T12:00:00Z");
        assert_eq!(entry["trace_id"], trace);
        assert_eq!(
            (&entry["before"], &entry["after"]),
            (&json!({ "title": "Tee" }), &json!({ "title": "Tea" }))
        );
        assert_eq!(entry["seq"], 1);

        let admin = world.app.user("root", &[Role::Admin]);
        let path = format!("/v1/audit/entries/{}", entry["id"].as_str().expect("an id"));
        assert_eq!(admin.get(&path).await.expect(200), entry);
    }
}

#[tokio::test]
async fn any_event_is_kept_without_what_is_personal() {
    for engine in engines() {
        let world = World::new(engine).await;
        let event = Happened {
            id: "thg_1".to_owned(),
            email: "ada@example.com".to_owned(),
            comment: "asked by ada@example.com today".to_owned(),
        };
        world.emit(world.app.kit().ctx(), "orders", &event).await;
        world.app.settle().await;
        let [entry] = world.entries("").await.try_into().expect("one entry");
        assert_eq!(
            (&entry["action"], &entry["target"]),
            (&"thing.happened".into(), &"thg_1".into())
        );
        assert_eq!(entry["actor"], "service:test");
        let data =
            json!({ "id": "thg_1", "email": "[masked]", "comment": "asked by [masked] today" });
        assert_eq!(entry["data"], data);
    }
}

/// Says every event three times, under the same id, as a link may.
struct StutteringFeed(Vec<Envelope>);

impl StutteringFeed {
    fn of(events: &[Envelope]) -> Self {
        let stuttered = (1..).zip([events, events, events].concat());
        Self(
            stuttered
                .map(|(feedposition, event)| Envelope {
                    feedposition,
                    ..event
                })
                .collect(),
        )
    }
}

#[async_trait]
impl Feed for StutteringFeed {
    fn source(&self) -> &'static str {
        "orders"
    }

    async fn read(&self, after: i64, _: u32) -> Result<FeedPage, SeamFault> {
        let head = self.0.last().map_or(0, |event| event.feedposition);
        let events = self
            .0
            .iter()
            .filter(|event| event.feedposition > after)
            .cloned()
            .collect();
        Ok(FeedPage {
            events,
            position: head,
            head,
        })
    }

    async fn wait(&self, _: Duration) {}
}

fn envelope(number: u128) -> Envelope {
    Envelope {
        specversion: "1.0".to_owned(),
        id: tenon_kernel::Id::from_uuid(Uuid::from_u128(number)),
        source: "/orders".to_owned(),
        event_type: "thing.happened".to_owned(),
        subject: format!("thg_{number}"),
        time: tenon_kernel::Timestamp::EPOCH,
        dataschema: "/schemas/thing.happened/9".to_owned(),
        sequence: 1,
        feedposition: 1,
        actor: "anonymous".to_owned(),
        interface: Interface::Webhook,
        correlationid: Some("req-1".to_owned()),
        causationid: None,
        traceparent: "not a trace".to_owned(),
        data: json!([1, { "b": 1, "a": 2 }]),
    }
}

#[tokio::test]
async fn an_event_that_arrives_again_and_again_makes_one_entry() {
    for engine in engines() {
        let feed = StutteringFeed::of(&(1..=5).map(envelope).collect::<Vec<_>>());
        let world = World::with(
            engine,
            AppOptions {
                feeds: vec![std::sync::Arc::new(feed)],
                ..AppOptions::default()
            },
        )
        .await;
        world.app.settle().await;
        assert_eq!(world.entries("").await.len(), 5);

        // The inbox is gone and everything comes again: the entries themselves know.
        world.execute("DELETE FROM inbox").await;
        world.execute("UPDATE event_cursors SET position = 0").await;
        world.app.settle().await;
        let entries = world.entries("").await;
        assert_eq!(entries.len(), 5);
        assert_eq!(entries[0]["data"], json!([1, { "a": 2, "b": 1 }]));
        assert_eq!(entries[0]["trace_id"], json!(null));
        assert_eq!(entries[0]["correlation_id"], "req-1");
        assert_eq!(world.broken().await, None);
    }
}

/// Handlers of different subjects run at the same time; the chain has one end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_make_one_chain() {
    for engine in engines() {
        let world = World::new(engine).await;
        for number in 0..60_u32 {
            let event = Happened {
                id: format!("thg_{number}"),
                email: String::new(),
                comment: String::new(),
            };
            world
                .emit(
                    world.app.kit().ctx(),
                    if number % 2 == 0 { "orders" } else { "catalog" },
                    &event,
                )
                .await;
        }
        world.app.settle().await;
        let report = world.verify(7).await;
        assert_eq!(
            (report.verified, report.head_seq, report.broken),
            (60, 60, None)
        );
        world.app.assert_invariants().await;
    }
}
