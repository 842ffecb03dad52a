//! A provider that does not answer: unknown is never failed, and is always found out.

use std::time::Duration;

use payment_simulator::{ApiMode, Fault, Operation, Status};
use payments_contract::PaymentStatus;
use tenon_testkit::engines;

use crate::support::World;

#[tokio::test]
async fn a_timeout_after_the_charge_is_unknown_until_asking_finds_out() {
    for engine in engines() {
        let world = World::with_silence(engine, Duration::from_millis(700)).await;
        let opened = world.open("pm_timeout").await;
        assert_eq!(opened.status, PaymentStatus::Unknown);
        assert_eq!(world.events("payment.unknown").await.len(), 1);
        assert_eq!(world.intent().status, Status::Authorized);

        world.after(1).await;
        assert_eq!(
            world.now(&opened).await.status,
            PaymentStatus::Unknown,
            "it is not asked before 2 s"
        );
        world.after(1).await;

        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        assert_eq!(
            world.events("payment.resolved").await[0]["outcome"],
            "authorized"
        );
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_request_that_never_arrived_is_sent_again_under_the_same_key() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_timeout_not_charged").await;
        assert_eq!(opened.status, PaymentStatus::Unknown);
        assert!(world.simulator.intents().is_empty());
        world.after(2).await;
        let paid = world.now(&opened).await;
        assert_eq!((paid.status, paid.attempts), (PaymentStatus::Captured, 1));
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn errors_and_garbage_are_doubts_too() {
    for engine in engines() {
        for fault in [Fault::Error, Fault::Garble] {
            let world = World::new(engine).await;
            world.simulator.inject(Operation::Create, fault);
            let opened = world.open("pm_success").await;
            assert_eq!(opened.status, PaymentStatus::Unknown, "{fault:?}");
            world.after(2).await;
            assert_eq!(
                world.now(&opened).await.status,
                PaymentStatus::Captured,
                "{fault:?}"
            );
            assert_eq!(world.intent().captured, 2_500);
        }
    }
}

#[tokio::test]
async fn an_outage_is_waited_out() {
    for engine in engines() {
        let world = World::new(engine).await;
        world.simulator.set_api(ApiMode::Down);
        let opened = world.open("pm_success").await;
        assert_eq!(opened.status, PaymentStatus::Unknown);
        for seconds in [2, 5, 15, 60, 300] {
            world.after(seconds).await;
            assert_eq!(world.now(&opened).await.status, PaymentStatus::Unknown);
        }
        world.simulator.set_api(ApiMode::Normal);
        world.after(900).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        assert_eq!(
            world.events("payment.unknown").await.len(),
            1,
            "it is said once"
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_crash_between_the_rows_and_the_call_is_made_good_by_a_job() {
    for engine in engines() {
        let world = World::with_silence(engine, Duration::from_secs(4)).await;
        world
            .simulator
            .inject(Operation::Create, Fault::LoseRequest);
        let request = world.request(Some("pm_success"));
        let payment_id = request.payment_id;
        // Nobody is left to write the outcome down.
        tokio::select! {
            open = world.try_open(request) => panic!("the provider is silent: {open:?}"),
            () = arrival(&world) => {}
        }
        assert_eq!(
            world
                .count("SELECT COUNT(*) FROM attempts WHERE state = 'to_send'")
                .await,
            1
        );
        assert!(world.simulator.intents().is_empty());

        world.after(9).await;
        assert!(
            world.simulator.intents().is_empty(),
            "the call might still be on its way"
        );
        world.after(1).await;

        assert_eq!(world.intent().captured, 2_500);
        let request = payments_contract::GetPayments {
            ids: vec![payment_id],
        };
        let found = world
            .payments
            .get_payments(&world.ctx(), request)
            .await
            .expect("found")
            .payments;
        assert_eq!(
            (found[0].status, found[0].attempts),
            (PaymentStatus::Captured, 1)
        );
        world.assert_sound().await;
    }
}

/// Waits until the request to create an intent has reached the provider and is lost there.
async fn arrival(world: &World) {
    while world.simulator.is_waiting_for(Operation::Create) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_cancelled_while_unknown_is_let_go_once_it_is_known() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_timeout").await;
        let voided = world.void(opened.payment_id).await.expect("it exists");
        assert!(voided.void_requested);
        assert_eq!(voided.status, PaymentStatus::Unknown);

        world.after(2).await;

        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.void_requested),
            (PaymentStatus::Voided, false)
        );
        assert_eq!(world.intent().status, Status::Canceled);
        assert!(
            world.events("payment.authorized").await.is_empty(),
            "nobody must place an order on it"
        );
        assert_eq!(world.events("payment.voided").await.len(), 1);
        assert_eq!(world.ledger(&payment).await, ["authorization", "void"]);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn what_is_cancelled_and_never_arrived_is_closed_without_being_sent() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_timeout_not_charged").await;
        world.void(opened.payment_id).await.expect("it exists");
        world.after(60).await;
        assert_eq!(
            world.now(&opened).await.status,
            PaymentStatus::Unknown,
            "it may still arrive"
        );
        world.after(900).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Voided);
        assert!(world.simulator.intents().is_empty());
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_job_that_is_lost_is_swept_up() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_timeout").await;
        assert!(
            world
                .takes("DELETE FROM jobs WHERE kind LIKE 'payments.%_attempt'")
                .await
        );
        world.after(90).await;
        world.after(60).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        world.assert_sound().await;
    }
}
