//! Undoing payments, whatever their state.

use payment_simulator::{Choice, Fault, Operation, Status};
use payments_contract::{Payment, PaymentStatus, PaymentsError};
use serde_json::json;
use tenon_testkit::{TestEngine, engines};

use crate::support::{World, eur};

#[tokio::test]
async fn promised_money_is_let_go() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let accepted = world
            .command(&opened, "voids", "v1", &json!({ "reason": "changed mind" }))
            .await;
        assert_eq!(accepted.status(), 202, "{}", accepted.json());
        world.app.settle().await;

        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.authorized),
            (PaymentStatus::Voided, eur(0))
        );
        assert_eq!(world.intent().status, Status::Canceled);
        let voided = world.events("payment.voided").await;
        assert_eq!(
            (voided.len(), &voided[0]["amount"]["amount"]),
            (1, &json!(2_500))
        );
        assert_eq!(
            world.events("audit.recorded").await[0]["action"],
            "payment.void_requested"
        );
        assert_eq!(world.ledger(&payment).await, ["authorization", "void"]);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn taken_money_is_given_back_once_however_often_it_is_asked_for() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        for _ in 0..3 {
            world.void(opened.payment_id).await;
            world.app.settle().await;
        }
        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.void_requested),
            (PaymentStatus::Refunded, false)
        );
        assert_eq!(world.intent().refunded, 2_500);
        assert_eq!(world.events("refund.succeeded").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_capture_that_was_not_sent_is_taken_back() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        world.void(opened.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Voided);
        assert_eq!(
            (world.intent().status, world.intent().captured),
            (Status::Canceled, 0)
        );
        assert_eq!(
            world.view(&opened).await["captures"][0]["status"],
            "cancelled"
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_capture_whose_outcome_is_unknown_is_waited_for_and_given_back() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        world
            .simulator
            .inject(Operation::Capture, Fault::LoseAnswer);
        world.command(&opened, "captures", "c1", &json!({})).await;
        let payment = world.void(opened.payment_id).await.expect("it exists");
        assert_eq!(
            (payment.status, payment.void_requested),
            (PaymentStatus::Authorized, true)
        );
        assert_eq!(world.intent().refunded, 0);

        world.after(10).await;

        assert_eq!(world.now(&opened).await.status, PaymentStatus::Refunded);
        assert_eq!(world.intent().refunded, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_payment_voided_before_it_was_opened_is_never_opened() {
    for engine in engines() {
        let world = World::new(engine).await;
        let request = world.request(Some("pm_success"));
        assert!(world.void(request.payment_id).await.is_none());
        let error = world.try_open(request.clone()).await.expect_err("too late");
        assert!(
            matches!(error.domain(), Some(PaymentsError::PaymentClosed { .. })),
            "{error}"
        );
        assert!(world.simulator.intents().is_empty());
        let path = format!("/v1/payments/{}", request.payment_id);
        assert_eq!(world.staff().get(&path).await.status(), 404);
    }
}

#[tokio::test]
async fn opening_and_voiding_at_once_never_leaves_money_behind() {
    for engine in engines() {
        let world = World::new(engine).await;
        for _ in 0..10 {
            let request = world.request(Some("pm_success"));
            let id = request.payment_id;
            let (opened, _) = tokio::join!(world.try_open(request), world.void(id));
            drop(opened);
        }
        world.after(10).await;
        assert!(
            world
                .simulator
                .intents()
                .iter()
                .all(|intent| intent.status == Status::Canceled)
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_page_that_waits_for_the_buyer_is_closed() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        world.void(opened.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.intent().status, Status::Canceled);
        assert!(!world.simulator.choose(&world.intent().id, Choice::Pay));
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Voided);
        assert_eq!(
            world.events("payment.voided").await[0]["amount"]["amount"],
            0
        );
        world.assert_sound().await;
    }
}

/// A page that was closed because nobody waited any more, and a bank that says yes after that.
async fn late(engine: TestEngine, on_ship: bool) -> (World, Payment) {
    let world = World::new(engine).await;
    let opened = if on_ship {
        world.open_on_ship("pm_3ds").await
    } else {
        world.open_page().await
    };
    world.void(opened.payment_id).await;
    world.app.settle().await;
    assert_eq!(world.now(&opened).await.status, PaymentStatus::Voided);
    let intent = world.intent().id;
    assert!(world.simulator.choose(&intent, Choice::SucceedLate));
    world.deliver(|_| {}).await;
    (world, opened)
}

#[tokio::test]
async fn money_of_a_page_that_was_closed_is_money_all_the_same() {
    for engine in engines() {
        let (world, opened) = late(engine, false).await;
        let paid = world.now(&opened).await;
        assert_eq!(
            (paid.status, paid.void_requested),
            (PaymentStatus::Captured, false),
            "whoever asked for the payment decides anew"
        );
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        assert_eq!(world.ledger(&paid).await, ["authorization", "capture"]);
        world.void(opened.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Refunded);
        assert_eq!(world.intent().refunded, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn what_was_let_go_and_came_back_can_be_let_go_again() {
    for engine in engines() {
        let (world, opened) = late(engine, true).await;
        let held = world.now(&opened).await;
        assert_eq!(
            (held.status, held.authorized),
            (PaymentStatus::Authorized, held.amount)
        );
        world.void_because(opened.payment_id, "late_success").await;
        world.app.settle().await;
        let payment = world.now(&opened).await;
        assert_eq!(payment.status, PaymentStatus::Voided);
        assert_eq!(world.intent().status, Status::Canceled, "not only here");
        assert_eq!(world.ledger(&payment).await, ["authorization", "void"]);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_declined_payment_is_closed_for_good() {
    for engine in engines() {
        let world = World::new(engine).await;
        let declined = world.open("pm_declined").await;
        let payment = world.void(declined.payment_id).await.expect("it exists");
        assert_eq!(payment.status, PaymentStatus::Voided);
        let error = world
            .attempt(&declined, "pm_success")
            .await
            .expect_err("it is over");
        assert!(
            matches!(error.domain(), Some(PaymentsError::PaymentClosed { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_void_whose_answer_is_lost_is_repeated() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        world.simulator.inject(Operation::Void, Fault::LoseAnswer);
        world.void(opened.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Authorized);
        world.after(10).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Voided);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_key_stands_for_one_void() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        let void = async |reason: &str| {
            world
                .command(&opened, "voids", "v1", &json!({ "reason": reason }))
                .await
        };
        let first = void("changed mind").await;
        assert_eq!(first.status(), 202, "{}", first.json());
        assert_eq!(first.header("idempotent-replayed"), None);
        let path = format!("/v1/payments/{}", opened.payment_id);
        assert_eq!(first.header("location"), Some(path.as_str()));
        world.app.settle().await;

        let repeat = void("changed mind").await;
        assert_eq!(repeat.status(), 202, "{}", repeat.json());
        assert_eq!(repeat.header("idempotent-replayed"), Some("true"));
        let other = void("something else").await.expect(422);
        assert_eq!(other["code"], "idempotency_key_reused");

        assert_eq!(world.events("payment.voided").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_refused_void_is_refused_again_and_buries_nothing() {
    for engine in engines() {
        let world = World::new(engine).await;
        let request = world.request(Some("pm_success"));
        let void = async || {
            let path = format!("/v1/payments/{}/voids", request.payment_id);
            let body = json!({ "reason": "changed mind" });
            world.staff().post(&path).key("v1").json(&body).await
        };
        let first = void().await;
        assert_eq!(first.expect(404)["code"], "payments.not_found");
        assert_eq!(first.header("idempotent-replayed"), None);
        let repeat = void().await;
        assert_eq!(repeat.expect(404)["code"], "payments.not_found");
        assert_eq!(repeat.header("idempotent-replayed"), Some("true"));
        world
            .try_open(request.clone())
            .await
            .expect("nobody voided it");
    }
}
