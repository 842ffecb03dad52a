//! Prices that depend on the quantity and on who buys.

use catalog_contract::{BuyerId, PriceTier, VariantId};
use serde_json::{Value, json};
use tenon_kernel::Money;
use tenon_testkit::{TestApp, TestReply, engines};

use crate::support::{Buyer, Shop, When, eur};

/// From ten pieces on 4.00 each, from fifty on 3.00.
fn with_tiers(shop: &Shop, price: i64) -> VariantId {
    let tea = shop.sell("TEA-1", price, 999);
    let tiers = [(10, 400), (50, 300)].map(|(min_quantity, amount)| PriceTier {
        min_quantity,
        price: eur(amount),
    });
    shop.catalog.set_tiers(tea, &tiers);
    tea
}

/// Sets the quantity of the only line.
async fn set_quantity(buyer: &Buyer, quantity: i64) -> TestReply {
    let cart = buyer.get(&buyer.path()).await.expect(200);
    let line = cart["lines"][0]["id"].as_str().expect("an id");
    let etag = buyer.etag().await;
    let request = buyer
        .client
        .patch(&format!("{}/lines/{line}", buyer.path()));
    buyer
        .with_token(request)
        .header("if-match", &etag)
        .json(&json!({ "quantity": quantity }))
        .await
}

fn unit(cart: &Value) -> i64 {
    cart["lines"][0]["unit_price"]["amount"]
        .as_i64()
        .expect("minor units")
}

fn no_problems(cart: &Value) -> bool {
    cart["problems"] == json!([])
}

#[tokio::test]
async fn the_tenth_piece_makes_all_cheaper_and_a_changed_quantity_prices_the_line_anew() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = with_tiers(&shop, 500);
        let buyer = shop.guest(&[(tea, 9)]).await;
        assert_eq!(unit(&buyer.get(&buyer.path()).await.expect(200)), 500);
        let ten = buyer.add(tea, 1).await.expect(201);
        assert_eq!((unit(&ten), no_problems(&ten)), (400, true));
        assert_eq!(ten["totals"]["subtotal"], json!(eur(4_000)));
        for (quantity, price) in [(50, 300), (49, 400), (9, 500), (10, 400)] {
            let changed = set_quantity(&buyer, quantity).await.expect(200);
            assert_eq!(
                (unit(&changed), no_problems(&changed)),
                (price, true),
                "{quantity}"
            );
        }
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let order = buyer.order(&checkout).await;
        assert_eq!(order["lines"][0]["unit_price"], json!(eur(400)));
        assert_eq!(order["totals"]["subtotal"], json!(eur(4_000)));
    }
}

/// The price that a line is shown and frozen at is told as changed when its tier changes, and no other.
#[tokio::test]
async fn a_changed_tier_is_told_to_those_in_it_and_stops_their_checkout() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = with_tiers(&shop, 500);
        let (few, many) = (
            shop.guest(&[(tea, 1)]).await,
            shop.guest(&[(tea, 10)]).await,
        );
        let dearer = PriceTier {
            min_quantity: 10,
            price: eur(410),
        };
        shop.catalog.set_tiers(tea, &[dearer]);
        assert!(no_problems(&few.get(&few.path()).await.expect(200)));
        let cart = many.get(&many.path()).await.expect(200);
        assert_eq!(cart["problems"][0]["code"], "price_changed");
        assert_eq!(cart["problems"][0]["price"], json!(eur(410)));
        assert_eq!(unit(&cart), 400, "what its buyer saw");
        let refused = many.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(refused["code"], "orders.cart_changed");
        let taken = many.change(&json!({})).await.expect(200);
        assert_eq!((unit(&taken), no_problems(&taken)), (410, true));
        let checkout = many.checkout("k2", Some("pm_success")).await.expect(201);
        assert_eq!(
            many.order(&checkout).await["lines"][0]["unit_price"],
            json!(eur(410))
        );
    }
}

/// What is frozen stays, whatever the tiers do.
#[tokio::test]
async fn a_frozen_tier_counts_until_the_checkout_ends() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = with_tiers(&shop, 500);
        let buyer = shop.guest(&[(tea, 10)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.catalog.set_tiers(tea, &[]);
        shop.catalog.set_price(tea, eur(900));
        let payment = crate::support::payment_of(&checkout);
        shop.decide(&payment, payments_contract::testing::Outcome::Authorize)
            .await;
        assert_eq!(buyer.look(&checkout).await["status"], "completed");
        assert_eq!(
            buyer.order(&checkout).await["lines"][0]["unit_price"],
            json!(eur(400))
        );
    }
}

/// Prices are those of the cart's owner; a guest has none of their own.
#[tokio::test]
async fn a_person_has_the_prices_of_their_own() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = with_tiers(&shop, 500);
        let ada = BuyerId::from_uuid(TestApp::user_id("ada"));
        shop.catalog.set_price_for(tea, ada, eur(350));
        let hers = shop.customer("ada", &[(tea, 1)]).await;
        assert_eq!(unit(&hers.get(&hers.path()).await.expect(200)), 350);
        for other in [
            shop.customer("bob", &[(tea, 1)]).await,
            shop.guest(&[(tea, 1)]).await,
        ] {
            assert_eq!(unit(&other.get(&other.path()).await.expect(200)), 500);
        }

        // Her price goes up while the cart lies there: she is told hers, not the one of others.
        shop.catalog.set_price_for(tea, ada, eur(360));
        let cart = hers.get(&hers.path()).await.expect(200);
        assert_eq!(cart["problems"][0]["price"], json!(eur(360)));
        hers.change(&json!({})).await.expect(200);
        let checkout = hers.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(
            hers.order(&checkout).await["lines"][0]["unit_price"],
            json!(eur(360))
        );
    }
}

/// Whoever asked the catalog first commits last: the line has the price of both additions, not of what was seen then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn additions_beside_each_other_take_the_price_of_their_sum() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = with_tiers(&shop, 500);
        let buyer = shop.guest_with_cart().await;
        shop.slow_catalog.stall_next("get_variants", When::After);
        let slow = {
            let buyer = buyer.clone();
            tokio::spawn(async move { buyer.add(tea, 6).await.expect(201) })
        };
        shop.slow_catalog.reached().await;
        assert_eq!(unit(&buyer.add(tea, 6).await.expect(201)), 500);
        shop.slow_catalog.release();
        let both = slow.await.expect("no panic");
        assert_eq!(
            (&both["lines"][0]["quantity"], unit(&both)),
            (&json!(12), 400)
        );
    }
}

/// A variant that has no price of one piece in the cart's currency is sold from its first tier on.
#[tokio::test]
async fn what_is_sold_by_the_carton_only_is_not_sold_by_the_piece() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let dollars = Money::new(500, "USD".parse().expect("known")).expect("in range");
        let tea = shop.catalog.add("TEA-1", "Assam", dollars, 999);
        let carton = PriceTier {
            min_quantity: 10,
            price: eur(400),
        };
        shop.catalog.set_tiers(tea, &[carton]);
        let buyer = shop.guest_with_cart().await;
        let refused = buyer.add(tea, 9).await.expect(422);
        assert_eq!(refused["errors"][0]["code"], "currency_mismatch");
        assert_eq!(unit(&buyer.add(tea, 10).await.expect(201)), 400);
        assert_eq!(unit(&buyer.add(tea, 1).await.expect(201)), 400);
        let fewer = set_quantity(&buyer, 9).await.expect(200);
        assert_eq!(fewer["problems"][0]["code"], "currency_mismatch");
        let more = set_quantity(&buyer, 10).await.expect(200);
        assert!(no_problems(&more));
    }
}
