//! Declines, further attempts, and two that both succeed.

use payment_simulator::{Choice, Status};
use payments_contract::{DeclineClass, MAX_ATTEMPTS, PaymentStatus, PaymentsError, StartAttempt};
use tenon_kernel::IdempotencyScope;
use tenon_testkit::engines;

use crate::support::{World, event};

#[tokio::test]
async fn a_decline_allows_another_attempt_under_another_key() {
    for engine in engines() {
        let world = World::new(engine).await;
        let declined = world.open("pm_declined").await;
        assert_eq!(
            (declined.status, declined.decline),
            (PaymentStatus::Declined, Some(DeclineClass::Declined))
        );
        assert_eq!(world.events("payment.declined").await[0]["attempt_no"], 1);

        let paid = world
            .attempt(&declined, "pm_success")
            .await
            .expect("a second attempt");
        assert_eq!((paid.status, paid.attempts), (PaymentStatus::Authorized, 2));
        let references: Vec<String> = world
            .simulator
            .intents()
            .into_iter()
            .map(|intent| intent.reference)
            .collect();
        assert_eq!(references.len(), 2);
        assert_ne!(references[0], references[1]);
        world.app.settle().await;
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn the_same_command_starts_one_attempt() {
    for engine in engines() {
        let world = World::new(engine).await;
        let declined = world.open("pm_declined").await;
        let request = StartAttempt {
            payment_id: declined.payment_id,
            payment_method: Some("pm_declined".to_owned()),
        };
        let scope = IdempotencyScope {
            key: "second".to_owned(),
            subject: "orders".to_owned(),
            fingerprint: [7; 32],
        };
        for _ in 0..3 {
            let ctx = world.ctx().with_idempotency(scope.clone());
            let payment = world
                .payments
                .start_attempt(&ctx, request.clone())
                .await
                .expect("one attempt");
            assert_eq!(payment.attempts, 2);
        }
        assert_eq!(world.simulator.intents().len(), 2);
    }
}

#[tokio::test]
async fn an_attempt_whose_outcome_is_unknown_admits_no_other() {
    for engine in engines() {
        let world = World::new(engine).await;
        let unknown = world.open("pm_timeout").await;
        let error = world
            .attempt(&unknown, "pm_success")
            .await
            .expect_err("it may have been charged");
        assert!(
            matches!(error.domain(), Some(PaymentsError::AttemptOpen { .. })),
            "{error}"
        );
        assert_eq!(world.simulator.intents().len(), 1);
    }
}

#[tokio::test]
async fn a_paid_payment_admits_no_attempt() {
    for engine in engines() {
        let world = World::new(engine).await;
        let paid = world.open("pm_success").await;
        let error = world.attempt(&paid, "pm_success").await.expect_err("paid");
        assert!(
            matches!(error.domain(), Some(PaymentsError::PaymentClosed { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_buyer_who_changes_their_mind_leaves_no_open_page_behind() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        let page = world.intent().id;
        let paid = world
            .attempt(&opened, "pm_success")
            .await
            .expect("another way to pay");
        assert_eq!(paid.status, PaymentStatus::Authorized);

        // They pay on the old page too, before it is closed.
        assert!(world.simulator.choose(&page, Choice::Pay));
        world.deliver(|_| {}).await;

        assert_eq!(
            world.simulator.intent(&page).expect("known").status,
            Status::Canceled
        );
        let payment = world.now(&opened).await;
        assert_eq!(payment.status, PaymentStatus::Captured);
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        assert_eq!(payment.captured, payment.amount);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn of_two_attempts_that_both_succeed_the_second_is_let_go_and_both_stand_in_the_ledger() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_declined").await;
        let first = world.intent_of(&opened, 1).await;
        world
            .attempt(&opened, "pm_success")
            .await
            .expect("a second attempt");
        world.app.settle().await;

        // The provider changes its mind about the first one.
        let reply = world
            .send_event(&event("evt_late", &first.reference, "authorized", 9))
            .await;
        assert_eq!(reply.status(), 200);
        world.app.settle().await;

        let payment = world.now(&opened).await;
        assert_eq!(
            (payment.status, payment.captured),
            (PaymentStatus::Captured, payment.amount)
        );
        assert_eq!(
            world.ledger(&payment).await,
            ["authorization", "capture", "authorization", "void"]
        );
        assert_eq!(world.events("payment.authorized").await.len(), 1);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn testing_cards_ends() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_declined").await;
        for _ in 1..MAX_ATTEMPTS {
            world
                .attempt(&opened, "pm_declined")
                .await
                .expect("not too many");
        }
        let error = world
            .attempt(&opened, "pm_success")
            .await
            .expect_err("too many");
        assert!(
            matches!(error.domain(), Some(PaymentsError::TooManyAttempts { .. })),
            "{error}"
        );
    }
}
