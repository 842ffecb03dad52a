//! A guest signs in: what they gathered goes into their own cart, and nothing of it is lost in silence.

mod limits;
mod refusals;

use catalog_contract::VariantStatus;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_seam::SeamFault;
use tenon_testkit::{Client, TestReply, TestRequest, engines};

use crate::support::{Buyer, Shop, eur};

impl Buyer {
    /// Merges this guest's cart for a person, at the version that it is at.
    pub(crate) async fn merge(&self, person: &Client, body: &Value) -> TestReply {
        let etag = self.etag().await;
        self.merge_at(person, &etag).json(body).await
    }

    pub(crate) fn merge_at(&self, person: &Client, etag: &str) -> TestRequest {
        let request = person.post(&format!("{}/merge", self.path()));
        self.with_token(request).header("if-match", etag)
    }
}

/// `[sku, quantity, unit price]` of each line.
pub(crate) fn lines(cart: &Value) -> Vec<Value> {
    let lines = cart["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| json!([line["sku"], line["quantity"], line["unit_price"]["amount"]]))
        .collect()
}

pub(crate) fn problems(cart: &Value) -> Vec<&str> {
    let problems = cart["problems"].as_array().expect("a list").iter();
    problems
        .map(|it| it["code"].as_str().expect("a code"))
        .collect()
}

pub(crate) fn into(buyer: &Buyer) -> Value {
    json!({ "into": buyer.cart })
}

#[tokio::test]
async fn who_has_no_cart_gets_the_guests() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let guest = shop.guest(&[(shop.sell("TEA-1", 500, 9), 2)]).await;
        let ada = shop.app.user("ada", &[Role::Customer]);
        let (etag, body) = (guest.etag().await, json!({}));
        let merge = async || {
            let request = guest.merge_at(&ada, &etag).key("m1").json(&body);
            request.await
        };
        let reply = merge().await;
        let cart = reply.expect(201);
        assert_eq!(cart["id"], guest.cart);
        assert_eq!(reply.header("location"), Some(guest.path().as_str()));
        assert_eq!(
            (lines(&cart), problems(&cart)),
            (vec![json!(["TEA-1", 2, 500])], vec![])
        );
        assert_eq!(cart["email"], "ada@example.com");
        assert_eq!(merge().await.expect(201), cart, "done before");

        guest.get(&guest.path()).await.expect(404);
        let hers = ada.get(&guest.path()).await;
        assert_eq!(hers.expect(200), cart);
        assert_eq!(hers.header("etag"), reply.header("etag"));
        // It is bought as any other of hers.
        let start = json!({ "cart_id": guest.cart, "payment_method": "pm_success" });
        let started = ada.post("/v1/checkouts").key("k1").json(&start).await;
        assert_eq!(started.expect(201)["status"], "completed");
        let orders = ada.get("/v1/orders").await.expect(200);
        assert_eq!(orders["data"].as_array().map(Vec::len), Some(1));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn pieces_of_the_same_add_up_and_the_rest_moves() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.sell("TEA-1", 500, 99), shop.sell("CUP-1", 700, 99));
        let own = shop.customer("ada", &[(tea, 2)]).await;
        let guest = shop.guest(&[(cup, 1), (tea, 3)]).await;
        let etag = guest.etag().await;
        let merge = async || {
            let request = guest.merge_at(&own.client, &etag);
            request.key("m1").json(&json!({})).await
        };
        let reply = merge().await;
        let cart = reply.expect(201);
        assert_eq!(cart["id"], own.cart);
        assert_eq!(
            lines(&cart),
            [json!(["TEA-1", 5, 500]), json!(["CUP-1", 1, 700])]
        );
        assert_eq!(problems(&cart), Vec::<&str>::new());
        assert_eq!(merge().await.expect(201), cart, "nothing is added again");
        assert_eq!(own.get(&own.path()).await.expect(200), cart);

        guest.get(&guest.path()).await.expect(404);
        guest.add(tea, 1).await.expect(404);
        let ended = own.get(&guest.path()).await.expect(200);
        assert_eq!(
            (&ended["status"], &ended["merged_into"]),
            (&json!("closed"), &json!(own.cart))
        );
        assert_eq!(lines(&ended).len(), 2, "what it held is still to be seen");
        let start = json!({ "cart_id": guest.cart, "payment_method": "pm_success" });
        let closed = own
            .client
            .post("/v1/checkouts")
            .key("k1")
            .json(&start)
            .await;
        assert_eq!(closed.expect(409)["code"], "orders.cart_closed");
        own.checkout("k2", Some("pm_success")).await.expect(201);
        assert_eq!(
            (shop.catalog.on_hand(tea), shop.catalog.on_hand(cup)),
            (94, 98)
        );
        shop.app.assert_invariants().await;
    }
}

/// Where nobody says which, it is the newest open one in the guest's currency; an older one if it is named.
#[tokio::test]
async fn the_newest_open_cart_takes_it_unless_another_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let old = shop.customer("ada", &[(tea, 1)]).await;
        shop.app.kit().advance(std::time::Duration::from_secs(1));
        let new = shop.customer("ada", &[(tea, 1)]).await;
        let ada = &new.client;
        let first = shop.guest(&[(tea, 1)]).await;
        assert_eq!(
            first.merge(ada, &json!({})).await.expect(201)["id"],
            new.cart
        );
        let second = shop.guest(&[(tea, 1)]).await;
        let named = second.merge(ada, &into(&old)).await.expect(201);
        assert_eq!(
            (&named["id"], lines(&named)),
            (&json!(old.cart), vec![json!(["TEA-1", 2, 500])])
        );
        // One that is being checked out is not open.
        new.checkout("k1", Some("pm_3ds")).await.expect(201);
        let third = shop.guest(&[(tea, 1)]).await;
        assert_eq!(
            third.merge(ada, &json!({})).await.expect(201)["id"],
            old.cart
        );
        let dollars = json!({ "currency": "USD" });
        let fourth = shop.app.anonymous().post("/v1/carts").json(&dollars).await;
        let fourth = Buyer {
            client: shop.app.anonymous(),
            cart: fourth.expect(201)["id"].as_str().expect("id").to_owned(),
            token: fourth.header("cart-token").map(str::to_owned),
        };
        let taken = fourth.merge(ada, &json!({})).await.expect(201);
        assert_eq!(taken["id"], fourth.cart, "no other is in dollars");
    }
}

/// Added pieces cost what they cost now in the new quantity, as any addition; what moves is shown at the price its buyer
/// saw, and the cart says what it costs for this person.
#[tokio::test]
async fn prices_are_those_of_the_person_and_changes_are_told() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.sell("TEA-1", 500, 99), shop.sell("CUP-1", 700, 99));
        let tier = catalog_contract::PriceTier {
            min_quantity: 10,
            price: eur(400),
        };
        shop.catalog.set_tiers(tea, &[tier]);
        let own = shop.customer("ada", &[(tea, 6)]).await;
        let guest = shop.guest(&[(tea, 4), (cup, 1)]).await;
        shop.catalog.set_price(cup, eur(650));
        let cart = guest.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(
            lines(&cart),
            [json!(["TEA-1", 10, 400]), json!(["CUP-1", 1, 700])]
        );
        assert_eq!(problems(&cart), ["price_changed"]);
        assert_eq!(cart["problems"][0]["price"], json!(eur(650)));
        let agreed = own.change(&json!({})).await.expect(200);
        assert_eq!(problems(&agreed), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn what_is_not_sold_any_more_moves_and_is_told() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.sell("TEA-1", 500, 99), shop.sell("CUP-1", 700, 99));
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let guest = shop.guest(&[(tea, 1), (cup, 1)]).await;
        for variant in [tea, cup] {
            shop.catalog.set_status(variant, VariantStatus::Archived);
        }
        let cart = guest.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(lines(&cart).len(), 2);
        assert_eq!(
            problems(&cart),
            ["variant_unavailable", "variant_unavailable"]
        );
    }
}

/// Carts are merged when people sign in: a catalog that is away keeps nobody from it.
#[tokio::test]
async fn a_catalog_that_is_away_keeps_the_prices_that_were_seen() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let guest = shop.guest(&[(tea, 2)]).await;
        let etag = guest.etag().await;
        shop.catalog.set_price(tea, eur(600));
        shop.catalog.fail_next(SeamFault::Overloaded {
            retry_after_ms: 1_000,
        });
        let cart = guest.merge_at(&own.client, &etag).json(&json!({})).await;
        let cart = cart.expect(201);
        assert_eq!(lines(&cart), [json!(["TEA-1", 3, 500])]);
        assert_eq!(problems(&cart), ["price_changed"]);
    }
}

#[tokio::test]
async fn what_the_person_has_not_said_about_delivery_is_the_guests() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let hers = json!({ "email": "ada@home.example", "shipping_method": null });
        own.change(&hers).await.expect(200);
        let before = own.get(&own.path()).await.expect(200);
        let guest = shop.guest(&[(tea, 1)]).await;
        let other = json!({
            "name": "Bob", "line1": "Elsewhere 2", "city": "Bonn", "postal_code": "53111", "country": "DE",
        });
        let said = json!({ "shipping_address": other, "billing_address": other });
        guest.change(&said).await.expect(200);
        let cart = guest.merge(&own.client, &json!({})).await.expect(201);
        assert_eq!(cart["email"], "ada@home.example");
        assert_eq!(cart["shipping_address"], before["shipping_address"]);
        assert_eq!(
            cart["billing_address"],
            Value::Null,
            "it went with the guest's delivery"
        );
        assert_eq!(cart["shipping_method"], "standard");
    }
}
