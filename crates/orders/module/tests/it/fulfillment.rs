//! Parcels: packed once, sent once, and worth the order together.

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestReply, engines};

use crate::support::Shop;

struct Parcels {
    shop: Shop,
    staff: Client,
    order: String,
    lines: Vec<String>,
}

impl Parcels {
    async fn new(shop: Shop) -> Self {
        let (tea, cup) = (shop.sell("TEA-1", 500, 10), shop.sell("CUP-1", 900, 10));
        let buyer = shop.customer("ada", &[(tea, 3), (cup, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let lines = order["lines"].as_array().expect("lines").iter();
        let lines = lines
            .map(|line| line["line_id"].as_str().expect("id").to_owned())
            .collect();
        let staff = shop.staff();
        Self {
            shop,
            staff,
            order: order["id"].as_str().expect("id").to_owned(),
            lines,
        }
    }

    async fn pack(&self, key: &str, parts: &[(usize, i64)]) -> TestReply {
        let part = |(line, quantity): &(usize, i64)| json!({ "line_id": self.lines[*line], "quantity": quantity });
        let body = json!({ "lines": parts.iter().map(part).collect::<Vec<Value>>() });
        self.staff
            .post(&format!("/v1/orders/{}/fulfillments", self.order))
            .key(key)
            .json(&body)
            .await
    }

    async fn change(&self, parcel: &Value, version: i64, body: &Value) -> TestReply {
        let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("id"));
        self.staff
            .patch(&path)
            .header("if-match", &format!("\"v{version}\""))
            .json(body)
            .await
    }

    async fn status(&self) -> String {
        let order = self
            .staff
            .get(&format!("/v1/orders/{}", self.order))
            .await
            .expect(200);
        order["status"].as_str().expect("a status").to_owned()
    }
}

#[tokio::test]
async fn an_order_leaves_in_parcels() {
    for engine in engines() {
        let it = Parcels::new(Shop::open(engine).await).await;
        let first = it.pack("p1", &[(0, 2)]).await.expect(201);
        assert_eq!(first["status"], "pending");
        assert_eq!(it.status().await, "placed", "packing sends nothing");
        assert_eq!(
            it.pack("p1", &[(0, 2)]).await.expect(201),
            first,
            "a repeat packs nothing"
        );

        let tracked = json!({ "status": "shipped", "carrier": "DHL", "tracking_number": "0034" });
        let shipped = it.change(&first, 1, &tracked).await.expect(200);
        assert_eq!(
            shipped["tracking"],
            json!({ "carrier": "DHL", "number": "0034" })
        );
        assert_eq!(it.status().await, "partially_fulfilled");
        let second = it.pack("p2", &[(0, 1), (1, 1)]).await.expect(201);
        it.change(&second, 1, &json!({ "status": "shipped" }))
            .await
            .expect(200);
        assert_eq!(it.status().await, "fulfilled");
        it.change(&first, 2, &json!({ "status": "delivered" }))
            .await
            .expect(200);

        let told = it.shop.app.events("orders", "order.shipped").await;
        let worth: i64 = told
            .iter()
            .map(|event| event.data["value"]["amount"].as_i64().expect("minor units"))
            .sum();
        assert_eq!(worth, 1_500 + 900 + 490, "the parcels are worth the order");
        assert_eq!(
            (&told[0].data["complete"], &told[1].data["complete"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(it.shop.count("order.delivered").await, 1);
        let audited = it.shop.app.events("orders", "audit.recorded").await;
        assert_eq!(audited[1].data["before"]["status"], "pending");
        assert_eq!(audited[1].data["after"]["status"], "shipped");
        assert!(audited[1].actor.starts_with("user:"));
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn nothing_is_packed_twice() {
    for engine in engines() {
        let it = Parcels::new(Shop::open(engine).await).await;
        it.pack("p1", &[(0, 2)]).await.expect(201);
        let problem = it.pack("p2", &[(0, 2)]).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/lines/0/quantity");
        for (key, wrong, pointer) in [
            ("e1", vec![(0, 0)], "/lines/0/quantity"),
            ("e2", vec![(0, 1), (0, 1)], "/lines/1/line_id"),
            ("e3", vec![], "/lines"),
        ] {
            assert_eq!(
                it.pack(key, &wrong).await.expect(422)["errors"][0]["pointer"],
                pointer
            );
        }
        let stranger =
            json!({ "lines": [{ "line_id": "lin_00000000000000000000000000", "quantity": 1 }] });
        let path = format!("/v1/orders/{}/fulfillments", it.order);
        let reply = it
            .staff
            .post(&path)
            .key("e4")
            .json(&stranger)
            .await
            .expect(422);
        assert_eq!(reply["errors"][0]["code"], "unknown_line");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_packers_one_gets_the_last_piece() {
    for engine in engines() {
        let it = Parcels::new(Shop::open(engine).await).await;
        let (one, other) = tokio::join!(it.pack("p1", &[(1, 1)]), it.pack("p2", &[(1, 1)]));
        let mut statuses = [one.status().as_u16(), other.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }
}

#[tokio::test]
async fn parcels_move_forward_at_their_version() {
    for engine in engines() {
        let it = Parcels::new(Shop::open(engine).await).await;
        let parcel = it.pack("p1", &[(0, 1)]).await.expect(201);
        let early = it
            .change(&parcel, 1, &json!({ "status": "delivered" }))
            .await;
        assert_eq!(early.expect(409)["code"], "orders.fulfillment_transition");
        it.change(&parcel, 1, &json!({ "status": "shipped" }))
            .await
            .expect(200);
        let stale = it.change(&parcel, 1, &json!({ "carrier": "UPS" })).await;
        assert_eq!(stale.expect(412)["code"], "orders.stale_version");
        assert_eq!(stale.header("etag"), Some("\"v2\""));
        it.change(
            &parcel,
            2,
            &json!({ "status": "shipped", "carrier": "UPS" }),
        )
        .await
        .expect(200); // stays shipped
        assert_eq!(it.shop.count("order.shipped").await, 1);
        let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("id"));
        it.staff.patch(&path).json(&json!({})).await.expect(428);
    }
}

#[tokio::test]
async fn only_staff_send() {
    for engine in engines() {
        let it = Parcels::new(Shop::open(engine).await).await;
        let body = json!({ "lines": [{ "line_id": it.lines[0], "quantity": 1 }] });
        let path = format!("/v1/orders/{}/fulfillments", it.order);
        it.shop
            .app
            .user("ada", &[Role::Customer])
            .post(&path)
            .key("k")
            .json(&body)
            .await
            .expect(403);
        it.shop
            .app
            .anonymous()
            .post(&path)
            .key("k")
            .json(&body)
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn what_is_not_placed_is_not_packed() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 5), 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let path = format!(
            "/v1/orders/{}/fulfillments",
            order["id"].as_str().expect("id")
        );
        let body = json!({ "lines": [{ "line_id": order["lines"][0]["line_id"], "quantity": 1 }] });
        let refused = shop
            .staff()
            .post(&path)
            .key("k")
            .json(&body)
            .await
            .expect(409);
        assert_eq!(
            (refused["code"].as_str(), refused["order_status"].as_str()),
            (
                Some("orders.order_not_fulfillable"),
                Some("pending_payment")
            )
        );
    }
}
