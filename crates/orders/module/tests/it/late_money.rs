//! Money that comes after its checkout was given up.

use std::time::Duration;

use payments_contract::testing::Outcome;
use serde_json::Value;
use tenon_testkit::{TestEngine, engines};

use crate::support::{Buyer, DECLINED, Shop, eur, payment_of};
use catalog_contract::VariantId;

const TTL: Duration = Duration::from_mins(15);

/// A checkout that expired, and whose payment was void already when the provider changed its mind.
async fn expired(engine: TestEngine) -> (Shop, Buyer, VariantId, Value) {
    let shop = Shop::open(engine).await;
    let tea = shop.sell("TEA-1", 500, 1);
    let buyer = shop.guest(&[(tea, 1)]).await;
    let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
    shop.wait(TTL).await;
    assert_eq!(buyer.look(&checkout).await["status"], "expired");
    shop.decide(&payment_of(&checkout), DECLINED).await;
    assert_eq!(shop.catalog.reserved(tea), 0);
    (shop, buyer, tea, checkout)
}

#[tokio::test]
async fn late_money_places_the_order_if_its_stock_can_be_had() {
    for engine in engines() {
        let (shop, buyer, tea, checkout) = expired(engine).await;
        let payment = shop
            .decide(&payment_of(&checkout), Outcome::Authorize)
            .await;

        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        let order = buyer.order(&checkout).await;
        assert_eq!(
            (order["status"].as_str(), &order["cancel_reason"]),
            (Some("placed"), &Value::Null)
        );
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (0, 0)
        );
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "closed"
        );
        shop.tell(&payment, Outcome::Authorize).await;
        assert_eq!(shop.count("order.placed").await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn late_money_goes_back_once_if_the_stock_is_gone() {
    for engine in engines() {
        for captured in [false, true] {
            let (shop, buyer, tea, checkout) = expired(engine).await;
            shop.catalog.set_on_hand(tea, 0);
            let id = payment_of(&checkout);
            let mut payment = shop
                .payments
                .resolve(id.parse().expect("id"), Outcome::Authorize);
            if captured {
                payment = shop.payments.capture_all(payment.payment_id);
            }
            shop.tell(&payment, Outcome::Authorize).await;
            shop.tell(&payment, Outcome::Authorize).await;
            shop.catalog.set_on_hand(tea, 1);
            if !captured {
                shop.decide(&id, Outcome::Authorize).await; // the provider cannot make up its mind
            }
            shop.wait(Duration::from_mins(5)).await;

            assert_eq!(buyer.look(&checkout).await["status"], "expired");
            assert_eq!(buyer.order(&checkout).await["status"], "cancelled");
            let refunds = shop.payments.refunds();
            if captured {
                assert_eq!(refunds.len(), 1, "one refund, under one key");
                assert_eq!(
                    (refunds[0].amount, refunds[0].reason.as_str()),
                    (eur(990), "late_success")
                );
            } else {
                assert_eq!(shop.payment(&id).authorized, eur(0), "the money is let go");
            }
            let told = shop.app.events("orders", "order.payment_returned").await;
            assert_eq!(told.len(), 1, "the buyer is told once");
            assert_eq!(told[0].data["amount"]["amount"], 990);
            assert_eq!(shop.count("order.placed").await, 0);
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn late_money_goes_back_if_the_buyer_bought_again_meanwhile() {
    for engine in engines() {
        let (shop, buyer, tea, checkout) = expired(engine).await;
        shop.catalog.set_on_hand(tea, 5);
        assert_eq!(
            buyer.checkout("k2", Some("pm_success")).await.expect(201)["status"],
            "completed"
        );
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;

        assert_eq!(buyer.look(&checkout).await["status"], "expired");
        assert_eq!(shop.count("order.placed").await, 1);
        assert_eq!(shop.count("order.payment_returned").await, 1);
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (4, 0)
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn money_for_a_checkout_that_its_buyer_gave_up_goes_back() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        buyer.cancel_checkout(&checkout).await.expect(200);
        shop.decide(&payment_of(&checkout), DECLINED).await;
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        assert_eq!(buyer.look(&checkout).await["status"], "cancelled");
        assert_eq!(shop.payment(&payment_of(&checkout)).authorized, eur(0));
        assert_eq!(shop.count("order.placed").await, 0);
        assert_eq!(shop.count("order.payment_returned").await, 1);
    }
}

#[tokio::test]
async fn money_that_payments_gives_back_itself_is_left_to_payments() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_timeout")).await.expect(201);
        assert_eq!(
            buyer.cancel_checkout(&checkout).await.expect(200)["status"],
            "cancelled",
            "a wish is enough"
        );
        shop.decide(&payment_of(&checkout), Outcome::Authorize)
            .await; // and is undone at once
        assert_eq!(shop.payment(&payment_of(&checkout)).authorized, eur(0));
        assert_eq!(shop.count("order.payment_returned").await, 0);
        assert_eq!(shop.count("order.placed").await, 0);
        shop.app.assert_invariants().await;
    }
}
