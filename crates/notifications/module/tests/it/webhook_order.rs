//! In what order webhooks arrive: about one thing one after another, whatever happens to the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_contract::ProductPublished;
use serde_json::json;
use tenon_kernel::Timestamp;
use tenon_testkit::{TestEngine, engines};

use crate::receivers::{Receivers, status};
use crate::webhooks::{add, change, deliveries, members};
use crate::world::{World, id, product};

/// A version of one of many products.
fn version_of(name: usize, version: i64) -> ProductPublished {
    ProductPublished {
        product_id: id(&format!("product {name}")),
        ..product(version)
    }
}

/// What arrived of each subject, in the order of arrival.
fn versions(receivers: &Receivers) -> BTreeMap<String, Vec<i64>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for call in receivers.calls() {
        let subject = call.subject().to_owned();
        found.entry(subject).or_default().push(call.version());
    }
    found
}

/// 100 things with 5 events each, and one of the things cannot be delivered. What is particular to PostgreSQL shows with fewer.
#[tokio::test]
async fn one_thing_that_fails_holds_up_no_other() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({ "event_types": ["product.published"] })).await;
        let things = match engine {
            TestEngine::Sqlite => 100,
            TestEngine::Postgres => 12,
        };
        let failing = version_of(7, 1).product_id.to_string();
        let wanted = failing.clone();
        receivers.answer(move |call| status(if call.subject() == wanted { 500 } else { 200 }));
        for version in 1..=5 {
            let of_all: Vec<_> = (0..things).map(|name| version_of(name, version)).collect();
            world.emit_all("catalog", &of_all).await;
        }
        world.app.settle().await;
        let mut arrived = versions(&receivers);
        assert_eq!(arrived.remove(&failing), Some(vec![1]), "tried, no further");
        assert_eq!(arrived.len(), things - 1);
        for (subject, versions) in arrived {
            assert_eq!(versions, [1, 2, 3, 4, 5], "{subject}");
        }
        assert!((2..=8).contains(&receivers.most_at_once()));
        world.hours_pass(2).await;
        let tried = &versions(&receivers)[&failing];
        assert_eq!(*tried, [1, 1, 1], "an hour of the clock is an attempt");
        world.app.assert_invariants().await;

        receivers.answer(|_| status(200));
        world.hours_pass(3).await;
        let mut tried = versions(&receivers)[&failing].clone();
        tried.dedup();
        assert_eq!(tried, [1, 2, 3, 4, 5], "the rest comes in order");
        let done = deliveries(&world, "state=delivered").await;
        assert_eq!(done.len(), (things * 5).min(200), "at most a full page");
        assert_eq!(deliveries(&world, "state=pending").await.len(), 0);
        assert_eq!(deliveries(&world, "state=waiting").await.len(), 0);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_mind_gets_later_events_meanwhile() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({ "mode": "unordered" })).await;
        receivers.answer(|call| status(if call.version() == 1 { 500 } else { 200 }));
        for version in 1..=3 {
            world.happens("catalog", &version_of(0, version)).await;
        }
        let found = deliveries(&world, "").await;
        assert_eq!(
            members(&found, "state"),
            ["pending", "delivered", "delivered"]
        );
    }
}

#[tokio::test]
async fn a_change_of_the_order_counts_for_what_is_on_its_way() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        receivers.answer(|_| status(500));
        for version in 1..=3 {
            world.happens("catalog", &version_of(0, version)).await;
        }
        let states = async || {
            let found = deliveries(&world, "").await;
            members(&found, "state")
                .into_iter()
                .map(|state| state.as_str().expect("a word").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(states().await, ["pending", "waiting", "waiting"]);
        change(&world, &endpoint.id, json!({ "mode": "unordered" })).await;
        assert_eq!(states().await, ["pending"; 3]);
        change(&world, &endpoint.id, json!({ "mode": "keyed" })).await;
        assert_eq!(states().await, ["pending", "waiting", "waiting"]);
        receivers.answer(|_| status(200));
        world.hours_pass(1).await;
        let arrived: Vec<_> = receivers
            .calls()
            .iter()
            .skip_while(|call| call.version() == 1)
            .map(crate::receivers::Call::version)
            .collect();
        assert_eq!(arrived, [2, 3]);
        assert_eq!(states().await, ["delivered"; 3]);
        world.app.assert_invariants().await;
    }
}

/// What cannot be delivered is given up in the end, and what waits for it goes on.
#[tokio::test]
async fn what_is_given_up_lets_the_next_go_and_can_be_tried_again() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({})).await;
        receivers.answer(|call| {
            let is_first = call.body["type"] == "product.published" && call.version() == 1;
            status(if is_first { 500 } else { 200 })
        });
        world.happens("catalog", &version_of(0, 1)).await;
        world.happens("catalog", &version_of(0, 2)).await;
        // Where the engine costs more, most attempts are over already: each pause is decided by the number of the attempt.
        let (attempts, expected) = match engine {
            TestEngine::Sqlite => (1, 70..=96),
            TestEngine::Postgres => (13, 24..=40),
        };
        if attempts > 1 {
            let counted = "UPDATE webhook_deliveries SET attempts = 13 WHERE state = 'pending'";
            assert_eq!(world.execute(counted).await, 1);
        }
        let now = || world.app.kit().env().now();
        let (began, mut news) = (now(), 1);
        while let Some(due) = deliveries(&world, "").await[0]["due_at"].as_str() {
            let due: Timestamp = due.parse().expect("a time");
            world.app.kit().advance(due.since(now()));
            // Something else arrives, so the receiver is not taken for gone.
            news += 1;
            world.happens("catalog", &version_of(1, news)).await;
        }
        let hours = now().since(began).as_secs() / 3600;
        assert!(expected.contains(&hours), "after about three days: {hours}");
        let dead = &deliveries(&world, "state=dead").await[0];
        assert_eq!(
            (&dead["attempts"], &dead["last_error"]),
            (&json!(16), &json!("status 500"))
        );
        let subject = dead["subject"].as_str().expect("text").to_owned();
        let states = async || {
            let found = deliveries(&world, "").await;
            found
                .iter()
                .filter(|it| it["subject"] == subject)
                .map(|it| it["state"].as_str().expect("a word").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(states().await, ["dead", "delivered"]);
        world.app.assert_invariants().await;

        receivers.answer(|_| status(200));
        let id = dead["id"].as_str().expect("an id");
        let retry = format!("/v1/webhook-deliveries/{id}/retries");
        let again = world.staff().post(&retry).await.expect(202);
        assert_eq!(
            (&again["state"], &again["attempts"]),
            (&json!("pending"), &json!(0))
        );
        world.app.settle().await;
        assert_eq!(states().await, ["delivered", "delivered"]);
        let last = receivers.calls().pop().expect("arrived");
        assert_eq!(last.id(), dead["event_id"].as_str().expect("an id"));
        let none = format!("/v1/webhook-deliveries/whd_{}/retries", "0".repeat(26));
        world.staff().post(&none).await.expect(404);
    }
}

/// What is recorded while a call hangs is sent while it hangs.
#[tokio::test]
async fn a_call_that_takes_long_holds_up_only_its_own_thing() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({})).await;
        let slow = version_of(0, 1).product_id.to_string();
        let let_go = receivers.hang(&slow);
        world.emit("catalog", &version_of(0, 1)).await;
        let meanwhile = async {
            receivers.until(1).await;
            world.emit("catalog", &version_of(0, 2)).await;
            world.emit("catalog", &version_of(1, 1)).await;
            world.app.settle().await;
            receivers.until(2).await;
            let arrived = versions(&receivers);
            assert_eq!(arrived[&slow], [1]);
            assert_eq!(arrived.len(), 2, "the other thing's event has come");
            let_go.notify_one();
        };
        tokio::join!(world.app.settle(), meanwhile);
        world.hours_pass(1).await;
        assert_eq!(versions(&receivers)[&slow], [1, 2]);
        assert_eq!(receivers.count(), 3);
        world.app.assert_invariants().await;
    }
}
