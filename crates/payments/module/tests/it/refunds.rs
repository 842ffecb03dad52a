//! Giving money back: never more than was taken, never twice.

use futures_util::future::join_all;
use payment_simulator::{Fault, Operation};
use payments_contract::{Payment, PaymentStatus, PaymentsError, RefundPayment, RefundStatus};
use serde_json::json;
use tenon_testkit::{TestEngine, engines};

use crate::support::{World, eur};

async fn paid(engine: TestEngine) -> (World, Payment) {
    let world = World::new(engine).await;
    let opened = world.open("pm_success").await;
    world.app.settle().await;
    let payment = world.now(&opened).await;
    assert_eq!(payment.status, PaymentStatus::Captured);
    (world, payment)
}

#[tokio::test]
async fn parts_can_be_refunded_up_to_what_was_captured() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        let part = json!({ "amount": { "amount": 1_000, "currency": "EUR" }, "reason": "broken" });
        let first = world.command(&payment, "refunds", "r1", &part).await;
        assert_eq!(first.status(), 201, "{}", first.json());
        assert_eq!(first.json()["status"], "succeeded");
        let location = first.header("location").expect("a place").to_owned();
        assert_eq!(world.staff().get(&location).await.json(), first.json());
        assert_eq!(
            world.now(&payment).await.status,
            PaymentStatus::PartiallyRefunded
        );

        let too_much =
            json!({ "amount": { "amount": 1_501, "currency": "EUR" }, "reason": "broken" });
        let refused = world.command(&payment, "refunds", "r2", &too_much).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json()["code"], "payments.refund_exceeds_captured");
        assert_eq!(refused.json()["refundable"]["amount"], 1_500);

        let rest = world
            .command(&payment, "refunds", "r3", &json!({ "reason": "the rest" }))
            .await;
        assert_eq!(
            (rest.status().as_u16(), &rest.json()["amount"]["amount"]),
            (201, &json!(1_500))
        );
        assert_eq!(world.now(&payment).await.status, PaymentStatus::Refunded);
        assert_eq!(world.intent().refunded, 2_500);
        let more = world
            .command(&payment, "refunds", "r4", &json!({ "reason": "more" }))
            .await;
        assert_eq!(more.status(), 422);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_refund_by_hand_is_audited() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        world
            .command(&payment, "refunds", "r1", &json!({ "reason": "broken" }))
            .await;
        let audited = world.events("audit.recorded").await;
        assert_eq!(audited.len(), 1);
        assert_eq!(audited[0]["action"], "payment.refund_requested");
        assert_eq!(audited[0]["target"], payment.payment_id.to_string());
        assert_eq!(audited[0]["after"]["reason"], "broken");
    }
}

#[tokio::test]
async fn the_same_refund_id_is_the_same_refund() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        let request = RefundPayment {
            payment_id: payment.payment_id,
            refund_id: world.app.kit().env().new_id(),
            amount: eur(1_000),
            reason: "return".to_owned(),
            requested_by: None,
        };
        let all = join_all((0..8).map(|_| async {
            world
                .payments
                .refund_payment(&world.ctx(), request.clone())
                .await
        }))
        .await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(world.intent().refunded, 1_000);
        assert_eq!(world.events("refund.requested").await.len(), 1);
        assert_eq!(world.events("refund.succeeded").await.len(), 1);

        let other = RefundPayment {
            amount: eur(1_001),
            ..request
        };
        let error = world
            .payments
            .refund_payment(&world.ctx(), other)
            .await
            .expect_err("another amount");
        assert!(
            matches!(error.domain(), Some(PaymentsError::RefundExists { .. })),
            "{error}"
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn an_unknown_refund_keeps_its_key_and_its_amount() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        world.simulator.inject(Operation::Refund, Fault::LoseAnswer);
        let unknown = world.refund(&payment, 1_000).await.expect("recorded");
        assert_eq!(unknown.status, RefundStatus::Unknown);
        assert_eq!(world.now(&payment).await.refunded, eur(0));

        let error = world
            .refund(&payment, 1_501)
            .await
            .expect_err("a part may be on its way back");
        assert_eq!(
            error.domain(),
            Some(&PaymentsError::RefundExceedsCaptured {
                refundable: eur(1_500)
            })
        );
        let repeat = RefundPayment {
            payment_id: payment.payment_id,
            refund_id: unknown.refund_id,
            amount: eur(1_000),
            reason: "broken".to_owned(),
            requested_by: None,
        };
        let repeated = world
            .payments
            .refund_payment(&world.ctx(), repeat)
            .await
            .expect("a replay");
        assert_eq!(repeated.refund_id, unknown.refund_id);

        world.after(10).await;

        assert_eq!(world.now(&payment).await.refunded, eur(1_000));
        assert_eq!(world.intent().refunded, 1_000);
        assert_eq!(world.events("refund.succeeded").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_refund_the_provider_refuses_frees_its_amount() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        world.simulator.inject(Operation::Refund, Fault::Refuse);
        let refused = world.refund(&payment, 2_500).await.expect("recorded");
        assert_eq!(refused.status, RefundStatus::Failed);
        assert_eq!(world.events("refund.failed").await[0]["failure"], "refused");
        let second = world
            .refund(&payment, 2_500)
            .await
            .expect("the amount is free again");
        assert_eq!(second.status, RefundStatus::Succeeded);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn parallel_refunds_never_give_back_more_than_was_taken() {
    for engine in engines() {
        let (world, payment) = paid(engine).await;
        let all = join_all((0..6).map(|_| world.refund(&payment, 1_000))).await;
        assert_eq!(
            all.iter().filter(|outcome| outcome.is_ok()).count(),
            2,
            "{all:?}"
        );
        assert_eq!(world.intent().refunded, 2_000);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn nothing_is_refunded_that_was_not_captured() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let error = world.refund(&opened, 1).await.expect_err("only promised");
        assert_eq!(
            error.domain(),
            Some(&PaymentsError::RefundExceedsCaptured { refundable: eur(0) })
        );
    }
}
