//! Promotions: what staff makes, what carts show, what orders keep.

mod counting;
mod explained;
mod kept;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{TestReply, engines};

use crate::support::{Buyer, Shop};

impl Shop {
    /// Makes a promotion of the code `TEA`.
    pub(crate) async fn promote(&self, members: &Value) -> Value {
        let mut body = json!({ "code": "TEA" });
        for (name, value) in members.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let made = self.staff().post("/v1/promotions").json(&body).await;
        made.expect(201)
    }

    /// A promotion as it stands.
    pub(crate) async fn promotion(&self, promotion: &Value) -> Value {
        let id = promotion["id"].as_str().expect("an id");
        let found = self.staff().get(&format!("/v1/promotions/{id}")).await;
        found.expect(200)
    }

    pub(crate) async fn change_promotion(&self, promotion: &Value, body: &Value) -> TestReply {
        let path = format!("/v1/promotions/{}", promotion["id"].as_str().expect("id"));
        let etag = self.staff().get(&path).await;
        let etag = etag.header("etag").expect("a version").to_owned();
        let change = self.staff().patch(&path).header("if-match", &etag);
        change.json(body).await
    }
}

impl Buyer {
    pub(crate) async fn enter(&self, code: &str) -> TestReply {
        let path = format!("{}/promotion-codes", self.path());
        let request = self.with_token(self.client.post(&path));
        request.json(&json!({ "code": code })).await
    }

    pub(crate) async fn take_out(&self, code: &str) -> TestReply {
        let etag = self.etag().await;
        let path = format!("{}/promotion-codes/{code}", self.path());
        let request = self.with_token(self.client.delete(&path));
        request.header("if-match", &etag).await
    }

    pub(crate) async fn cart(&self) -> Value {
        self.get(&self.path()).await.expect(200)
    }
}

pub(crate) fn tenth() -> Value {
    json!({ "kind": "percent", "rate": "0.10" })
}

pub(crate) fn euros(minor: i64) -> Value {
    json!({ "kind": "fixed", "amounts": [{ "amount": minor, "currency": "EUR" }] })
}

/// `promotion` with more members.
pub(crate) fn with(mut promotion: Value, members: Value) -> Value {
    for (name, value) in members.as_object().expect("an object") {
        promotion[name] = value.clone();
    }
    promotion
}

#[tokio::test]
async fn staff_makes_finds_and_changes_promotions() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let members = json!({ "code": "tea-10", "kind": "percent", "rate": "0.10", "total_limit": 5,
            "minimum_subtotals": [{ "amount": 2000, "currency": "EUR" }], "valid_until": "2099-01-01T00:00:00Z" });
        let made = shop.promote(&members).await;
        assert_eq!(made["code"], "TEA-10");
        assert_eq!(made["rate"], "0.1");
        assert_eq!(made["status"], "active");
        assert_eq!(made["redeemed"], 0);
        shop.promote(&with(euros(500), json!({ "code": "FIVE" })))
            .await;

        let list = |query: &str| {
            let request = shop.staff().get(&format!("/v1/promotions{query}"));
            async move { request.await.expect(200) }
        };
        let codes = |page: &Value| -> Vec<String> {
            let data = page["data"].as_array().expect("a list").iter();
            data.map(|it| it["code"].as_str().expect("a code").to_owned())
                .collect()
        };
        assert_eq!(codes(&list("").await), ["FIVE", "TEA-10"]);
        assert_eq!(codes(&list("?code=Tea-10").await), ["TEA-10"]);
        assert_eq!(codes(&list("?code=%20").await), Vec::<String>::new());
        let first = list("?limit=1").await;
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let second = list(&format!("?limit=1&cursor={cursor}")).await;
        assert_eq!(codes(&second), ["TEA-10"]);

        let body = json!({ "status": "disabled", "total_limit": null, "customer_limit": 1 });
        let changed = shop.change_promotion(&made, &body).await.expect(200);
        assert_eq!(changed["status"], "disabled");
        assert_eq!(changed["total_limit"], Value::Null);
        assert_eq!(codes(&list("?status=disabled").await), ["TEA-10"]);
        let path = format!("/v1/promotions/{}", made["id"].as_str().expect("id"));
        let stale = shop.staff().patch(&path).header("if-match", "\"v1\"");
        let stale = stale.json(&json!({ "status": "active" })).await;
        assert_eq!(stale.expect(412)["code"], "orders.stale_version");
        let audited = shop.app.events("orders", "audit.recorded").await;
        assert_eq!(audited.len(), 3, "two made, one changed");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_promotion_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        for (body, pointer) in [
            (with(tenth(), json!({ "code": "a b c" })), "/code"),
            (json!({ "kind": "percent" }), "/rate"),
            (json!({ "kind": "percent", "rate": "0" }), "/rate"),
            (json!({ "kind": "percent", "rate": "10%" }), "/rate"),
            (json!({ "kind": "fixed" }), "/amounts"),
            (euros(0), "/amounts/0/amount"),
            (with(euros(5), json!({ "rate": "0.1" })), "/rate"),
            (with(tenth(), json!({ "total_limit": 0 })), "/total_limit"),
            (
                with(
                    tenth(),
                    json!({ "valid_from": "2030-01-01T00:00:00Z", "valid_until": "2030-01-01T00:00:00Z" }),
                ),
                "/valid_until",
            ),
        ] {
            let body = with(json!({ "code": "TEA" }), body);
            let refused = shop.staff().post("/v1/promotions").json(&body).await;
            let refused = refused.expect(422);
            assert_eq!(refused["code"], "orders.invalid_request", "{body}");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}");
        }
        shop.promote(&tenth()).await;
        let body = with(tenth(), json!({ "code": "tea" }));
        let taken = shop.staff().post("/v1/promotions").json(&body).await;
        assert_eq!(taken.expect(409)["code"], "orders.promotion_code_taken");
        for (client, status) in [
            (shop.app.anonymous(), 401),
            (shop.app.user("ada", &[Role::Customer]), 403),
        ] {
            client.get("/v1/promotions").await.expect(status);
            client
                .post("/v1/promotions")
                .json(&body)
                .await
                .expect(status);
        }
        let none = shop
            .staff()
            .get("/v1/promotions/prm_00000000000000000000000000");
        assert_eq!(none.await.expect(404)["code"], "orders.promotion_not_found");
    }
}

#[tokio::test]
async fn a_code_takes_something_off_and_can_be_taken_out() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        shop.promote(&tenth()).await;
        let (tea, cup) = (shop.sell("TEA-1", 333, 9), shop.sell("CUP-1", 1_000, 9));
        let buyer = shop.guest(&[(tea, 1), (cup, 1)]).await;
        let cart = buyer.enter(" tea ").await.expect(201);
        assert_eq!(cart["promotion_codes"][0]["code"], "TEA");
        assert_eq!(cart["promotion_codes"][0]["discount"]["amount"], 133);
        let totals = &cart["totals"];
        assert_eq!(totals["subtotal"]["amount"], 1_333);
        assert_eq!(totals["discount"]["amount"], 133);
        assert_eq!(totals["total"]["amount"], 1_200 + 490);
        assert_eq!(cart["lines"][0]["discount"]["amount"], 33);
        assert_eq!(cart["lines"][0]["total"]["amount"], 300);
        assert_eq!(
            buyer.enter("TEA").await.expect(201)["version"],
            cart["version"]
        );
        assert_eq!(
            buyer.cart().await["promotion_codes"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );

        let cart = buyer.take_out("tea").await.expect(200);
        assert_eq!(cart["totals"]["discount"]["amount"], 0);
        let gone = buyer.take_out("tea").await.expect(404);
        assert_eq!(gone["code"], "orders.promotion_code_not_in_cart");
        let stranger = shop.guest_with_cart().await;
        let path = format!("{}/promotion-codes", buyer.path());
        let stranger = stranger.with_token(stranger.client.post(&path));
        let stranger = stranger.json(&json!({ "code": "TEA" })).await;
        assert_eq!(stranger.expect(404)["code"], "orders.cart_not_found");
    }
}

/// Whoever tries codes learns nothing from the answers.
#[tokio::test]
async fn codes_that_do_not_count_get_one_answer() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        for (code, members) in [
            ("OVER", json!({ "valid_until": "2020-01-01T00:00:00Z" })),
            ("NEXT", json!({ "valid_from": "2099-01-01T00:00:00Z" })),
            ("OFF", json!({ "status": "disabled" })),
        ] {
            shop.promote(&with(with(tenth(), members), json!({ "code": code })))
                .await;
        }
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let mut answers = Vec::new();
        for code in ["OVER", "NEXT", "OFF", "NONE", "not a code", ""] {
            let mut refused = buyer.enter(code).await.expect(422);
            refused["trace_id"] = Value::Null;
            assert_eq!(refused["code"], "orders.promotion_code_invalid");
            assert_eq!(refused["errors"][0]["pointer"], "/code");
            answers.push(refused);
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(buyer.cart().await["promotion_codes"], json!([]));
    }
}

#[tokio::test]
async fn a_code_that_does_not_fit_is_entered_and_the_cart_says_why_it_does_not_count() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let minimum = json!({ "minimum_subtotals": [{ "amount": 1500, "currency": "EUR" }] });
        shop.promote(&with(euros(200), minimum)).await;
        let tea = shop.sell("TEA-1", 500, 9);
        let buyer = shop.guest(&[(tea, 2)]).await;
        let cart = buyer.enter("TEA").await.expect(201);
        assert_eq!(cart["problems"][0]["code"], "promotion_minimum");
        assert_eq!(cart["problems"][0]["pointer"], "/promotion_codes/0");
        assert_eq!(cart["problems"][0]["price"]["amount"], 1_500);
        assert_eq!(cart["totals"]["discount"]["amount"], 0);
        let refused = buyer.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(refused["code"], "orders.cart_changed");
        assert_eq!(refused["problems"][0]["code"], "promotion_minimum");
        buyer.add(tea, 1).await.expect(201);
        let cart = buyer.cart().await;
        assert_eq!(cart["problems"], json!([]));
        assert_eq!(cart["totals"]["discount"]["amount"], 200);
        buyer.checkout("k2", Some("pm_success")).await.expect(201);
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn codes_count_together_only_if_all_of_them_combine() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        for (code, combinable) in [
            ("ALONE", false),
            ("A-1", true),
            ("A-2", true),
            ("A-3", true),
            ("A-4", true),
        ] {
            let members = json!({ "code": code, "combinable": combinable });
            shop.promote(&with(tenth(), members)).await;
        }
        let buyer = shop.guest(&[(shop.sell("TEA-1", 1_000, 9), 1)]).await;
        buyer.enter("ALONE").await.expect(201);
        let refused = buyer.enter("A-1").await.expect(409);
        assert_eq!(refused["code"], "orders.promotion_not_combinable");
        assert_eq!(refused["codes"], json!(["ALONE"]));
        buyer.take_out("ALONE").await.expect(200);
        for code in ["A-1", "A-2", "A-3"] {
            buyer.enter(code).await.expect(201);
        }
        let refused = buyer.enter("ALONE").await.expect(409);
        assert_eq!(refused["code"], "orders.promotion_not_combinable");
        let refused = buyer.enter("A-4").await.expect(422);
        assert_eq!(refused["errors"][0]["code"], "too_many_codes");
        assert_eq!(
            buyer.cart().await["totals"]["discount"]["amount"],
            100 + 90 + 81
        );
    }
}

#[tokio::test]
async fn a_promotion_that_ends_while_its_code_is_in_a_cart_is_told_before_the_buyer_pays() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let promotion = shop.promote(&tenth()).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        buyer.enter("TEA").await.expect(201);
        let body = json!({ "status": "disabled" });
        shop.change_promotion(&promotion, &body).await.expect(200);
        let refused = buyer.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(refused["code"], "orders.cart_changed");
        assert_eq!(refused["problems"][0]["code"], "promotion_ended");
        assert_eq!(buyer.cart().await["totals"]["discount"]["amount"], 0);
        buyer.take_out("TEA").await.expect(200);
        buyer.checkout("k2", Some("pm_success")).await.expect(201);
        assert_eq!(shop.count("promotion.redeemed").await, 0);
    }
}
