//! Taking authorised money: once, however often it is asked for.

use futures_util::future::join_all;
use payment_simulator::{Fault, Operation, Status};
use payments_contract::{CapturePayment, PaymentStatus, PaymentsError};
use serde_json::json;
use tenon_testkit::engines;

use crate::support::{World, eur};

#[tokio::test]
async fn parts_can_be_captured_up_to_what_is_authorised() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let part = json!({ "amount": { "amount": 1_000, "currency": "EUR" } });
        let first = world.command(&opened, "captures", "c1", &part).await;
        assert_eq!(first.status(), 201, "{}", first.json());
        assert_eq!(first.json()["captured"]["amount"], 1_000);

        let too_much = json!({ "amount": { "amount": 1_501, "currency": "EUR" } });
        let refused = world.command(&opened, "captures", "c2", &too_much).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(
            refused.json()["code"],
            "payments.capture_exceeds_authorized"
        );
        assert_eq!(refused.json()["capturable"]["amount"], 1_500);

        let rest = world.command(&opened, "captures", "c3", &json!({})).await;
        assert_eq!(rest.json()["captured"]["amount"], 2_500);
        assert_eq!(rest.json()["captures"][1]["number"], 2);
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn what_is_captured_already_is_a_success_and_no_second_capture() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        let again = world.command(&opened, "captures", "c1", &json!({})).await;
        assert_eq!(again.status(), 201);
        assert_eq!(again.json()["captures"].as_array().map(Vec::len), Some(1));
        assert_eq!(world.events("payment.captured").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn the_same_key_captures_once_and_another_body_is_refused() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let part = json!({ "amount": { "amount": 1_000, "currency": "EUR" } });
        for _ in 0..3 {
            assert_eq!(
                world
                    .command(&opened, "captures", "c1", &part)
                    .await
                    .status(),
                201
            );
        }
        assert_eq!(world.intent().captured, 1_000);
        let other = world.command(&opened, "captures", "c1", &json!({})).await;
        assert_eq!(
            (other.status().as_u16(), &other.json()["code"]),
            (422, &json!("idempotency_key_reused"))
        );
        let path = format!("/v1/payments/{}/captures", opened.payment_id);
        let keyless = world.staff().post(&path).json(&part).await;
        assert_eq!(
            (keyless.status().as_u16(), &keyless.json()["code"]),
            (400, &json!("idempotency_key_required"))
        );
        assert_eq!(world.intent().captured, 1_000);
    }
}

#[tokio::test]
async fn parallel_captures_never_take_more_than_is_authorised() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let request = CapturePayment {
            payment_id: opened.payment_id,
            amount: eur(1_000),
        };
        let all = join_all((0..6).map(|_| async {
            world
                .payments
                .capture_payment(&world.ctx(), request.clone())
                .await
        }))
        .await;
        let taken = all.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(taken, 2, "{all:?}");
        for refused in all.into_iter().filter_map(Result::err) {
            let capturable = PaymentsError::CaptureExceedsAuthorized {
                capturable: eur(500),
            };
            assert!(
                matches!(
                    refused.domain(),
                    Some(PaymentsError::CaptureExceedsAuthorized { .. })
                ),
                "{refused:?} instead of {capturable:?}"
            );
        }
        assert_eq!(world.intent().captured, 2_000);
        world.app.settle().await;
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_capture_whose_answer_is_lost_is_repeated_under_its_key() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        world
            .simulator
            .inject(Operation::Capture, Fault::LoseAnswer);
        let accepted = world.command(&opened, "captures", "c1", &json!({})).await;
        assert_eq!(accepted.status(), 202, "{}", accepted.json());
        assert_eq!(accepted.json()["captures"][0]["status"], "unknown");
        assert_eq!(world.intent().captured, 2_500);

        world.after(10).await;

        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.captured),
            (PaymentStatus::Captured, eur(2_500))
        );
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_refused_capture_is_said_and_can_be_tried_again() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.simulator.inject(Operation::Capture, Fault::Refuse);
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Authorized);
        assert_eq!(
            world.events("payment.capture_failed").await[0]["reason"],
            "refused"
        );

        assert_eq!(
            world
                .command(&opened, "captures", "c1", &json!({}))
                .await
                .status(),
            201
        );
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        world.assert_sound().await;
    }
}

/// The provider takes nothing more after a refund and calls that `already_captured`; no money is booked that it did
/// not take.
#[tokio::test]
async fn a_capture_that_the_provider_refuses_after_a_refund_is_not_booked() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let part = json!({ "amount": { "amount": 1_000, "currency": "EUR" } });
        let first = world.command(&opened, "captures", "c1", &part).await;
        assert_eq!(first.json()["captured"]["amount"], 1_000);
        world.refund(&opened, 400).await.expect("refunded");

        let more = world.command(&opened, "captures", "c2", &part).await;
        assert_eq!(more.json()["captured"]["amount"], 1_000, "{}", more.json());
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.captured, eur(1_000));
        assert_eq!(world.intent().captured, 1_000);
        assert_eq!(
            world.ledger(&opened).await,
            ["authorization", "capture", "refund"]
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn money_taken_and_given_back_at_the_provider_is_found_and_posted() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let provider = ProviderDashboard::of(&world);
        provider.press("capture", 2_000).await;
        provider.press("refund", 500).await;

        let reply = world
            .command(&opened, "reconciliations", "unused", &json!({}))
            .await;
        assert_eq!(reply.status(), 200, "{}", reply.json());
        assert_eq!(reply.json()["captured"]["amount"], 2_000);
        assert_eq!(reply.json()["refunded"]["amount"], 500);
        assert_eq!(reply.json()["status"], "partially_refunded");
        // The webhooks about the same come later.
        world.deliver(|_| {}).await;
        assert_eq!(
            world.ledger(&opened).await,
            ["authorization", "capture", "refund"]
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn money_taken_at_the_provider_before_a_void_goes_back() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        ProviderDashboard::of(&world).press("capture", 2_500).await;
        world.void(opened.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.intent().status, Status::Refunded);
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Refunded);
        world.assert_sound().await;
    }
}

/// Someone at the provider who presses buttons there.
struct ProviderDashboard {
    client: reqwest::Client,
    url: String,
}

impl ProviderDashboard {
    fn of(world: &World) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            url: format!("{}/intents/{}", world.simulator.url(), world.intent().id),
        }
    }

    async fn press(&self, button: &str, amount: i64) {
        let body = json!({ "key": format!("by hand: {button} {amount}"), "amount": amount });
        let answer = self
            .client
            .post(format!("{}/{button}", self.url))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
    }
}
