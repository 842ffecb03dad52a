//! What is left of a buyer whose account was erased.

use std::time::Duration;

use identity_contract::{UserErased, UserId};
use payments_contract::testing::Outcome;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::Queryable as _;
use tenon_testkit::{TestApp, engines};

use crate::support::{Buyer, Shop, eur, payment_of};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// What says who she is, in any column of any table of orders.
const WHO: &str = "SELECT (SELECT COUNT(*) FROM carts WHERE email LIKE '%ada@%')
                        + (SELECT COUNT(*) FROM orders WHERE email LIKE '%ada@%')
                        + (SELECT COUNT(*) FROM orders WHERE CAST(shipping_address AS text) LIKE '%Lovelace%')
                        + (SELECT COUNT(*) FROM checkouts WHERE CAST(quote AS text) LIKE '%Lovelace%')";

/// Identity tells that Ada is gone.
async fn erase(shop: &Shop) {
    let user_id = UserId::from_uuid(TestApp::user_id("ada"));
    shop.people.push(&UserErased { user_id });
    shop.app.settle().await;
}

async fn count(shop: &Shop, sql: &'static str) -> i64 {
    let ctx = shop.app.kit().ctx();
    let counted = shop.db.read(&ctx).query(sql).fetch_scalar::<i64>().await;
    counted.expect("counted").expect("a number")
}

async fn bought(shop: &Shop, sku: &str) -> (Buyer, Value) {
    let tea = shop.sell(sku, 500, 10);
    let ada = shop.customer("ada", &[(tea, 1)]).await;
    let checkout = ada.checkout(sku, Some("pm_success")).await.expect(201);
    shop.app.settle().await;
    let order = ada.order(&checkout).await;
    (ada, order)
}

/// Sends the one line of an order; returns the path of the parcel.
async fn send(shop: &Shop, order: &Value) -> String {
    let staff = shop.staff();
    let line = &order["lines"][0]["line_id"];
    let body = json!({ "lines": [{ "line_id": line, "quantity": 1 }] });
    let path = format!(
        "/v1/orders/{}/fulfillments",
        order["id"].as_str().expect("an id")
    );
    let parcel = staff.post(&path).key("send").json(&body).await.expect(201);
    let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("an id"));
    let shipped = json!({ "status": "shipped", "tracking_number": "0034" });
    staff
        .patch(&path)
        .header("if-match", "\"v1\"")
        .json(&shipped)
        .await
        .expect(200);
    path
}

/// The parcel has arrived.
async fn arrive(shop: &Shop, parcel: &str) {
    let delivered = json!({ "status": "delivered" });
    let patch = shop.staff().patch(parcel).header("if-match", "\"v2\"");
    patch.json(&delivered).await.expect(200);
}

async fn seen_by_staff(shop: &Shop, order: &Value) -> Value {
    let path = format!("/v1/orders/{}", order["id"].as_str().expect("an id"));
    shop.staff().get(&path).await.expect(200)
}

#[tokio::test]
async fn carts_go_at_once_and_orders_when_they_have_arrived() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (_, order) = bought(&shop, "TEA-1").await;
        let cup = shop.sell("CUP-1", 900, 10);
        shop.customer("ada", &[(cup, 1)]).await;
        let bob = shop.customer("bob", &[(cup, 1)]).await;

        erase(&shop).await;
        assert_eq!(count(&shop, "SELECT COUNT(*) FROM carts").await, 1);
        bob.get(&bob.path()).await.expect(200);
        let waiting = seen_by_staff(&shop, &order).await;
        assert_eq!(waiting["shipping_address"]["name"], "Ada Lovelace");

        let parcel = send(&shop, &order).await;
        shop.wait(2 * DAY).await;
        let sent = seen_by_staff(&shop, &order).await;
        assert_eq!(
            sent["customer"]["email"], "ada@example.com",
            "it is on its way"
        );

        arrive(&shop, &parcel).await;
        shop.wait(DAY).await;
        let emptied = seen_by_staff(&shop, &order).await;
        assert_eq!(emptied["customer"]["email"], "");
        assert_eq!(
            emptied["shipping_address"],
            json!({ "name": "", "line1": "", "city": "", "country": "DE" })
        );
        assert_eq!(
            emptied["fulfillments"][0]["tracking"]["number"],
            Value::Null
        );
        for kept in ["number", "totals", "payment_id"] {
            assert_eq!(emptied[kept], order[kept], "{kept}");
        }
        // How it came to its total can still be told.
        let path = format!(
            "/v1/orders/{}?explain=true",
            order["id"].as_str().expect("an id")
        );
        shop.staff().get(&path).await.expect(200);
        // Bob's cart is all that says who somebody is.
        assert_eq!(count(&shop, WHO).await, 1);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_parcel_of_which_nobody_hears_has_arrived_some_day() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (_, order) = bought(&shop, "TEA-1").await;
        send(&shop, &order).await;
        erase(&shop).await;
        for _ in 0..29 {
            shop.wait(DAY).await;
        }
        assert_eq!(
            seen_by_staff(&shop, &order).await["customer"]["email"],
            "ada@example.com"
        );
        for _ in 0..3 {
            shop.wait(DAY).await;
        }
        assert_eq!(count(&shop, WHO).await, 0);
    }
}

#[tokio::test]
async fn what_a_last_request_leaves_behind_goes_too() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        erase(&shop).await;
        // A session that has ended is let in for some seconds more.
        let cup = shop.sell("CUP-1", 900, 10);
        let late = shop.customer("ada", &[(cup, 1)]).await;
        let (_, order) = bought(&shop, "TEA-1").await;
        shop.wait(HOUR).await;
        late.get(&late.path()).await.expect(404);
        let cancel = format!(
            "/v1/orders/{}/cancellations",
            order["id"].as_str().expect("an id")
        );
        let cancelled = shop.staff().post(&cancel).key("c").json(&json!({})).await;
        assert!(cancelled.status().is_success(), "{}", cancelled.code());
        shop.app.settle().await;
        shop.wait(2 * DAY).await;
        assert_eq!(count(&shop, WHO).await, 0);
    }
}

#[tokio::test]
async fn money_that_comes_late_for_an_emptied_order_goes_back() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 1);
        let ada = shop.customer("ada", &[(tea, 1)]).await;
        let checkout = ada.checkout("k1", Some("pm_3ds")).await.expect(201);
        erase(&shop).await;
        let frozen = ada.get(&ada.path()).await.expect(200);
        assert_eq!(frozen["status"], "frozen", "its checkout goes on");

        shop.wait(Duration::from_mins(15)).await;
        shop.wait(HOUR).await;
        assert_eq!(count(&shop, WHO).await, 0);
        let payment = shop
            .decide(&payment_of(&checkout), Outcome::Authorize)
            .await;
        let order = shop.staff();
        let path = format!(
            "/v1/orders/{}",
            checkout["order_id"].as_str().expect("an id")
        );
        assert_eq!(order.get(&path).await.expect(200)["status"], "cancelled");
        assert_eq!(shop.count("order.placed").await, 0);
        let payment = shop.payment(&payment.payment_id.to_string());
        assert_eq!((payment.authorized, payment.captured), (eur(0), eur(0)));
    }
}

#[tokio::test]
async fn an_open_return_keeps_the_order_whole() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (ada, order) = bought(&shop, "TEA-1").await;
        let parcel = send(&shop, &order).await;
        arrive(&shop, &parcel).await;
        let wish = json!({
            "lines": [{ "line_id": order["lines"][0]["line_id"], "quantity": 1, "reason": "damaged" }],
            "note": "Ask for Ada Lovelace",
        });
        let path = format!(
            "/v1/orders/{}/returns",
            order["id"].as_str().expect("an id")
        );
        let wish = ada
            .client
            .post(&path)
            .key("r")
            .json(&wish)
            .await
            .expect(201);

        erase(&shop).await;
        shop.wait(2 * DAY).await;
        assert_eq!(
            seen_by_staff(&shop, &order).await["customer"]["email"],
            "ada@example.com"
        );
        let path = format!("/v1/returns/{}", wish["id"].as_str().expect("an id"));
        let decision = json!({ "status": "rejected", "note": "Dear Ada Lovelace" });
        let decided = shop
            .staff()
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&decision)
            .await;
        decided.expect(200);
        shop.wait(DAY).await;
        assert_eq!(count(&shop, WHO).await, 0);
        let notes =
            "SELECT COUNT(*) FROM returns WHERE note IS NOT NULL OR decision_note IS NOT NULL";
        assert_eq!(count(&shop, notes).await, 0);
        assert_eq!(
            shop.app
                .user("eve", &[Role::Customer])
                .get(&path)
                .await
                .status()
                .as_u16(),
            404
        );
    }
}
