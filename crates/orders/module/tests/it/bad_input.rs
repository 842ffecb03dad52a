//! What bad input gets: the right 4xx, naming the member, and nothing stored.

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::engines;

use crate::support::{Shop, address};

#[tokio::test]
async fn bad_lines_are_named_and_leave_the_cart_alone() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let dear = shop.sell("DIAMOND", 9_007_199_254_740_991, 99);
        let unknown = "var_00000000000000000000000000";
        let buyer = shop.guest(&[(tea, 1)]).await;
        let before = (
            buyer.get(&buyer.path()).await.expect(200),
            buyer.etag().await,
        );
        for (body, status, pointer) in [
            (
                json!({ "variant_id": tea, "quantity": 0 }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": -1 }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": 10_000 }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": 9_999 }),
                422,
                "/quantity",
            ), // one is there already
            (
                json!({ "variant_id": tea, "quantity": 1_000_000_000 }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": i64::MAX }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": dear, "quantity": 2 }),
                422,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": 1.5 }),
                400,
                "/quantity",
            ),
            (
                json!({ "variant_id": tea, "quantity": "1" }),
                400,
                "/quantity",
            ),
            (json!({ "variant_id": tea }), 400, "/quantity"),
            (
                json!({ "variant_id": unknown, "quantity": 1 }),
                422,
                "/variant_id",
            ),
            (
                json!({ "variant_id": "prd_00000000000000000000000000", "quantity": 1 }),
                400,
                "/variant_id",
            ),
            (
                json!({ "variant_id": "nonsense", "quantity": 1 }),
                400,
                "/variant_id",
            ),
            (
                json!({ "variant_id": tea, "quantity": 1, "unit_price": 1 }),
                400,
                "/unit_price",
            ),
        ] {
            let path = format!("{}/lines", buyer.path());
            let reply = buyer.with_token(buyer.client.post(&path)).json(&body).await;
            assert_eq!(reply.status().as_u16(), status, "{body}: {reply:?}");
            assert_eq!(
                reply.json()["errors"][0]["pointer"],
                pointer,
                "{body}: {reply:?}"
            );
        }
        let path = format!("{}/lines", buyer.path());
        buyer
            .with_token(buyer.client.post(&path))
            .bytes("application/json", "{\"variant_id\": ")
            .await
            .expect(400);
        let after = (
            buyer.get(&buyer.path()).await.expect(200),
            buyer.etag().await,
        );
        assert_eq!(after, before, "nothing was stored");
    }
}

#[tokio::test]
async fn bad_details_are_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest_with_cart().await;
        let with = |member: &str, value: Value| {
            let mut address = address();
            address[member] = value;
            json!({ "shipping_address": address })
        };
        for (body, status, pointer) in [
            (json!({ "email": "nobody" }), 422, "/email"),
            (
                json!({ "email": "ada@example.com\r\nBcc: eve@example.com" }),
                422,
                "/email",
            ),
            (
                json!({ "email": format!("{}@example.com", "x".repeat(300)) }),
                422,
                "/email",
            ),
            (
                with("country", json!("Germany")),
                422,
                "/shipping_address/country",
            ),
            (with("name", json!("")), 422, "/shipping_address/name"),
            (
                with("line1", json!("x".repeat(201))),
                422,
                "/shipping_address/line1",
            ),
            (
                with("planet", json!("Mars")),
                400,
                "/shipping_address/planet",
            ),
            (
                json!({ "shipping_address": { "name": "Ada" } }),
                400,
                "/shipping_address",
            ),
            (
                json!({ "shipping_method": "teleport" }),
                422,
                "/shipping_method",
            ),
            (json!({ "currency": "USD" }), 400, "/currency"),
        ] {
            let reply = buyer.change(&body).await;
            assert_eq!(reply.status().as_u16(), status, "{body}: {reply:?}");
            let named = reply.json()["errors"][0]["pointer"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert!(named.starts_with(pointer), "{body}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn bad_checkouts_are_refused_before_anything_happens() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let (cart, order) = (&buyer.cart, "ord_00000000000000000000000000");
        for (body, status, pointer) in [
            (
                json!({ "cart_id": cart, "payment_method": "" }),
                422,
                "/payment_method",
            ),
            (
                json!({ "cart_id": cart, "payment_method": "x".repeat(256) }),
                422,
                "/payment_method",
            ),
            (
                json!({ "cart_id": cart, "return_url": "javascript:alert(1)" }),
                422,
                "/return_url",
            ),
            (json!({ "cart_id": cart, "total": 1 }), 400, "/total"),
            (json!({ "cart_id": order }), 400, "/cart_id"),
            (json!({}), 400, "/cart_id"),
        ] {
            let reply = buyer
                .with_token(buyer.client.post("/v1/checkouts"))
                .key("k")
                .json(&body)
                .await;
            assert_eq!(reply.status().as_u16(), status, "{body}: {reply:?}");
            assert_eq!(
                reply.json()["errors"][0]["pointer"],
                pointer,
                "{body}: {reply:?}"
            );
        }
        assert_eq!(
            buyer.get(&buyer.path()).await.expect(200)["status"],
            "active"
        );
        assert_eq!(shop.count("checkout.started").await, 0);
        assert_eq!(
            buyer.checkout("k", Some("pm_success")).await.expect(201)["status"],
            "completed",
            "the key is free"
        );
    }
}

#[tokio::test]
async fn ids_of_other_things_and_of_nothing_are_told_apart() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let ada = shop.app.user("ada", &[Role::Customer]);
        for (path, status, code) in [
            (
                "/v1/carts/crt_00000000000000000000000000",
                404,
                "orders.cart_not_found",
            ),
            (
                "/v1/checkouts/chk_00000000000000000000000000",
                404,
                "orders.checkout_not_found",
            ),
            (
                "/v1/orders/ord_00000000000000000000000000",
                404,
                "orders.order_not_found",
            ),
            (
                "/v1/orders/ord_00000000000000000000000000/timeline",
                404,
                "orders.order_not_found",
            ),
            (
                "/v1/orders/pay_00000000000000000000000000",
                400,
                "wrong_id_type",
            ),
            ("/v1/orders?cursor=nonsense", 400, "orders.invalid_cursor"),
        ] {
            assert_eq!(ada.get(path).await.expect(status)["code"], code, "{path}");
        }
        for path in [
            "/v1/orders?limit=0",
            "/v1/orders?limit=201",
            "/v1/orders?status=lost",
            "/v1/orders?sort=x",
        ] {
            ada.get(path).await.expect(400);
        }
        let cancel = "/v1/orders/ord_00000000000000000000000000/cancellations";
        ada.post(cancel).json(&json!({})).await.expect(400);
        ada.post(cancel).key("k").json(&json!({})).await.expect(404);
        let parcel = "/v1/fulfillments/ful_00000000000000000000000000";
        shop.staff()
            .patch(parcel)
            .header("if-match", "\"v1\"")
            .json(&json!({}))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn a_cart_worth_nothing_cannot_be_bought() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let sample = shop.sell("SAMPLE", 0, 9);
        let buyer = shop
            .guest(&[(sample, 1), (shop.sell("TEA-1", 7_500, 9), 1)])
            .await; // delivery is free
        buyer.checkout("k1", Some("pm_success")).await.expect(201);

        let settings = orders::OrdersSettings {
            shipping_methods: Vec::new(),
            ..orders::OrdersSettings::default()
        };
        let shop = Shop::with(engine, settings).await;
        let buyer = shop.guest_with_cart().await;
        buyer.add(shop.sell("SAMPLE", 0, 9), 1).await.expect(201);
        buyer
            .change(&json!({ "email": "ada@example.com", "shipping_address": address() }))
            .await
            .expect(200);
        let refused = buyer.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(refused["problems"][0]["pointer"], "/totals/total");
    }
}
