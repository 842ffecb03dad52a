//! Giving up: a checkout before it is paid, an order before it is sent.

use std::time::Duration;

use payments_contract::testing::Call;
use payments_contract::{PaymentCaptured, RefundSucceeded};
use serde_json::{Value, json};
use tenon_testkit::{TestReply, engines};

use crate::support::{Buyer, Shop, eur, payment_of};

async fn cancel(buyer: &Buyer, checkout: &Value, key: &str) -> TestReply {
    let path = format!(
        "/v1/orders/{}/cancellations",
        checkout["order_id"].as_str().expect("id")
    );
    buyer
        .with_token(buyer.client.post(&path))
        .key(key)
        .json(&json!({ "note": "changed my mind" }))
        .await
}

#[tokio::test]
async fn a_checkout_that_is_given_up_frees_everything() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let over = buyer.cancel_checkout(&checkout).await.expect(200);
        assert_eq!(
            (over["status"].as_str(), over["reason"].as_str()),
            (Some("cancelled"), Some("customer_request"))
        );
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert_eq!(
            buyer.cancel_checkout(&checkout).await.expect(200),
            over,
            "any number of times"
        );
        assert_eq!(
            buyer.checkout("k2", Some("pm_success")).await.expect(201)["status"],
            "completed"
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_checkout_whose_order_is_placed_cannot_be_given_up() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let refused = buyer.cancel_checkout(&checkout).await.expect(409);
        assert_eq!(
            (
                refused["code"].as_str(),
                refused["checkout_status"].as_str()
            ),
            (Some("orders.checkout_closed"), Some("completed"))
        );
        assert!(
            !shop
                .payments
                .calls()
                .iter()
                .any(|call| matches!(call, Call::Void(_)))
        );
    }
}

#[tokio::test]
async fn a_cancelled_order_gives_back_money_and_stock() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let payment = shop
            .payments
            .capture_all(payment_of(&checkout).parse().expect("id"));
        let (payment_id, order_id) = (payment.payment_id, payment.order_id);
        let (amount, capture_id) = (payment.captured, shop.app.kit().env().new_id());
        shop.feed.push(&PaymentCaptured {
            payment_id,
            order_id,
            capture_id,
            amount,
            captured_total: amount,
        });
        shop.app.settle().await;
        assert_eq!(buyer.order(&checkout).await["payment_status"], "captured");

        let first = cancel(&buyer, &checkout, "c1").await;
        assert_eq!(first.expect(202)["status"], "cancelled");
        cancel(&buyer, &checkout, "c1").await.expect(202);
        cancel(&buyer, &checkout, "c2").await.expect(202);
        shop.app.settle().await;

        assert_eq!(shop.payment(&payment_of(&checkout)).refunded, eur(990));
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (5, 0)
        );
        let told = shop.app.events("orders", "order.cancelled").await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].data["refund_due"]["amount"], 990);
        assert_eq!(told[0].data["was_placed"], true);
        let audited = shop.app.events("orders", "audit.recorded").await;
        assert_eq!(
            audited[0].data["after"],
            json!({ "status": "cancelled", "reason": "customer_request", "note": "changed my mind" })
        );

        let (refund_id, reason) = (shop.app.kit().env().new_id(), "order_cancelled".to_owned());
        shop.feed.push(&RefundSucceeded {
            refund_id,
            payment_id,
            order_id,
            amount,
            refunded_total: amount,
            reason,
        });
        shop.app.settle().await;
        let order = buyer.order(&checkout).await;
        assert_eq!(
            (
                order["payment_status"].as_str(),
                &order["refunded"]["amount"]
            ),
            (Some("refunded"), &json!(990))
        );
        shop.app.assert_invariants().await;
    }
}

/// A key belongs to one request, also once there is nothing left to do.
#[tokio::test]
async fn a_cancellation_is_kept_under_its_key_before_and_after_the_payment() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        for method in ["pm_3ds", "pm_success"] {
            let buyer = shop.guest(&[(tea, 1)]).await;
            let checkout = buyer.checkout("k1", Some(method)).await.expect(201);
            let first = cancel(&buyer, &checkout, "c1").await;
            assert_eq!(first.expect(202)["status"], "cancelled", "{method}");
            assert_eq!(first.header("idempotent-replayed"), None, "{method}");
            let again = cancel(&buyer, &checkout, "c1").await;
            assert_eq!(again.expect(202)["status"], "cancelled", "{method}");
            assert_eq!(
                again.header("idempotent-replayed"),
                Some("true"),
                "{method}"
            );
            let path = format!(
                "/v1/orders/{}/cancellations",
                checkout["order_id"].as_str().expect("id")
            );
            let other = buyer.with_token(buyer.client.post(&path)).key("c1");
            let other = other.json(&json!({ "note": "another" })).await;
            other.expect(422);
            assert_eq!(other.code(), "idempotency_key_reused", "{method}");
        }
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_cancellation_waits_until_the_stock_was_sold() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let down = tenon_seam::SeamFault::Unavailable {
            executed: tenon_seam::Executed::No,
        };
        shop.catalog.fail_next(down);
        shop.decide(
            &payment_of(&checkout),
            payments_contract::testing::Outcome::Authorize,
        )
        .await;
        cancel(&buyer, &checkout, "c1").await.expect(202);
        shop.app.settle().await;
        assert_eq!(
            shop.catalog.on_hand(tea),
            5,
            "the commit has not been made yet"
        );
        for _ in 0..5 {
            shop.wait(Duration::from_mins(2)).await;
        }
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.reserved(tea)),
            (5, 0),
            "sold, then put back"
        );
        assert_eq!(shop.payment(&payment_of(&checkout)).authorized, eur(0));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn an_order_whose_payment_is_unknown_is_cancelled_as_a_wish() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 5);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_timeout")).await.expect(201);
        let order = cancel(&buyer, &checkout, "c1").await.expect(202);
        assert_eq!(order["status"], "cancelled");
        assert!(
            shop.payment(&payment_of(&checkout)).void_requested,
            "settled when it is known"
        );
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert_eq!(buyer.look(&checkout).await["status"], "cancelled");
        shop.decide(
            &payment_of(&checkout),
            payments_contract::testing::Outcome::Authorize,
        )
        .await;
        assert_eq!(shop.payment(&payment_of(&checkout)).authorized, eur(0));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn what_has_left_cannot_be_cancelled() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let staff = shop.staff();
        let path = format!(
            "/v1/orders/{}/fulfillments",
            order["id"].as_str().expect("id")
        );
        let body = json!({ "lines": [{ "line_id": order["lines"][0]["line_id"], "quantity": 1 }] });
        let parcel = staff.post(&path).key("p1").json(&body).await.expect(201);
        let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("id"));
        staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&json!({ "status": "shipped" }))
            .await
            .expect(200);

        let refused = cancel(&buyer, &checkout, "c1").await.expect(409);
        assert_eq!(refused["code"], "orders.order_not_cancellable");
        assert_eq!(refused["order_status"], "fulfilled");
    }
}

#[tokio::test]
async fn a_parcel_that_never_left_is_cancelled_with_its_order() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let staff = shop.staff();
        let path = format!(
            "/v1/orders/{}/fulfillments",
            order["id"].as_str().expect("id")
        );
        let body = json!({ "lines": [{ "line_id": order["lines"][0]["line_id"], "quantity": 1 }] });
        let parcel = staff.post(&path).key("p1").json(&body).await.expect(201);
        cancel(&buyer, &checkout, "c1").await.expect(202);

        assert_eq!(
            buyer.order(&checkout).await["fulfillments"][0]["status"],
            "cancelled"
        );
        let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("id"));
        let refused = staff
            .patch(&path)
            .header("if-match", "\"v2\"")
            .json(&json!({ "status": "shipped" }))
            .await;
        assert_eq!(refused.expect(409)["code"], "orders.fulfillment_transition");
        shop.app.assert_invariants().await;
    }
}
