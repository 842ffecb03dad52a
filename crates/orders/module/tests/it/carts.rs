//! Carts: whose they are, what they cost, what their buyer is told.

use catalog_contract::VariantStatus;
use serde_json::{Value, json};
use tenon_kernel::{Money, Role};
use tenon_testkit::engines;

use crate::support::{Shop, address, eur};

fn problem_codes(cart: &Value) -> Vec<&str> {
    cart["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["code"].as_str().expect("a code"))
        .collect()
}

#[tokio::test]
async fn a_guests_cart_opens_to_its_token_only() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest_with_cart().await;
        let token = buyer.token.clone().expect("guests get a token");
        assert_eq!(token.len(), 43, "256 bits");
        let cart = buyer.get(&buyer.path()).await;
        assert_eq!(cart.expect(200)["status"], "active");
        assert_eq!(cart.header("cart-token"), None, "told once");
        for other in [
            shop.app.anonymous(),
            shop.app.user("mallory", &[Role::Customer]),
            shop.staff(),
        ] {
            assert_eq!(
                other.get(&buyer.path()).await.expect(404)["code"],
                "orders.cart_not_found"
            );
        }
    }
}

#[tokio::test]
async fn a_customers_cart_opens_to_them_only() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop
            .customer("ada", &[(shop.sell("TEA-1", 500, 9), 1)])
            .await;
        assert_eq!(buyer.token, None, "signed-in people need none");
        buyer.get(&buyer.path()).await.expect(200);
        shop.app
            .user("bob", &[Role::Customer])
            .get(&buyer.path())
            .await
            .expect(404);
        shop.app
            .anonymous()
            .get(&buyer.path())
            .header("cart-token", "")
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn a_cart_adds_up() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.sell("TEA-1", 1_190, 9), shop.sell("CUP-1", 500, 9));
        let buyer = shop.guest(&[(tea, 1), (cup, 2), (tea, 1)]).await;
        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(
            cart["lines"].as_array().map(Vec::len),
            Some(2),
            "one line for each variant"
        );
        assert_eq!(cart["lines"][0]["title"], "Assam, Standard");
        assert_eq!(
            cart["totals"],
            json!({
                "subtotal": eur(3_380), "discount": eur(0), "shipping": eur(490), "tax": eur(618), "tax_included": true, "total": eur(3_870),
            })
        );
        let taxes: i64 = cart["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|it| it["tax"]["amount"].as_i64().expect("minor"))
            .sum();
        assert!(taxes <= 618, "the rest is the tax on delivery");
        assert_eq!(
            (problem_codes(&cart), &cart["missing"]),
            (vec![], &json!([]))
        );
    }
}

#[tokio::test]
async fn changes_name_their_version() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let cart = buyer.get(&buyer.path()).await.expect(200);
        let line = format!(
            "{}/lines/{}",
            buyer.path(),
            cart["lines"][0]["id"].as_str().expect("id")
        );
        let etag = buyer.etag().await;
        let set = |etag: &str, quantity: i64| {
            buyer
                .with_token(buyer.client.patch(&line))
                .header("if-match", etag)
                .json(&json!({ "quantity": quantity }))
        };
        buyer
            .with_token(buyer.client.patch(&line))
            .json(&json!({ "quantity": 5 }))
            .await
            .expect(428);
        assert_eq!(set(&etag, 5).await.expect(200)["lines"][0]["quantity"], 5);
        let stale = set(&etag, 6).await;
        assert_eq!(stale.expect(412)["code"], "orders.stale_version");
        let current = stale.header("etag").expect("the version now").to_owned();
        assert_eq!(current, buyer.etag().await);
        buyer
            .with_token(buyer.client.patch(&buyer.path()))
            .header("if-match", &etag)
            .json(&json!({}))
            .await
            .expect(412);
        buyer
            .with_token(buyer.client.delete(&line))
            .header("if-match", &etag)
            .await
            .expect(412);
        let empty = buyer
            .with_token(buyer.client.delete(&line))
            .header("if-match", &current)
            .await
            .expect(200);
        assert_eq!(empty["lines"], json!([]));
        let gone = buyer
            .with_token(buyer.client.delete(&line))
            .header("if-match", &buyer.etag().await)
            .await;
        assert_eq!(gone.expect(404)["code"], "orders.cart_line_not_found");
    }
}

#[tokio::test]
async fn a_repeated_addition_with_a_key_adds_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let buyer = shop.guest_with_cart().await;
        let body = json!({ "variant_id": tea, "quantity": 2 });
        for _ in 0..3 {
            let path = format!("{}/lines", buyer.path());
            let cart = buyer
                .with_token(buyer.client.post(&path))
                .key("add")
                .json(&body)
                .await
                .expect(201);
            assert_eq!(cart["lines"][0]["quantity"], 2);
        }
    }
}

#[tokio::test]
async fn the_buyer_is_told_what_has_changed() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup, pot) = (
            shop.sell("TEA-1", 500, 9),
            shop.sell("CUP-1", 900, 9),
            shop.sell("POT-1", 100, 9),
        );
        let buyer = shop.guest(&[(tea, 1), (cup, 1), (pot, 5)]).await;
        shop.catalog.set_price(tea, eur(650));
        shop.catalog.set_status(cup, VariantStatus::Archived);
        shop.catalog.set_on_hand(pot, 2);

        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(
            problem_codes(&cart),
            ["price_changed", "variant_unavailable", "out_of_stock"]
        );
        assert_eq!(
            cart["lines"][0]["unit_price"]["amount"], 500,
            "what the buyer saw"
        );
        assert_eq!(cart["problems"][0]["price"]["amount"], 650);
        assert_eq!(cart["problems"][2]["pointer"], "/lines/2");
        assert_eq!(cart["problems"][2]["available"], 2);

        let agreed = buyer.change(&json!({})).await.expect(200);
        assert_eq!(agreed["lines"][0]["unit_price"]["amount"], 650);
        assert_eq!(
            problem_codes(&agreed),
            ["variant_unavailable", "out_of_stock"]
        );
    }
}

#[tokio::test]
async fn members_are_changed_and_cleared_by_merge_patch() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        let cart = buyer
            .change(&json!({ "billing_address": address(), "email": "grace@example.com" }))
            .await
            .expect(200);
        assert_eq!(
            (cart["email"].as_str(), &cart["shipping_method"]),
            (Some("grace@example.com"), &json!("standard"))
        );
        let cleared = buyer
            .change(&json!({ "billing_address": null, "email": null }))
            .await
            .expect(200);
        assert_eq!(
            (&cleared["billing_address"], &cleared["email"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(cleared["missing"], json!(["/email"]));
        assert_eq!(cleared["shipping_address"]["city"], "Köln");
    }
}

#[tokio::test]
async fn delivery_depends_on_country_currency_and_worth() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 4_000, 9);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let path = format!("{}/shipping-options", buyer.path());
        let options = buyer.get(&path).await.expect(200);
        let codes: Vec<&Value> = options["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| &it["code"])
            .collect();
        assert_eq!(codes, ["standard", "express"]);
        assert_eq!(options["data"][0]["price"], json!(eur(490)));

        let mut far = address();
        far["country"] = json!("JP");
        let cart = buyer
            .change(&json!({ "shipping_address": far, "shipping_method": "express" }))
            .await
            .expect(200);
        assert_eq!(problem_codes(&cart), ["shipping_unavailable"]);
        assert_eq!(
            cart["totals"]["tax"]["amount"], 0,
            "the rate of the country of delivery"
        );
        let refused = buyer.checkout("k1", None).await.expect(409);
        assert_eq!(refused["problems"][0]["code"], "shipping_unavailable");

        buyer.add(tea, 1).await.expect(201);
        let free = buyer
            .change(&json!({ "shipping_method": "standard" }))
            .await
            .expect(200);
        assert_eq!(free["totals"]["shipping"]["amount"], 0, "free from 75 EUR");
    }
}

#[tokio::test]
async fn a_cart_keeps_to_one_currency() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 9);
        let reply = shop
            .app
            .anonymous()
            .post("/v1/carts")
            .json(&json!({ "currency": "USD" }))
            .await;
        let cart = reply.expect(201);
        let (id, token) = (
            cart["id"].as_str().expect("id"),
            reply.header("cart-token").expect("a token"),
        );
        let path = format!("/v1/carts/{id}/lines");
        let add = || {
            let body = json!({ "variant_id": tea, "quantity": 1 });
            shop.app
                .anonymous()
                .post(&path)
                .header("cart-token", token)
                .json(&body)
        };
        assert_eq!(
            add().await.expect(422)["errors"][0]["code"],
            "currency_mismatch"
        );
        shop.catalog.set_price(
            tea,
            Money::new(550, "USD".parse().expect("known")).expect("in range"),
        );
        assert_eq!(
            add().await.expect(201)["totals"]["subtotal"],
            json!({ "amount": 550, "currency": "USD" })
        );
    }
}

#[tokio::test]
async fn a_cart_can_be_read_while_the_catalog_is_away() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.guest(&[(shop.sell("TEA-1", 500, 9), 1)]).await;
        shop.catalog.fail_next(tenon_seam::SeamFault::Unavailable {
            executed: tenon_seam::Executed::No,
        });
        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(problem_codes(&cart), ["not_checked"]);
        assert_eq!(cart["totals"]["total"]["amount"], 990);
    }
}
