//! Returns: no piece comes back twice, and each gives back what was paid for it, once.

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

/// Parallel wishes for the last piece: one is granted.
#[tokio::test]
async fn no_piece_is_in_two_returns() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let wishes = (0..8).map(|n| {
            let request = it.wish(&it.buyer.client, &format!("race-{n}"), &[(0, 2)]);
            tokio::spawn(async move { request.await })
        });
        let mut replies = Vec::new();
        for wish in wishes.collect::<Vec<_>>() {
            replies.push(wish.await.expect("no panic"));
        }
        let granted = replies.iter().filter(|reply| reply.status() == 201).count();
        let refused = replies.iter().filter(|reply| reply.status() == 422).count();
        assert_eq!((granted, refused), (1, 7));
        let path = format!("/v1/orders/{}/returns", it.order);
        let listed = it.buyer.get(&path).await.expect(200);
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["returnable"][0]["quantity"], 1);
        it.shop.app.assert_invariants().await;
    }
}

/// A receipt and a cancellation at once: one of them, with everything that belongs to it.
#[tokio::test]
async fn a_return_is_received_or_cancelled() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 3)]).await;
        let cancel = format!("{}/cancellations", path_of(&approved));
        let (received, cancelled) = tokio::join!(it.receive(&approved, "a1", false), async {
            it.buyer.client.post(&cancel).await
        },);
        let outcome = (received.status().as_u16(), cancelled.status().as_u16());
        assert!(
            outcome == (202, 409) || outcome == (409, 200),
            "{outcome:?}"
        );
        it.shop.app.settle().await;
        let back = if outcome.0 == 202 { 3 } else { 0 };
        assert_eq!(it.shop.catalog.on_hand(it.tea), 7 + back);
        assert_eq!(it.given(), 500 * back);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn what_did_not_arrive_can_come_later() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 3), (1, 1)]).await;
        let body = json!({ "note": "one tea was used", "lines": [
            { "line_id": it.lines[0], "received": 1, "restock": false, "condition": "used" },
            { "line_id": it.lines[1], "received": 0, "restock": true },
        ] });
        let received = it.receive_as(&approved, "a1", &body).await.expect(202);
        assert_eq!(received["refund"]["amount"]["amount"], 500);
        assert_eq!(received["restock_status"], "none");
        assert_eq!(received["lines"][0]["condition"], "used");
        it.shop.app.settle().await;
        assert_eq!(it.shop.catalog.on_hand(it.tea), 7, "used tea is not sold");
        assert!(!it.shop.catalog.calls().contains(&"return_stock"));
        let later = it.approved("r2", &[(0, 2), (1, 1)]).await;
        it.receive(&later, "a2", false).await.expect(202);
        it.shop.app.settle().await;
        assert_eq!(it.given(), 1_500 + 900);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn buyers_have_a_while_and_the_shop_has_not() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        it.shop.wait(30 * DAY).await;
        it.ask("r1", &[(0, 1)]).await.expect(201);
        it.shop.wait(DAY).await;
        let closed = it.ask("r2", &[(0, 1)]).await.expect(409);
        assert_eq!(closed["code"], "orders.return_window_closed");
        let own = it.ask_by(&it.staff, "r3", &[(0, 1)]).await.expect(201);
        assert_eq!(
            (&own["status"], &own["requested_by"]),
            (&json!("approved"), &json!("shop"))
        );
    }
}

#[tokio::test]
async fn nothing_comes_back_that_has_not_left() {
    for engine in engines() {
        let it = Sold::unsent(engine, OrdersSettings::default()).await;
        let refused = it.ask("r1", &[(0, 1)]).await.expect(409);
        assert_eq!(refused["code"], "orders.order_not_returnable");
        it.send(&[(0, 1)]).await;
        let refused = it.ask("r2", &[(0, 2)]).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
        let refused = it.ask("r3", &[(1, 1)]).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
        it.ask("r4", &[(0, 1)]).await.expect(201);
    }
}

#[tokio::test]
async fn strangers_see_nothing_and_buyers_do_not_decide() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let asked = it.ask("r1", &[(0, 1)]).await.expect(201);
        let bob = it.shop.app.user("bob", &[Role::Customer]);
        for path in [path_of(&asked), format!("/v1/orders/{}/returns", it.order)] {
            bob.get(&path).await.expect(404);
            it.shop.app.anonymous().get(&path).await.expect(404);
        }
        it.ask_by(&bob, "r2", &[(0, 1)]).await.expect(404);
        let cancel = format!("{}/cancellations", path_of(&asked));
        bob.post(&cancel).await.expect(404);
        let decision = json!({ "status": "approved" });
        let own = it.buyer.client.patch(&path_of(&asked));
        own.header("if-match", "\"v1\"")
            .json(&decision)
            .await
            .expect(403);
        it.decide(&asked, 2, "approved").await.expect(412);
        let rejected = it.decide(&asked, 1, "rejected").await.expect(200);
        assert_eq!(rejected["decision_note"], "send it to us");
        it.decide(&asked, 2, "approved").await.expect(409);
        it.receive(&asked, "a1", false).await.expect(409);
        it.buyer.client.post(&cancel).await.expect(409);
        it.ask("r3", &[(0, 3)]).await.expect(201);
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn wrong_members_are_named() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let path = format!("/v1/orders/{}/returns", it.order);
        let line = |line: &str, quantity: i64| json!({ "line_id": line, "quantity": quantity, "reason": "other" });
        let tea = it.lines[0].as_str();
        let stranger = "lin_00000000000000000000000000";
        for (key, status, body, pointer) in [
            ("1", 422, json!({ "lines": [] }), "/lines"),
            (
                "2",
                422,
                json!({ "lines": [line(stranger, 1)] }),
                "/lines/0/line_id",
            ),
            (
                "3",
                422,
                json!({ "lines": [line(tea, 1), line(tea, 1)] }),
                "/lines/1/line_id",
            ),
            (
                "4",
                422,
                json!({ "lines": [line(tea, 0)] }),
                "/lines/0/quantity",
            ),
            (
                "5",
                422,
                json!({ "lines": [line(tea, 1)], "note": "a\nb" }),
                "/note",
            ),
            (
                "6",
                400,
                json!({ "lines": [{ "line_id": tea, "quantity": 1, "reason": "moon" }] }),
                "/lines/0/reason",
            ),
        ] {
            let problem = it.buyer.client.post(&path).key(key).json(&body).await;
            let problem = problem.expect(status);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let approved = it.approved("r1", &[(0, 2)]).await;
        let arrived = |received: i64, condition: Value| json!({ "line_id": tea, "received": received, "restock": true, "condition": condition });
        for (key, lines, pointer) in [
            ("a", json!([]), "/lines"),
            ("b", json!([arrived(3, json!("new"))]), "/lines/0/received"),
            ("c", json!([arrived(1, Value::Null)]), "/lines/0/condition"),
            ("d", json!([arrived(0, Value::Null)]), "/lines"),
            (
                "e",
                json!([arrived(1, json!("new")), arrived(1, json!("new"))]),
                "/lines/1/line_id",
            ),
        ] {
            let body = json!({ "lines": lines });
            let problem = it.receive_as(&approved, key, &body).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        it.shop.app.settle().await;
        assert_eq!((it.given(), it.shop.catalog.on_hand(it.tea)), (0, 7));
    }
}

/// Catalog and payments fail, answer late or not at all: in the end each was asked with one effect.
#[tokio::test]
async fn a_receipt_survives_every_failure_behind_it() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 2)]).await;
        let gone = || SeamFault::Unavailable {
            executed: Executed::No,
        };
        it.shop.catalog.fail_next(gone());
        it.shop.payments.fail_next(gone());
        it.receive(&approved, "a1", false).await.expect(202);
        for _ in 0..6 {
            it.shop.wait(Duration::from_mins(2)).await;
        }
        assert_eq!(it.shop.catalog.on_hand(it.tea), 9);
        assert_eq!((it.refunds().len(), it.given()), (1, 1_000));

        // The effect was there, and its answer was lost.
        let approved = it.approved("r2", &[(0, 1)]).await;
        it.shop.slow_catalog.stall_next("return_stock", When::After);
        it.receive(&approved, "a2", false).await.expect(202);
        for _ in 0..4 {
            it.shop.wait(Duration::from_mins(2)).await;
        }
        let now = it.look(&approved).await;
        assert_eq!(now["restock_status"], "done", "{now}");
        assert_eq!(now["refund"]["status"], "requested", "{now}");
        assert_eq!(it.shop.catalog.on_hand(it.tea), 10);
        assert_eq!((it.refunds().len(), it.given()), (2, 1_500));
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_refund_waits_for_its_second_person_and_may_fail() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        it.shop
            .payments
            .answer_refunds(RefundStatus::AwaitingApproval);
        let approved = it.approved("r1", &[(1, 1)]).await;
        it.receive(&approved, "a1", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["status"], "awaiting_approval");
        let asked = it
            .shop
            .payments
            .calls()
            .into_iter()
            .find_map(|call| match call {
                Call::Refund(refund) => Some(refund),
                _ => None,
            });
        let asked = asked.expect("payments was asked");
        assert!(asked.requested_by.is_some(), "a person received it");
        let refund = it.refunds()[0].clone();
        it.shop.feed.push(&RefundFailed {
            refund_id: refund.refund_id,
            payment_id: refund.payment_id,
            order_id: refund.order_id,
            amount: refund.amount,
            reason: refund.reason.clone(),
            failure: "approval_rejected".to_owned(),
        });
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["status"], "failed");
        assert_eq!(now["refund"]["failure"], "approval_rejected");
        it.shop.app.assert_invariants().await;
    }
}

/// The shop gave money back by hand before: the return gives back what is left, and says so.
#[tokio::test]
async fn no_more_goes_back_than_is_left() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let by_hand = payments_contract::RefundPayment {
            payment_id: it.payment.parse().expect("a payment id"),
            refund_id: it.shop.app.kit().env().new_id(),
            amount: crate::support::eur(2_600),
            reason: "goodwill".to_owned(),
            requested_by: None,
        };
        let payments: &dyn payments_contract::Payments = it.shop.payments.as_ref();
        let ctx = it.shop.app.kit().ctx();
        payments.refund_payment(&ctx, by_hand).await.expect("given");
        let approved = it.approved("r1", &[(0, 1)]).await;
        it.receive(&approved, "a1", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["amount"]["amount"], 290, "{now}");
        let next = it.approved("r2", &[(0, 1)]).await;
        it.receive(&next, "a2", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&next).await;
        assert_eq!(now["refund"]["status"], "nothing_left", "{now}");
        assert_eq!(it.given(), 2_890);
    }
}
