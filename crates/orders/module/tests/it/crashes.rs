//! A driver that dies half-way: whoever looks next finishes or undoes what it began.

use std::time::Duration;

use payments_contract::testing::Outcome;
use serde_json::Value;
use tenon_seam::{Executed, SeamFault};
use tenon_testkit::engines;

use crate::support::{Buyer, Shop, When, payment_of};

/// The sweeper comes each minute, and gives a driver 15 seconds.
const SWEEP: Duration = Duration::from_mins(2);

const SECOND: Duration = Duration::from_secs(1);

const DOWN: SeamFault = SeamFault::Unavailable {
    executed: Executed::Unknown,
};

/// Starts a checkout whose driver never returns.
async fn start_and_die(shop: &Shop, buyer: &Buyer, method: &str) {
    let request = buyer.checkout_request("k1", Some(method));
    let request = tokio::spawn(async move { request.await });
    tokio::select! {
        () = shop.slow_catalog.reached() => {}
        () = shop.slow_payments.reached() => {}
    }
    request.abort();
}

/// The checkout of the buyer's only request, found by repeating it.
async fn found_again(shop: &Shop, buyer: &Buyer, method: &str) -> Value {
    let reply = buyer.checkout("k1", Some(method)).await;
    assert_eq!(
        reply.header("idempotent-replayed"),
        Some("true"),
        "{reply:?}"
    );
    shop.app.assert_invariants().await;
    reply.expect(201)
}

#[tokio::test]
async fn wherever_a_driver_dies_on_the_way_forward_the_order_is_placed_once() {
    for engine in engines() {
        for (method, when) in [
            ("reserve", When::Before),
            ("reserve", When::After),
            ("open_payment", When::Before),
            ("open_payment", When::After),
            ("commit_reservation", When::Before),
            ("commit_reservation", When::After),
        ] {
            let shop = Shop::open(engine).await;
            let tea = shop.sell("TEA-1", 500, 5);
            let buyer = shop.guest(&[(tea, 1)]).await;
            shop.slow_catalog.stall_next(method, when);
            shop.slow_payments.stall_next(method, when);
            start_and_die(&shop, &buyer, "pm_success").await;

            shop.wait(SWEEP).await;

            let checkout = found_again(&shop, &buyer, "pm_success").await;
            assert_eq!(checkout["status"], "completed", "{method} {when:?}");
            assert_eq!(shop.payments.payments().len(), 1, "{method} {when:?}");
            assert_eq!(shop.count("order.placed").await, 1, "{method} {when:?}");
            assert_eq!(
                (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
                (4, 0),
                "{method} {when:?}"
            );
        }
    }
}

#[tokio::test]
async fn wherever_a_driver_dies_on_the_way_back_nothing_is_kept() {
    for engine in engines() {
        for (method, when) in [
            ("void_payment", When::Before),
            ("void_payment", When::After),
            ("release", When::Before),
            ("release", When::After),
        ] {
            let shop = Shop::open(engine).await;
            let tea = shop.sell("TEA-1", 500, 5);
            let buyer = shop.guest(&[(tea, 1)]).await;
            let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
            shop.slow_catalog.stall_next(method, when);
            shop.slow_payments.stall_next(method, when);
            let cancel = {
                let (buyer, checkout) = (buyer.clone(), checkout.clone());
                tokio::spawn(async move { buyer.cancel_checkout(&checkout).await })
            };
            tokio::select! {
                () = shop.slow_catalog.reached() => {}
                () = shop.slow_payments.reached() => {}
            }
            cancel.abort();
            assert_eq!(
                buyer.look(&checkout).await["status"],
                "closing",
                "{method} {when:?}"
            );

            shop.wait(SWEEP).await;

            assert_eq!(
                buyer.look(&checkout).await["status"],
                "cancelled",
                "{method} {when:?}"
            );
            assert_eq!(shop.catalog.reserved(tea), 0, "{method} {when:?}");
            assert!(
                shop.payment(&payment_of(&checkout)).void_requested,
                "{method} {when:?}"
            );
            assert_eq!(shop.count("checkout.failed").await, 1, "{method} {when:?}");
            assert_eq!(
                buyer.get(&buyer.path()).await.expect(200)["status"],
                "active"
            );
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn a_repeat_takes_over_what_was_left_lying() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.slow_payments.stall_next("open_payment", When::After);
        start_and_die(&shop, &buyer, "pm_success").await;
        shop.app.kit().advance(Duration::from_secs(20)); // and no sweeper
        assert_eq!(
            found_again(&shop, &buyer, "pm_success").await["status"],
            "completed"
        );
        assert_eq!(shop.payments.payments().len(), 1);
    }
}

#[tokio::test]
async fn a_repeat_while_the_first_is_at_work_is_told_to_come_back() {
    for engine in engines() {
        let settings = orders::OrdersSettings {
            repeat_wait_ms: 50,
            ..orders::OrdersSettings::default()
        };
        let shop = Shop::with(engine, settings).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.slow_payments.stall_next("open_payment", When::Before);
        start_and_die(&shop, &buyer, "pm_success").await;
        let reply = buyer.checkout("k1", Some("pm_success")).await;
        assert_eq!(reply.expect(409)["code"], "idempotency_key_in_flight");
        assert!(reply.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn an_event_that_comes_while_nobody_drives_is_not_lost() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.slow_payments.stall_next("open_payment", When::After);
        start_and_die(&shop, &buyer, "pm_3ds").await;
        let payment = shop.payments.payments().remove(0);
        shop.decide(&payment.payment_id.to_string(), Outcome::Authorize)
            .await; // no time passes
        assert_eq!(
            found_again(&shop, &buyer, "pm_3ds").await["status"],
            "completed"
        );
    }
}

#[tokio::test]
async fn a_module_that_cannot_be_reached_is_waited_for() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        shop.payments.fail_next(DOWN);
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(
            checkout["status"], "processing",
            "it is begun, and goes on by itself"
        );

        shop.payments.fail_next(DOWN);
        shop.wait(SECOND).await; // looks again, in vain
        shop.wait(SECOND).await;
        assert_eq!(buyer.look(&checkout).await["status"], "processing");
        shop.wait(SECOND).await; // two seconds after the second failure
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        assert_eq!(shop.count("order.placed").await, 1);
    }
}

/// Who vanished is waited for; who failed said so.
#[tokio::test]
async fn a_repeat_does_not_wait_for_a_driver_that_let_go() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.payments.fail_next(DOWN);
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(checkout["status"], "processing");
        shop.app.kit().advance(SECOND * 2); // and no job
        assert_eq!(
            found_again(&shop, &buyer, "pm_success").await["status"],
            "completed"
        );
        assert_eq!(shop.payments.payments().len(), 1);
    }
}

#[tokio::test]
async fn a_placed_order_gets_its_stock_however_long_the_catalog_is_away() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        for _ in 0..4 {
            shop.catalog.fail_next(DOWN);
        }
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        assert_eq!(
            buyer.look(&checkout).await["status"],
            "completed",
            "the money is not let go"
        );
        assert_eq!(shop.catalog.on_hand(tea), 5);
        for _ in 0..20 {
            shop.wait(SWEEP).await;
        }
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (4, 0)
        );
        assert_eq!(shop.count("order.placed").await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn an_absent_catalog_starts_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        shop.catalog.fail_next(DOWN);
        let reply = buyer.checkout("k1", Some("pm_success")).await;
        let problem = reply.expect(503);
        assert_eq!(problem["retry"], "after");
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "active"
        );
        assert_eq!(
            buyer.checkout("k1", Some("pm_success")).await.expect(201)["status"],
            "completed",
            "same key"
        );
    }
}
