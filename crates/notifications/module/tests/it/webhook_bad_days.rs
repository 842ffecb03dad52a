//! Receivers that are down, overloaded, gone or slow, and processes that die in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tenon_outbound::EgressFault;
use tenon_testkit::engines;

use crate::receivers::{Receivers, later, status};
use crate::webhooks::{add, change, deliveries, members, shown};
use crate::world::{World, product};

/// The process dies when the receiver has the event and nobody has written that down.
#[tokio::test]
async fn what_was_sent_and_not_written_down_is_sent_again_under_its_id() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({})).await;
        let killed = AtomicBool::new(false);
        receivers.answer(move |_| {
            assert!(killed.swap(true, Ordering::SeqCst), "killed");
            status(200)
        });
        world.happens("catalog", &product(1)).await;
        world.happens("catalog", &product(2)).await;
        world.hours_pass(1).await;
        let calls = receivers.calls();
        let versions: Vec<_> = calls.iter().map(crate::receivers::Call::version).collect();
        assert_eq!(versions, [1, 1, 2], "again, and the next one only then");
        assert_eq!(calls[0].id(), calls[1].id());
        assert_eq!(calls[0].raw, calls[1].raw);
        let found = deliveries(&world, "").await;
        assert_eq!(members(&found, "state"), ["delivered", "delivered"]);
        assert_eq!(found[0]["attempts"], 2);
        world.app.assert_invariants().await;
    }
}

/// A worker that was taken for dead comes back with an old answer.
#[tokio::test]
async fn an_answer_to_an_attempt_that_was_made_again_counts_for_nothing() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({})).await;
        receivers.answer(|_| status(500));
        world.happens("catalog", &product(1)).await;
        // Another worker has begun a further attempt.
        world
            .execute("UPDATE webhook_deliveries SET state = 'sending', attempts = attempts + 1")
            .await;
        let before = deliveries(&world, "").await;
        assert_eq!(before[0]["attempts"], 2);
        receivers.answer(|_| status(200));
        world.hours_pass(1).await;
        let after = deliveries(&world, "").await;
        assert_eq!(
            (&after[0]["state"], &after[0]["attempts"]),
            (&json!("delivered"), &json!(3))
        );
        assert_eq!(receivers.count(), 2);
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_gets_nothing_until_it_is_enabled_again() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        receivers.answer(|_| status(410));
        world.happens("catalog", &product(1)).await;
        let gone = shown(&world, &endpoint.id).await;
        assert_eq!(
            (&gone["status"], &gone["disabled_reason"]),
            (&json!("disabled"), &json!("gone"))
        );
        let told = world
            .app
            .events("notifications", "webhook_endpoint.disabled");
        let told = told.await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0].data["reason"], &told[0].data["last_error"]),
            (&json!("gone"), &json!("status 410"))
        );
        receivers.answer(|_| status(200));
        world.happens("catalog", &product(2)).await;
        world.hours_pass(3).await;
        assert_eq!(receivers.count(), 1);
        world.app.assert_invariants().await;

        let enabled = change(&world, &endpoint.id, json!({ "status": "enabled" })).await;
        assert_eq!(enabled.get("disabled_reason"), None);
        world.hours_pass(1).await;
        let versions: Vec<_> = receivers
            .calls()
            .iter()
            .filter(|call| call.body["type"] == "product.published")
            .map(crate::receivers::Call::version)
            .collect();
        assert_eq!(versions, [1, 1, 2], "it goes on where it stopped");
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_receiver_that_wants_us_later_is_called_later() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({ "mode": "unordered" })).await;
        receivers.answer(|_| later(503, "600"));
        world.happens("catalog", &product(1)).await;
        receivers.answer(|_| status(200));
        world.happens("catalog", &product(2)).await;
        assert_eq!(receivers.count(), 2, "the other one is sent meanwhile");
        world.app.kit().advance(Duration::from_secs(590));
        world.app.settle().await;
        assert_eq!(receivers.count(), 2);
        world.app.kit().advance(Duration::from_secs(10));
        world.app.settle().await;
        assert_eq!(receivers.count(), 3);
    }
}

/// 429 is about all calls, not about one.
#[tokio::test]
async fn a_receiver_that_is_called_too_often_gets_nothing_for_a_while() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({ "mode": "unordered" })).await;
        receivers.answer(|_| later(429, "600"));
        world.happens("catalog", &product(1)).await;
        receivers.answer(|_| status(200));
        world.happens("catalog", &product(2)).await;
        world.app.kit().advance(Duration::from_secs(590));
        world.app.settle().await;
        assert_eq!(receivers.count(), 1);
        world.app.kit().advance(Duration::from_secs(20));
        world.app.settle().await;
        assert_eq!(receivers.count(), 3);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn failing_is_told_after_an_hour_and_recovery_too() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({ "event_types": ["product.published"] })).await;
        receivers.answer(|_| Err(EgressFault::Timeout));
        world.happens("catalog", &product(1)).await;
        let told = async |name: &str| {
            let name = format!("webhook_endpoint.{name}");
            world.app.events("notifications", &name).await
        };
        let failing = shown(&world, &endpoint.id).await;
        assert_eq!(failing["last_error"], "timeout");
        assert_eq!(told("failing").await.len(), 0);
        world.hours_pass(2).await;
        let events = told("failing").await;
        assert_eq!(events.len(), 1, "once");
        assert_eq!(events[0].data["since"], failing["failing_since"]);
        assert_eq!(told("recovered").await.len(), 0);

        receivers.answer(|_| status(200));
        world.hours_pass(3).await;
        let events = told("recovered").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].data["since"], failing["failing_since"]);
        let recovered = shown(&world, &endpoint.id).await;
        assert_eq!(recovered.get("failing_since"), None);
        assert_eq!(recovered.get("last_error"), None);

        // A failure that passes is not worth telling.
        receivers.answer(|_| Err(EgressFault::Connection));
        world.happens("catalog", &product(2)).await;
        receivers.answer(|_| status(200));
        world.hours_pass(1).await;
        assert_eq!(told("failing").await.len(), 1);
        assert_eq!(told("recovered").await.len(), 1);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_receiver_that_takes_nothing_for_days_is_disabled() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({ "event_types": ["product.published"] })).await;
        receivers.answer(|_| status(502));
        let mut days = 0;
        while shown(&world, &endpoint.id).await["status"] == "enabled" {
            days += 1;
            world.happens("catalog", &product(days)).await;
            world.days_pass(1).await;
            assert!(days < 8, "it is never disabled");
        }
        assert!((5..=6).contains(&days), "{days}");
        assert_eq!(
            shown(&world, &endpoint.id).await["disabled_reason"],
            "failing"
        );
        let told = world
            .app
            .events("notifications", "webhook_endpoint.disabled");
        assert_eq!(told.await[0].data["reason"], "failing");
        let before = receivers.count();
        world.happens("catalog", &product(9)).await;
        world.days_pass(1).await;
        assert_eq!(receivers.count(), before);
        world.app.assert_invariants().await;
    }
}

/// One that is away for longer than events are kept gets what there still is.
#[tokio::test]
async fn what_is_no_longer_kept_is_given_up() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        receivers.answer(|_| status(410));
        world.happens("catalog", &product(1)).await;
        world.happens("catalog", &product(2)).await;
        world.app.kit().advance(Duration::from_hours(31 * 24));
        world.app.settle().await;
        world.happens("catalog", &product(3)).await;
        receivers.answer(|_| status(200));
        change(&world, &endpoint.id, json!({ "status": "enabled" })).await;
        world.app.settle().await;
        let found = deliveries(&world, "").await;
        assert_eq!(members(&found, "state"), ["dead", "delivered"]);
        assert_eq!(found[0]["last_error"], "event_gone");
        assert_eq!(receivers.calls().pop().expect("arrived").version(), 3);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn deliveries_are_kept_for_a_month() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({})).await;
        world.happens("catalog", &product(1)).await;
        world.app.kit().advance(Duration::from_hours(29 * 24));
        world.app.settle().await;
        world.happens("catalog", &product(2)).await;
        assert_eq!(deliveries(&world, "").await.len(), 2);
        world.app.kit().advance(Duration::from_hours(2 * 24));
        world.app.settle().await;
        assert_eq!(deliveries(&world, "").await.len(), 1);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn what_would_never_be_sent_is_found() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        receivers.answer(|_| status(500));
        for version in 1..=2 {
            world.happens("catalog", &product(version)).await;
        }
        let none: [String; 0] = [];
        assert_eq!(world.violations().await, none);
        let found = deliveries(&world, "").await;
        let text = |number: usize, member: &str| found[number][member].as_str().expect("text");
        world
            .execute("DELETE FROM webhook_deliveries WHERE state = 'pending'")
            .await;
        let lost = format!(
            "notifications.every_webhook_scheduled: {} to {}",
            text(0, "event_id"),
            endpoint.id
        );
        let stuck = format!("notifications.no_webhook_stuck: {}", text(1, "id"));
        assert_eq!(world.violations().await, [lost.clone(), stuck]);
        world
            .execute("UPDATE webhook_deliveries SET state = 'pending'")
            .await;
        assert_eq!(world.violations().await, std::slice::from_ref(&lost));
        world.execute("DELETE FROM jobs").await;
        let idle = format!("notifications.no_webhook_stuck: {}", endpoint.id);
        assert_eq!(world.violations().await, [lost, idle]);
        // Once an hour somebody looks whether a job is missing.
        receivers.answer(|_| status(200));
        world.hours_pass(2).await;
        assert_eq!(deliveries(&world, "").await[0]["state"], "delivered");
    }
}
