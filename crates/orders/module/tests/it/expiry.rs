//! Time: what is held ends by the clock, and longer while nobody knows.

use std::time::Duration;

use payments_contract::testing::{Call, Outcome};
use tenon_testkit::engines;

use crate::support::{DECLINED, Shop, eur, payment_of};

const TTL: Duration = Duration::from_mins(15);
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn an_unpaid_checkout_expires_and_frees_everything() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);

        shop.wait(MINUTE * 14).await;
        assert_eq!(buyer.look(&checkout).await["status"], "requires_action");
        shop.wait(MINUTE).await;

        let over = buyer.look(&checkout).await;
        assert_eq!(
            (over["status"].as_str(), over["reason"].as_str()),
            (Some("expired"), Some("expired"))
        );
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "active"
        );
        let order = buyer.order(&checkout).await;
        assert_eq!(
            (order["status"].as_str(), order["cancel_reason"].as_str()),
            (Some("cancelled"), Some("expired"))
        );
        assert!(
            shop.payment(&payment_of(&checkout)).void_requested,
            "the provider is told"
        );
        assert_eq!(shop.count("checkout.expired").await, 1);
        let cancelled = shop.app.events("orders", "order.cancelled").await;
        assert_eq!(cancelled[0].data["was_placed"], false);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_confirmation_after_expiry_is_told_the_new_price() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.catalog.set_price(tea, eur(800));
        shop.wait(TTL).await;
        let problem = buyer.confirm(&checkout, None).await.expect(409);
        assert_eq!(problem["code"], "orders.quote_expired");
        assert_eq!(problem["total"]["amount"], 800 + 490);
    }
}

#[tokio::test]
async fn a_confirmation_in_the_last_moment_still_counts() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.payments.resolve(
            payment_of(&checkout).parse().expect("id"),
            Outcome::Authorize,
        ); // no event comes
        shop.wait(TTL).await; // before it gives up, it asks once more
        let asked = |call: &Call| matches!(call, Call::Refresh(_));
        assert!(
            shop.payments.calls().iter().any(asked),
            "the provider itself"
        );
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        assert_eq!(shop.count("checkout.expired").await, 0);
    }
}

#[tokio::test]
async fn price_and_stock_are_held_while_nobody_knows() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_timeout")).await.expect(201);
        assert_eq!(checkout["status"], "processing");
        for _ in 0..4 {
            shop.wait(TTL).await;
            let now = buyer.look(&checkout).await;
            assert_eq!(now["status"], "processing");
            assert_ne!(now["expires_at"], checkout["expires_at"], "it is extended");
            assert_eq!(shop.catalog.reserved(tea), 1);
        }
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn an_unknown_outcome_that_turns_out_a_decline_can_be_tried_again() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_timeout")).await.expect(201);
        shop.wait(TTL).await;
        shop.decide(&payment_of(&checkout), DECLINED).await;
        assert_eq!(buyer.look(&checkout).await["status"], "payment_declined");
        assert_eq!(
            buyer
                .confirm(&checkout, Some("pm_success"))
                .await
                .expect(200)["status"],
            "completed"
        );
    }
}

#[tokio::test]
async fn stock_that_got_lost_before_the_money_came_is_reserved_anew_or_paid_back() {
    for engine in engines() {
        for left in [1, 0] {
            let shop = Shop::open(engine).await;
            let tea = shop.sell("TEA-1", 500, 1);
            let buyer = shop.guest(&[(tea, 1)]).await;
            let checkout = buyer.checkout("k1", Some("pm_timeout")).await.expect(201);
            let reservation = shop.reservation_of(&checkout).await;
            shop.catalog.expire(reservation); // nobody extended it in time
            shop.app.kit().advance(TTL + TTL); // and nothing ran meanwhile
            shop.catalog.set_on_hand(tea, left);

            shop.decide(&payment_of(&checkout), Outcome::Authorize)
                .await;

            let now = buyer.look(&checkout).await;
            let payment = shop.payment(&payment_of(&checkout));
            if left == 1 {
                assert_eq!(now["status"], "completed");
                assert_eq!(
                    (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
                    (0, 0)
                );
            } else {
                assert_eq!(
                    (now["status"].as_str(), now["reason"].as_str()),
                    (Some("failed"), Some("out_of_stock"))
                );
                assert_eq!(payment.authorized, eur(0), "the money is let go");
            }
            shop.app.assert_invariants().await;
        }
    }
}
