//! What is in the outbox.

use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{Interface, Principal, UserPrincipal};
use tenon_store::StoreError;
use tenon_testkit::engines;
use uuid::Uuid;

use crate::support::{Told, World};

#[tokio::test]
async fn an_event_says_who_what_when_and_why() {
    for engine in engines() {
        let world = World::local(engine).await;
        let mut ctx = world.kit.ctx();
        let user = UserPrincipal {
            user: Uuid::from_u128(7),
            session: Uuid::from_u128(8),
            roles: vec![],
            is_enrolling: false,
        };
        ctx.principal = Principal::User(user);
        ctx.interface = Interface::Rest;
        ctx.correlation_id = Some("req-1".to_owned());
        let traceparent = ctx.trace.to_traceparent();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        let time = tx.now();
        let id = tx
            .emit(&Told {
                about: "a".to_owned(),
                number: 5,
            })
            .await
            .expect("emits");
        tx.commit().await.expect("commits");

        let events = world.emitted(&world.shop).await;
        assert_eq!(
            serde_json::to_value(&events).expect("plain data"),
            json!([{
                "specversion": "1.0",
                "id": id,
                "source": "/shop",
                "type": "test.told",
                "subject": "a",
                "time": time,
                "dataschema": "/schemas/test.told/1",
                "sequence": 1,
                "feedposition": 1,
                "actor": "user:00000000-0000-0000-0000-000000000007",
                "interface": "rest",
                "correlationid": "req-1",
                "traceparent": traceparent,
                "data": { "about": "a", "number": 5 },
            }])
        );
    }
}

#[tokio::test]
async fn an_event_leaves_only_if_its_unit_commits_and_sequences_have_no_gaps() {
    for engine in engines() {
        let world = World::local(engine).await;
        for number in 0..6 {
            let mut ctx = world.kit.ctx();
            let mut tx = world
                .shop
                .begin(&mut ctx, "test.tell")
                .await
                .expect("begins");
            for about in ["a", "b", "a"] {
                tx.emit(&Told {
                    about: about.to_owned(),
                    number,
                })
                .await
                .expect("emits");
            }
            if number % 2 == 0 {
                tx.rollback().await
            } else {
                tx.commit().await
            }
            .expect("ends");
        }
        let events = world.emitted(&world.shop).await;
        let sequences = |about: &str| -> Vec<_> {
            events
                .iter()
                .filter(|event| event.subject == about)
                .map(|event| event.sequence)
                .collect()
        };
        assert_eq!(sequences("a"), [1, 2, 3, 4, 5, 6]);
        assert_eq!(sequences("b"), [1, 2, 3]);
        assert_eq!(
            events
                .iter()
                .map(|event| event.feedposition)
                .collect::<Vec<_>>(),
            (1..=9).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn an_event_of_more_than_20_kib_is_refused() {
    for engine in engines() {
        let world = World::local(engine).await;
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        let around = r#"{"about":"","number":1}"#.len();
        let fits = "x".repeat(20 * 1024 - around);
        let outcome = tx
            .emit(&Told {
                about: format!("{fits}x"),
                number: 1,
            })
            .await;
        assert!(
            matches!(outcome, Err(StoreError::Inconsistent { .. })),
            "{outcome:?}"
        );
        tx.rollback().await.expect("rolls back");
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        // The subject is bounded by the index of the database, the data is not.
        tx.emit(&Long {
            about: "a".to_owned(),
            text: "x".repeat(20 * 1024 - r#"{"about":"a","text":""}"#.len()),
        })
        .await
        .expect("fits");
        tx.commit().await.expect("commits");
    }
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Long {
    about: String,
    text: String,
}

tenon_seam::event!(Long, "test.long", 1, about);
