//! Limits: counted once for each order, never beyond, and given back by whatever comes to nothing.

use std::time::Duration;

use payments_contract::testing::Outcome;
use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{euros, tenth, with};
use crate::support::{Buyer, DECLINED, Shop, When, payment_of};

const ONCE: fn() -> Value = || with(tenth(), json!({ "total_limit": 1 }));
const MINUTE: Duration = Duration::from_mins(1);

async fn buyer_with_code(shop: &Shop) -> Buyer {
    let tea = shop.sell("TEA-1", 500, 50);
    let buyer = shop.guest(&[(tea, 2)]).await;
    buyer.enter("TEA").await.expect(201);
    buyer
}

async fn redeemed(shop: &Shop, promotion: &Value) -> i64 {
    shop.promotion(promotion).await["redeemed"]
        .as_i64()
        .expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_carts_for_one_redemption_make_one_order_with_the_discount() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let promotion = shop.promote(&ONCE()).await;
        let tea = shop.sell("TEA-1", 500, 500);
        let mut buyers = Vec::new();
        for _ in 0..50 {
            let buyer = shop.guest(&[(tea, 2)]).await;
            buyer.enter("TEA").await.expect(201);
            buyers.push(buyer);
        }
        let checkouts: Vec<_> = buyers
            .iter()
            .map(|buyer| {
                let buyer = buyer.clone();
                tokio::spawn(async move { buyer.checkout("k1", Some("pm_success")).await })
            })
            .collect();
        let (mut made, mut refused) = (0, 0);
        for checkout in checkouts {
            let reply = checkout.await.expect("no panic");
            if reply.status() == 201 {
                assert_eq!(reply.expect(201)["status"], "completed");
                made += 1;
                continue;
            }
            let problem = reply.expect(409);
            assert_eq!(problem["code"], "orders.promotion_exhausted");
            assert_eq!(problem["codes"], json!(["TEA"]));
            assert_eq!(problem["total"]["amount"], 1_490, "the new total");
            assert_eq!(problem["retry"], "new_key");
            refused += 1;
        }
        assert_eq!((made, refused), (1, 49));
        assert_eq!(redeemed(&shop, &promotion).await, 1);
        assert_eq!(shop.count("order.placed").await, 1);
        assert_eq!(shop.count("promotion.redeemed").await, 1);
        assert_eq!(shop.catalog.reserved(tea), 0, "the losers hold no stock");
        shop.app.assert_invariants().await;

        // A loser sees the new total, agrees to it, and buys.
        for buyer in &buyers {
            let cart = buyer.cart().await;
            if cart["status"] != "active" {
                continue;
            }
            assert_eq!(cart["problems"][0]["code"], "promotion_exhausted");
            assert_eq!(cart["totals"]["total"]["amount"], 1_490);
            buyer.take_out("TEA").await.expect(200);
            buyer.checkout("k2", Some("pm_success")).await.expect(201);
            break;
        }
        assert_eq!(shop.count("order.placed").await, 2);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn whoever_loses_the_race_gets_one_answer_however_often_they_ask() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        shop.promote(&ONCE()).await;
        let (first, second) = (buyer_with_code(&shop).await, buyer_with_code(&shop).await);
        // The second has passed the look at the cart when the first redeems.
        shop.slow_catalog.stall_next("reserve", When::After);
        let late = {
            let request = second.checkout_request("k1", Some("pm_success"));
            tokio::spawn(async move { request.await })
        };
        shop.slow_catalog.reached().await;
        first.checkout("k1", Some("pm_success")).await.expect(201);
        shop.slow_catalog.release();
        let refused = late.await.expect("no panic").expect(409);
        assert_eq!(refused["code"], "orders.promotion_exhausted");
        let again = second.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(again["code"], "orders.promotion_exhausted");
        assert_eq!(again["total"], refused["total"]);
        assert_eq!(
            shop.count("order.created").await,
            1,
            "the loser has no order"
        );
        assert_eq!(
            shop.payments.payments().len(),
            1,
            "and was asked for nothing"
        );
        assert_eq!(second.cart().await["status"], "active");
        let told = shop.app.events("orders", "checkout.failed").await;
        assert_eq!(told.len(), 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_code_that_is_used_up_cannot_be_entered() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let promotion = shop.promote(&ONCE()).await;
        let first = buyer_with_code(&shop).await;
        first.checkout("k1", Some("pm_success")).await.expect(201);
        let second = shop.guest(&[(shop.sell("TEA-2", 700, 9), 1)]).await;
        let refused = second.enter("TEA").await.expect(409);
        assert_eq!(refused["code"], "orders.promotion_exhausted");
        assert_eq!(refused["total"]["amount"], 1_190);
        let body = json!({ "total_limit": 2 });
        shop.change_promotion(&promotion, &body).await.expect(200);
        second.enter("TEA").await.expect(201);
        second.checkout("k1", Some("pm_success")).await.expect(201);
        let body = json!({ "total_limit": 1 });
        let refused = shop.change_promotion(&promotion, &body).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/total_limit");
    }
}

#[tokio::test]
async fn one_buyer_redeems_no_more_often_than_allowed() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let limit = json!({ "customer_limit": 1 });
        let promotion = shop.promote(&with(euros(100), limit)).await;
        let first = buyer_with_code(&shop).await;
        let second = buyer_with_code(&shop).await; // the same address
        first.checkout("k1", Some("pm_success")).await.expect(201);
        let cart = second.cart().await;
        assert_eq!(cart["problems"][0]["code"], "promotion_exhausted");
        let refused = second.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(refused["code"], "orders.promotion_exhausted");

        let body = json!({ "email": "ADA@example.com" });
        second.change(&body).await.expect(200);
        second.checkout("k2", Some("pm_success")).await.expect(409);
        second
            .change(&json!({ "email": "eve@example.com" }))
            .await
            .expect(200);
        second.checkout("k3", Some("pm_success")).await.expect(201);

        // An account counts as such, whatever address it gives.
        let tea = shop.sell("TEA-9", 500, 9);
        for (address, status) in [("one@example.com", 201), ("two@example.com", 409)] {
            let ada = shop.customer("ada", &[(tea, 1)]).await;
            ada.change(&json!({ "email": address })).await.expect(200);
            let entered = ada.enter("TEA").await;
            if status == 409 {
                entered.expect(409);
                continue;
            }
            entered.expect(201);
            ada.checkout(address, Some("pm_success"))
                .await
                .expect(status);
        }
        assert_eq!(redeemed(&shop, &promotion).await, 3);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_checkout_that_comes_to_nothing_gives_its_redemption_back_once() {
    for engine in engines() {
        for way in ["cancelled", "expired", "failed"] {
            let shop = Shop::open(engine).await;
            let promotion = shop.promote(&ONCE()).await;
            let buyer = buyer_with_code(&shop).await;
            let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
            assert_eq!(redeemed(&shop, &promotion).await, 1, "held");
            assert_eq!(
                buyer.cart().await["totals"]["discount"]["amount"],
                100,
                "frozen with it"
            );
            shop.app.assert_invariants().await;
            match way {
                "cancelled" => {
                    buyer.cancel_checkout(&checkout).await.expect(200);
                    buyer.cancel_checkout(&checkout).await.expect(200);
                }
                "expired" => shop.wait(MINUTE * 20).await,
                _ => {
                    shop.decide(&payment_of(&checkout), DECLINED).await;
                    shop.wait(MINUTE * 20).await;
                }
            }
            assert_eq!(redeemed(&shop, &promotion).await, 0, "{way}");
            assert_eq!(shop.count("promotion.released").await, 1, "{way}");
            assert_eq!(buyer.cart().await["totals"]["discount"]["amount"], 100);
            shop.app.assert_invariants().await;
            buyer.checkout("k2", Some("pm_success")).await.expect(201);
            assert_eq!(redeemed(&shop, &promotion).await, 1);
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn an_order_that_is_cancelled_after_all_gives_its_redemption_back() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let promotion = shop.promote(&ONCE()).await;
        let buyer = buyer_with_code(&shop).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let path = format!(
            "/v1/orders/{}/cancellations",
            checkout["order_id"].as_str().expect("id")
        );
        for key in ["c1", "c2"] {
            let request = buyer.with_token(buyer.client.post(&path)).key(key);
            request.json(&json!({})).await.expect(202);
        }
        assert_eq!(redeemed(&shop, &promotion).await, 0);
        let told = shop.app.events("orders", "promotion.released").await;
        assert_eq!(told.len(), 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn late_money_places_the_order_only_if_the_promotion_is_still_to_be_had() {
    for engine in engines() {
        for others_came in [false, true] {
            let shop = Shop::open(engine).await;
            let promotion = shop.promote(&ONCE()).await;
            let buyer = buyer_with_code(&shop).await;
            let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
            shop.wait(MINUTE * 20).await;
            assert_eq!(buyer.look(&checkout).await["status"], "expired");
            if others_came {
                let other = buyer_with_code(&shop).await;
                other.checkout("o1", Some("pm_success")).await.expect(201);
            }
            let payment = payment_of(&checkout);
            shop.decide(&payment, DECLINED).await;
            shop.decide(&payment, Outcome::Authorize).await;
            let order = buyer.order(&checkout).await;
            let expected = if others_came { "cancelled" } else { "placed" };
            assert_eq!(order["status"], expected, "{others_came}");
            assert_eq!(redeemed(&shop, &promotion).await, 1);
            shop.app.assert_invariants().await;
        }
    }
}

#[tokio::test]
async fn wherever_a_driver_dies_the_redemption_is_counted_once() {
    for engine in engines() {
        for (method, when) in [
            ("reserve", When::Before),
            ("reserve", When::After),
            ("open_payment", When::Before),
            ("open_payment", When::After),
            ("commit_reservation", When::After),
        ] {
            let shop = Shop::open(engine).await;
            let promotion = shop.promote(&ONCE()).await;
            let buyer = buyer_with_code(&shop).await;
            shop.slow_catalog.stall_next(method, when);
            shop.slow_payments.stall_next(method, when);
            let request = buyer.checkout_request("k1", Some("pm_success"));
            let request = tokio::spawn(async move { request.await });
            tokio::select! {
                () = shop.slow_catalog.reached() => {}
                () = shop.slow_payments.reached() => {}
            }
            request.abort();
            shop.wait(MINUTE * 2).await;
            let again = buyer.checkout("k1", Some("pm_success")).await.expect(201);
            assert_eq!(again["status"], "completed", "{method} {when:?}");
            assert_eq!(redeemed(&shop, &promotion).await, 1, "{method} {when:?}");
            assert_eq!(
                shop.count("promotion.redeemed").await,
                1,
                "{method} {when:?}"
            );
            shop.app.assert_invariants().await;
        }
    }
}
