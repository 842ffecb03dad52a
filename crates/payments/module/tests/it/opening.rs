//! Opening payments.

use payment_simulator::{Choice, Status};
use payments_contract::{OpenPayment, PaymentStatus, PaymentsError};
use tenon_testkit::engines;

use crate::support::{World, eur};

#[tokio::test]
async fn a_payment_is_authorised_and_then_captured_by_itself() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        assert_eq!(opened.status, PaymentStatus::Authorized);
        assert_eq!((opened.authorized, opened.captured), (eur(2_500), eur(0)));

        world.app.settle().await;

        let paid = world.now(&opened).await;
        assert_eq!(
            (paid.status, paid.captured),
            (PaymentStatus::Captured, eur(2_500))
        );
        assert_eq!(
            (world.intent().status, world.intent().captured),
            (Status::Captured, 2_500)
        );
        assert_eq!(world.ledger(&paid).await, ["authorization", "capture"]);
        for (event, count) in [
            ("payment.attempt_started", 1),
            ("payment.authorized", 1),
            ("payment.captured", 1),
            ("ledger.posted", 2),
            ("payment.unknown", 0),
        ] {
            let events = world.events(event).await;
            assert_eq!(events.len(), count, "{event}");
            assert!(
                events
                    .iter()
                    .all(|data| data["order_id"] == paid.order_id.to_string()),
                "{event}"
            );
        }
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn money_that_is_taken_on_shipping_is_only_promised() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        world.after(3_600).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Authorized);
        assert_eq!(world.intent().captured, 0);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn opening_twice_is_one_payment() {
    for engine in engines() {
        let world = World::new(engine).await;
        let request = world.request(Some("pm_success"));
        let first = world.try_open(request.clone()).await.expect("opens");
        let second = world.try_open(request.clone()).await.expect("is known");
        assert_eq!(first, second);
        assert_eq!(world.simulator.intents().len(), 1);

        let other = OpenPayment {
            amount: eur(2_501),
            ..request
        };
        let error = world.try_open(other).await.expect_err("another amount");
        assert!(
            matches!(error.domain(), Some(PaymentsError::PaymentExists { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn ten_openings_at_once_are_one_payment() {
    for engine in engines() {
        let world = World::new(engine).await;
        let request = world.request(Some("pm_success"));
        let all =
            futures_util::future::join_all((0..10).map(|_| world.try_open(request.clone()))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(world.simulator.intents().len(), 1);
        world.app.settle().await;
        assert_eq!(world.intent().captured, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_buyer_is_sent_to_the_page_and_pays_there() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        assert_eq!(opened.status, PaymentStatus::RequiresAction);
        let url = opened.next_action.clone().expect("somewhere to go").url;
        assert_eq!(
            url,
            format!("{}/pay/{}", world.simulator.url(), world.intent().id)
        );
        assert_eq!(
            world.events("payment.action_required").await[0]["next_action"]["url"],
            url
        );

        assert!(world.simulator.choose(&world.intent().id, Choice::Pay));
        world.deliver(|_| {}).await;

        let paid = world.now(&opened).await;
        assert_eq!(
            (paid.status, paid.next_action),
            (PaymentStatus::Captured, None)
        );
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_buyer_who_closes_the_browser_waits_less_than_90_seconds() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        world.after(600).await;
        // No webhook, no way back to the shop: only asking finds out.
        assert!(
            world
                .simulator
                .choose(&world.intent().id, Choice::PayAndVanish)
        );
        world.after(89).await;
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn refreshing_asks_at_once() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open_page().await;
        assert!(
            world
                .simulator
                .choose(&world.intent().id, Choice::PayAndVanish)
        );
        let request = payments_contract::RefreshPayment {
            payment_id: opened.payment_id,
        };
        let all = futures_util::future::join_all((0..10).map(|_| async {
            world
                .payments
                .refresh_payment(&world.ctx(), request.clone())
                .await
                .expect("the payment exists")
                .status
        }))
        .await;
        assert!(
            all.iter()
                .all(|status| *status == PaymentStatus::Authorized),
            "{all:?}"
        );
        assert_eq!(world.events("payment.authorized").await.len(), 1);
    }
}
