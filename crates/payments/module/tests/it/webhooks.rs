//! Webhooks of the provider: early, late, twice, reordered, forged, and about nothing we know.

use std::time::Duration;

use payment_simulator::{Choice, sign};
use payments_contract::PaymentStatus;
use serde_json::json;
use tenon_testkit::engines;

use crate::support::{SECRET, WEBHOOKS, World, event, post_webhook};

#[tokio::test]
async fn a_webhook_before_the_answer_ends_the_same() {
    for engine in engines() {
        let world = World::with_webhooks(engine).await;
        let opened = world.open("pm_webhook_before_response").await;
        assert_eq!(opened.status, PaymentStatus::Authorized);
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_webhook_that_comes_three_times_is_taken_once() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_duplicate_webhook").await;
        world
            .deliver(|webhooks| assert_eq!(webhooks.len(), 3))
            .await;
        assert_eq!(world.count("SELECT COUNT(*) FROM provider_events").await, 1);
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn reordered_webhooks_end_the_same() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        world.simulator.choose(&world.intent().id, Choice::Pay);
        // requires_action, authorized: the newer one first.
        world.deliver(|webhooks| webhooks.reverse()).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        // captured, and once more everything.
        world.deliver(|webhooks| webhooks.reverse()).await;
        assert_eq!(world.events("payment.captured").await.len(), 1);
        assert_eq!(
            world
                .count("SELECT COUNT(*) FROM provider_events WHERE status = 'processed'")
                .await,
            3
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_webhook_overtakes_the_answer_to_a_capture() {
    for engine in engines() {
        let world = World::with_webhooks(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        world.simulator.inject(
            payment_simulator::Operation::Capture,
            payment_simulator::Fault::LoseAnswer,
        );
        let reply = world.command(&opened, "captures", "c1", &json!({})).await;
        world.app.settle().await;
        assert!(
            matches!(reply.status().as_u16(), 201 | 202),
            "{}",
            reply.json()
        );
        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.captured),
            (PaymentStatus::Captured, payment.amount)
        );
        assert_eq!(world.ledger(&payment).await, ["authorization", "capture"]);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_webhook_about_nothing_we_know_is_parked_and_given_up_after_a_day() {
    for engine in engines() {
        let world = World::new(engine).await;
        for (id, reference) in [
            ("evt_1", "att_00000000000000000000000000"),
            ("evt_2", "somebody else's"),
        ] {
            let reply = world
                .send_event(&event(id, reference, "authorized", 1))
                .await;
            assert_eq!(reply.status(), 200);
        }
        world.app.settle().await;
        assert_eq!(
            world
                .count("SELECT COUNT(*) FROM provider_events WHERE status = 'parked'")
                .await,
            2
        );
        for _ in 0..30 {
            world.after(3_600).await;
        }
        assert_eq!(
            world
                .count("SELECT COUNT(*) FROM provider_events WHERE status = 'given_up'")
                .await,
            2
        );
    }
}

#[tokio::test]
async fn a_word_we_do_not_know_is_parked_and_changes_nothing() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let reference = world.intent().reference;
        assert_eq!(
            world
                .send_event(&event("evt_new", &reference, "half_authorized", 9))
                .await
                .status(),
            200
        );
        assert_eq!(
            world
                .send_event(&event("evt_no", &reference, "declined", 9))
                .await
                .status(),
            200
        );
        world.app.settle().await;
        assert_eq!(
            world
                .count("SELECT COUNT(*) FROM provider_events WHERE status = 'parked'")
                .await,
            2
        );
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Authorized);
    }
}

#[tokio::test]
async fn only_a_good_signature_is_stored() {
    for engine in engines() {
        let world = World::new(engine).await;
        let body = event("evt_1", "att_00000000000000000000000000", "authorized", 1).to_string();
        let now = world.app.kit().env().now();
        let good = sign(SECRET, &body, now);
        let forged = [
            String::new(),
            "t=1,v1=".to_owned(),
            sign("another secret", &body, now),
            sign(SECRET, &format!("{body} "), now),
            sign(SECRET, &body, now - Duration::from_secs(301)),
            sign(SECRET, &body, now + Duration::from_secs(301)),
            good.replace("t=", "t=1"),
        ];
        for signature in forged {
            let reply = post_webhook(&world.app.anonymous(), &signature, &body).await;
            assert_eq!(reply.status(), 401, "{signature}");
            assert_eq!(reply.json()["code"], "payments.bad_signature");
        }
        let unsigned = world
            .app
            .anonymous()
            .post(WEBHOOKS)
            .bytes("application/json", body.clone())
            .await;
        assert_eq!(unsigned.status(), 401);
        assert_eq!(world.count("SELECT COUNT(*) FROM provider_events").await, 0);

        assert_eq!(
            post_webhook(&world.app.anonymous(), &good, &body)
                .await
                .status(),
            200
        );
        assert_eq!(world.count("SELECT COUNT(*) FROM provider_events").await, 1);
    }
}

#[tokio::test]
async fn signed_nonsense_and_other_providers_are_refused() {
    for engine in engines() {
        let world = World::new(engine).await;
        for body in ["", "{}", "[]", "nonsense", r#"{"id":"","data":{}}"#] {
            let reply =
                post_webhook(&world.app.anonymous(), &world.simulator.sign(body), body).await;
            assert_eq!(reply.status(), 400, "{body}");
            assert_eq!(reply.json()["code"], "payments.unreadable_event");
        }
        let other = world
            .app
            .anonymous()
            .post("/v1/provider-webhooks/other")
            .json(&json!({}))
            .await;
        assert_eq!(other.status(), 404);
        assert_eq!(other.json()["code"], "payments.unknown_provider");
        assert_eq!(world.count("SELECT COUNT(*) FROM provider_events").await, 0);
    }
}
