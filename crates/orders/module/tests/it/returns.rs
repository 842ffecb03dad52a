//! Returns: no piece comes back twice, and each gives back what was paid for it, once.

mod forms;
mod rules;
mod trouble;

use std::time::Duration;

use catalog_contract::VariantId;
use orders::OrdersSettings;
use payments_contract::testing::Call;
use payments_contract::{Refund, RefundFailed, RefundStatus, RefundSucceeded};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_seam::{Executed, SeamFault};
use tenon_testkit::{Client, TestEngine, TestReply, TestRequest, engines};

use crate::support::{Buyer, Shop, When};

/// An order of three teas and a cup that has arrived: 15.00 + 9.00 + 4.90 for delivery, tax contained.
struct Sold {
    shop: Shop,
    buyer: Buyer,
    staff: Client,
    order: String,
    payment: String,
    lines: Vec<String>,
    tea: VariantId,
    cup: VariantId,
}

const DAY: Duration = Duration::from_hours(24);

impl Sold {
    async fn new(engine: TestEngine) -> Self {
        Self::with(engine, OrdersSettings::default()).await
    }

    async fn with(engine: TestEngine, settings: OrdersSettings) -> Self {
        let sold = Self::unsent(engine, settings).await;
        sold.send(&[(0, 3), (1, 1)]).await;
        sold
    }

    async fn unsent(engine: TestEngine, settings: OrdersSettings) -> Self {
        let shop = Shop::with(engine, settings).await;
        let (tea, cup) = (shop.sell("TEA-1", 500, 10), shop.sell("CUP-1", 900, 10));
        let buyer = shop.customer("ada", &[(tea, 3), (cup, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        let payment = crate::support::payment_of(&checkout);
        shop.payments
            .capture_all(payment.parse().expect("a payment id"));
        shop.app.settle().await;
        let lines = order["lines"].as_array().expect("lines").iter();
        let lines = lines.map(|line| line["line_id"].as_str().expect("id").to_owned());
        Self {
            staff: shop.staff(),
            buyer,
            order: order["id"].as_str().expect("id").to_owned(),
            payment,
            lines: lines.collect(),
            tea,
            cup,
            shop,
        }
    }

    /// Sends pieces, which arrive at once.
    async fn send(&self, parts: &[(usize, i64)]) {
        let lines = self.parts(parts, &json!({}));
        let path = format!("/v1/orders/{}/fulfillments", self.order);
        let key = format!("parcel-{parts:?}").replace(' ', "");
        let parcel = self
            .staff
            .post(&path)
            .key(&key)
            .json(&json!({ "lines": lines }))
            .await
            .expect(201);
        let path = format!("/v1/fulfillments/{}", parcel["id"].as_str().expect("id"));
        for (version, status) in [("\"v1\"", "shipped"), ("\"v2\"", "delivered")] {
            self.staff
                .patch(&path)
                .header("if-match", version)
                .json(&json!({ "status": status }))
                .await
                .expect(200);
        }
    }

    fn parts(&self, parts: &[(usize, i64)], more: &Value) -> Vec<Value> {
        let part = |(line, quantity): &(usize, i64)| {
            let mut part = json!({ "line_id": self.lines[*line], "quantity": quantity });
            let more = more.as_object().expect("members").clone();
            part.as_object_mut().expect("members").extend(more);
            part
        };
        parts.iter().map(part).collect()
    }

    fn wish(&self, client: &Client, key: &str, parts: &[(usize, i64)]) -> TestRequest {
        let lines = self.parts(parts, &json!({ "reason": "damaged" }));
        client
            .post(&format!("/v1/orders/{}/returns", self.order))
            .key(key)
            .json(&json!({ "lines": lines, "note": "broken in transit" }))
    }

    async fn ask_by(&self, client: &Client, key: &str, parts: &[(usize, i64)]) -> TestReply {
        self.wish(client, key, parts).await
    }

    /// The buyer asks.
    async fn ask(&self, key: &str, parts: &[(usize, i64)]) -> TestReply {
        self.ask_by(&self.buyer.client, key, parts).await
    }

    async fn decide(&self, it: &Value, version: i64, status: &str) -> TestReply {
        self.staff
            .patch(&path_of(it))
            .header("if-match", &format!("\"v{version}\""))
            .json(&json!({ "status": status, "note": "send it to us" }))
            .await
    }

    /// The buyer asks, and the shop agrees.
    async fn approved(&self, key: &str, parts: &[(usize, i64)]) -> Value {
        let it = self.ask(key, parts).await.expect(201);
        self.decide(&it, 1, "approved").await.expect(200)
    }

    async fn receive(&self, it: &Value, key: &str, delivery: bool) -> TestReply {
        let lines = it["lines"].as_array().expect("lines").iter().map(|line| {
            json!({
                "line_id": line["line_id"], "received": line["quantity"], "restock": true, "condition": "new",
            })
        });
        let body = json!({ "lines": lines.collect::<Vec<_>>(), "refund_delivery": delivery });
        self.receive_as(it, key, &body).await
    }

    async fn receive_as(&self, it: &Value, key: &str, body: &Value) -> TestReply {
        let path = format!("{}/receipts", path_of(it));
        self.staff.post(&path).key(key).json(body).await
    }

    async fn look(&self, it: &Value) -> Value {
        self.staff.get(&path_of(it)).await.expect(200)
    }

    fn refunds(&self) -> Vec<Refund> {
        self.shop.payments.refunds()
    }

    fn given(&self) -> i64 {
        let payment = self.shop.payment(&self.payment);
        payment.refunded.minor()
    }

    /// Payments tells that a refund is done.
    async fn tell_refunded(&self, refund: &Refund) {
        self.shop.feed.push(&RefundSucceeded {
            refund_id: refund.refund_id,
            payment_id: refund.payment_id,
            order_id: refund.order_id,
            amount: refund.amount,
            refunded_total: self.shop.payment(&self.payment).refunded,
            reason: refund.reason.clone(),
        });
        self.shop.app.settle().await;
    }
}

fn path_of(it: &Value) -> String {
    format!("/v1/returns/{}", it["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn what_comes_back_is_on_the_shelf_and_paid_back() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        assert_eq!((it.shop.catalog.on_hand(it.tea), it.given()), (7, 0));
        let asked = it.ask("r1", &[(0, 2)]).await;
        let location = asked.header("location").map(str::to_owned);
        let asked = asked.expect(201);
        assert_eq!(location, Some(path_of(&asked)));
        assert_eq!(
            (&asked["status"], &asked["requested_by"]),
            (&json!("requested"), &json!("buyer"))
        );
        assert_eq!(
            it.ask("r1", &[(0, 2)]).await.expect(201),
            asked,
            "a repeat asks for nothing"
        );
        let approved = it.decide(&asked, 1, "approved").await.expect(200);
        assert_eq!(approved["status"], "approved");

        let received = it.receive(&approved, "a1", false).await.expect(202);
        assert_eq!(received["refund"]["amount"]["amount"], 1_000);
        assert_eq!(received["refund"]["status"], "due");
        it.receive(&approved, "a1", false).await.expect(202);
        it.shop.app.settle().await;
        assert_eq!(it.shop.catalog.on_hand(it.tea), 9);
        let refunds = it.refunds();
        assert_eq!(refunds.len(), 1);
        assert_eq!(refunds[0].amount.minor(), 1_000);
        let now = it.look(&approved).await;
        assert_eq!(now["restock_status"], "done");
        assert_eq!(now["refund"]["status"], "requested");
        it.tell_refunded(&refunds[0]).await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["status"], "succeeded");
        assert_eq!(now["refund"]["id"], refunds[0].refund_id.to_string());

        for (event, count) in [
            ("order.return_requested", 1),
            ("order.return_approved", 1),
            ("order.return_received", 1),
        ] {
            assert_eq!(it.shop.count(event).await, count, "{event}");
        }
        let path = format!("/v1/orders/{}/timeline", it.order);
        let timeline = it.buyer.get(&path).await.expect(200);
        let kinds: Vec<_> = timeline["data"]
            .as_array()
            .expect("moments")
            .iter()
            .filter(|moment| moment["return_id"] == approved["id"])
            .map(|moment| moment["kind"].as_str().expect("a kind").to_owned())
            .collect();
        assert_eq!(
            kinds,
            [
                "order.return_requested",
                "order.return_approved",
                "order.return_received"
            ]
        );
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn all_returns_of_an_order_give_back_what_was_paid() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let mut given = Vec::new();
        for (key, part, delivery) in [
            ("1", vec![(0, 1)], false),
            ("2", vec![(0, 1), (1, 1)], true),
            ("3", vec![(0, 1)], false),
        ] {
            let approved = it.approved(key, &part).await;
            let received = it.receive(&approved, key, delivery).await.expect(202);
            let amount = &received["refund"]["amount"]["amount"];
            given.push(amount.as_i64().expect("minor units"));
            it.shop.app.settle().await;
        }
        assert_eq!(given, [500, 500 + 900 + 490, 500]);
        assert_eq!(it.given(), 1_500 + 900 + 490, "everything, once");
        assert_eq!(it.shop.catalog.on_hand(it.cup), 10);
        let refused = it.ask("4", &[(0, 1)]).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn tax_that_comes_on_top_goes_back_with_the_line() {
    for engine in engines() {
        let settings = OrdersSettings {
            prices_include_tax: false,
            ..OrdersSettings::default()
        };
        let it = Sold::with(engine, settings).await;
        let order = it.buyer.get(&format!("/v1/orders/{}", it.order)).await;
        let order = order.expect(200);
        let minor = |value: &Value| value["amount"].as_i64().expect("minor units");
        let tea = minor(&order["lines"][0]["total"]) + minor(&order["lines"][0]["tax"]);
        let mut given = 0;
        for key in ["1", "2", "3"] {
            let approved = it.approved(key, &[(0, 1)]).await;
            let received = it.receive(&approved, key, false).await.expect(202);
            given += minor(&received["refund"]["amount"]);
        }
        assert_eq!(given, tea, "three thirds are the whole");
        let approved = it.approved("4", &[(1, 1)]).await;
        it.receive(&approved, "4", true).await.expect(202);
        it.shop.app.settle().await;
        assert_eq!(it.given(), minor(&order["totals"]["total"]));
    }
}
