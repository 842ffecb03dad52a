//! Reading orders: one's own, everybody's, their story, and what other modules ask.

use std::time::Duration;

use orders_contract::{GetOrders, ListOrderPayments, OrderStatus, OrdersError, PaymentState};
use payments_contract::{PaymentCaptureFailed, PaymentCaptured};
use serde_json::{Value, json};
use tenon_kernel::{PageRequest, Role};
use tenon_testkit::{TestApp, engines};

use crate::support::{Shop, eur, payment_of};

fn numbers(list: &Value) -> Vec<&str> {
    list["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|order| order["number"].as_str().expect("a number"))
        .collect()
}

#[tokio::test]
async fn everybody_lists_their_own_orders_and_staff_all() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        for turn in 0..3 {
            let ada = shop.customer("ada", &[(tea, 1)]).await;
            ada.checkout(&format!("a{turn}"), Some("pm_success"))
                .await
                .expect(201);
        }
        shop.customer("bob", &[(tea, 1)])
            .await
            .checkout("b", Some("pm_3ds"))
            .await
            .expect(201);
        shop.guest(&[(tea, 1)])
            .await
            .checkout("g", Some("pm_success"))
            .await
            .expect(201);

        let ada = shop.app.user("ada", &[Role::Customer]);
        let first = ada.get("/v1/orders?limit=2").await;
        let page = first.expect(200);
        assert_eq!(numbers(&page), ["100003", "100002"]);
        assert_eq!(page["has_more"], true);
        let cursor = page["next_cursor"].as_str().expect("there is more");
        let rest = ada
            .get(&format!("/v1/orders?limit=2&cursor={cursor}"))
            .await
            .expect(200);
        assert_eq!(
            (numbers(&rest), &rest["has_more"]),
            (vec!["100001"], &json!(false))
        );
        let borrowed = shop
            .app
            .user("bob", &[Role::Customer])
            .get(&format!("/v1/orders?cursor={cursor}"))
            .await;
        assert_eq!(
            borrowed.expect(400)["code"],
            "orders.invalid_cursor",
            "a cursor binds its list"
        );

        let staff = shop.staff();
        assert_eq!(numbers(&staff.get("/v1/orders").await.expect(200)).len(), 5);
        assert_eq!(
            numbers(
                &staff
                    .get("/v1/orders?status=pending_payment")
                    .await
                    .expect(200)
            ),
            ["100004"]
        );
        assert_eq!(
            numbers(&staff.get("/v1/orders?number=100005").await.expect(200)),
            ["100005"]
        );
        let of_bob = format!(
            "/v1/orders?user_id={}",
            orders_contract::UserRef::from_uuid(TestApp::user_id("bob"))
        );
        assert_eq!(numbers(&staff.get(&of_bob).await.expect(200)), ["100004"]);
        assert_eq!(
            numbers(
                &staff
                    .get("/v1/orders?email=ada@example.com&status=placed")
                    .await
                    .expect(200)
            )
            .len(),
            4
        );
        let others = shop
            .app
            .user("bob", &[Role::Customer])
            .get("/v1/orders?number=100001")
            .await
            .expect(200);
        assert_eq!(
            numbers(&others),
            ["100004"],
            "what staff may ask for, others may not"
        );
        shop.app.anonymous().get("/v1/orders").await.expect(401);
    }
}

#[tokio::test]
async fn an_order_tells_its_story() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        shop.app.kit().advance(Duration::from_secs(1));
        let payment = shop
            .payments
            .capture_all(payment_of(&checkout).parse().expect("id"));
        let (payment_id, order_id, amount) =
            (payment.payment_id, payment.order_id, payment.captured);
        let capture_id = shop.app.kit().env().new_id();
        let captured = PaymentCaptured {
            payment_id,
            order_id,
            capture_id,
            amount,
            captured_total: amount,
        };
        shop.feed.push(&captured);
        shop.app.settle().await;

        let path = format!(
            "/v1/orders/{}/timeline",
            checkout["order_id"].as_str().expect("id")
        );
        let story = buyer.get(&path).await.expect(200);
        let kinds: Vec<&Value> = story["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| &it["kind"])
            .collect();
        assert_eq!(kinds, ["order.created", "order.placed", "payment.captured"]);
        assert_eq!(story["data"][2]["amount"]["amount"], 990);
        shop.app.anonymous().get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn money_that_cannot_be_taken_is_an_issue_of_the_order() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let payment = shop.payment(&payment_of(&checkout));
        shop.feed.push(&PaymentCaptureFailed {
            payment_id: payment.payment_id,
            order_id: payment.order_id,
            capture_id: shop.app.kit().env().new_id(),
            amount: payment.amount,
            reason: "expired".to_owned(),
        });
        shop.app.settle().await;
        let order = buyer.order(&checkout).await;
        assert_eq!(
            (order["status"].as_str(), order["payment_status"].as_str()),
            (Some("placed"), Some("issue"))
        );
    }
}

#[tokio::test]
async fn other_modules_get_orders_and_what_they_expect_of_their_payments() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let mut ids = Vec::new();
        for turn in 0..3 {
            let checkout = shop
                .guest(&[(tea, 1)])
                .await
                .checkout(&format!("k{turn}"), Some("pm_success"))
                .await
                .expect(201);
            ids.push(
                checkout["order_id"]
                    .as_str()
                    .expect("id")
                    .parse()
                    .expect("an order id"),
            );
        }
        let ctx = shop.app.kit().ctx();
        let unknown = shop.app.kit().env().new_id();
        let request = GetOrders {
            order_ids: vec![ids[0], unknown],
        };
        let found = shop
            .contract
            .get_orders(&ctx, request)
            .await
            .expect("answers")
            .orders;
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].order_id, found[0].status),
            (ids[0], OrderStatus::Placed)
        );
        assert_eq!(found[0].customer.email, "ada@example.com");

        let page = |cursor| ListOrderPayments {
            page: PageRequest { limit: 2, cursor },
        };
        let first = shop
            .contract
            .list_order_payments(&ctx, page(None))
            .await
            .expect("answers");
        let rest = shop
            .contract
            .list_order_payments(&ctx, page(first.next_cursor.clone()))
            .await
            .expect("answers");
        let listed: Vec<_> = first
            .data
            .iter()
            .chain(&rest.data)
            .map(|payment| payment.order_id)
            .collect();
        assert_eq!(listed, ids, "oldest first, each once");
        assert_eq!(rest.next_cursor, None);
        let payment = &first.data[0];
        assert_eq!(
            (payment.payment_status, payment.total, payment.captured),
            (PaymentState::Authorized, eur(990), eur(0))
        );

        let too_many = GetOrders {
            order_ids: vec![ids[0]; 201],
        };
        let refused = shop
            .contract
            .get_orders(&ctx, too_many)
            .await
            .expect_err("too many");
        assert!(matches!(
            refused.domain(),
            Some(OrdersError::InvalidRequest { .. })
        ));
    }
}

#[tokio::test]
async fn a_long_poll_answers_with_the_next_change() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let started = buyer.checkout("k1", Some("pm_3ds")).await;
        let checkout = started.expect(201);
        let path = format!("/v1/checkouts/{}", checkout["id"].as_str().expect("id"));
        let etag = started.header("etag").expect("a version").to_owned();

        let unchanged = buyer
            .with_token(buyer.client.get(&path))
            .header("prefer", "wait=0")
            .await;
        assert_eq!(unchanged.expect(200)["status"], "requires_action");
        assert_eq!(unchanged.header("preference-applied"), Some("wait=0"));
        buyer
            .with_token(buyer.client.get(&path))
            .header("if-none-match", &etag)
            .await
            .expect(304);

        let request = buyer
            .with_token(buyer.client.get(&path))
            .header("prefer", "wait=10")
            .header("if-none-match", &etag);
        let waiting = tokio::spawn(async move { request.await });
        shop.decide(
            &payment_of(&checkout),
            payments_contract::testing::Outcome::Authorize,
        )
        .await;
        assert_eq!(
            waiting.await.expect("no panic").expect(200)["status"],
            "completed"
        );
    }
}

#[tokio::test]
async fn a_large_order_keeps_every_line() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let mut lines = Vec::new();
        for number in 0..100 {
            lines.push((shop.sell(&format!("SKU-{number}"), 100 + number, 9), 1));
        }
        let buyer = shop.guest(&lines).await;
        let refused = buyer
            .add(shop.sell("ONE-TOO-MANY", 1, 1), 1)
            .await
            .expect(422);
        assert_eq!(refused["errors"][0]["code"], "too_many_lines");
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let skus: Vec<&Value> = order["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| &line["sku"])
            .collect();
        assert_eq!(
            (skus.len(), skus[0], skus[99]),
            (100, &json!("SKU-0"), &json!("SKU-99"))
        );
        shop.app.assert_invariants().await;
    }
}
