//! What somebody pays, and why.

use std::time::Duration;

use catalog_contract::{GetVariants, PriceTier};
use serde_json::{Value, json};
use tenon_kernel::{Money, Role};
use tenon_testkit::engines;

use super::{buyer, pointers, quote, text, unit};
use crate::shop::Shop;

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().expect("known")).expect("in range")
}

#[tokio::test]
async fn a_larger_quantity_reaches_a_lower_price_and_a_higher_priority_decides() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let guest = shop.app.anonymous();
        shop.priced(json!({}), tea, &[(1, 440), (10, 400), (50, 350)])
            .await;
        let mut told = Vec::new();
        for quantity in [1, 9, 10, 49, 50, 9_999] {
            told.push(unit(&guest, tea, quantity).await);
        }
        assert_eq!(told, [440, 440, 400, 400, 350, 350]);
        let whole = quote(&guest, tea, 10, json!({})).await;
        let line = &whole["lines"][0];
        assert_eq!(
            (&line["total"]["amount"], &line["quantity"]),
            (&json!(4_000), &json!(10))
        );
        let tier =
            |from: i64, amount: i64| json!({ "min_quantity": from, "unit_price": eur(amount) });
        assert_eq!(
            line["tiers"],
            json!([tier(1, 440), tier(10, 400), tier(50, 350)])
        );
        assert_eq!(
            (&whole["user_id"], line.get("candidates")),
            (&Value::Null, None)
        );

        // Dearer, but of a higher priority; only in one quantity. Drafts and other currencies count for nothing.
        shop.priced(json!({ "priority": 1 }), tea, &[(20, 445)])
            .await;
        shop.priced(json!({ "priority": 9, "status": "draft" }), tea, &[(1, 1)])
            .await;
        shop.priced(json!({ "priority": 9, "currency": "USD" }), tea, &[(1, 1)])
            .await;
        assert_eq!(unit(&guest, tea, 19).await, 400);
        assert_eq!(unit(&guest, tea, 50).await, 445);
    }
}

#[tokio::test]
async fn a_list_begins_and_ends_at_its_moments() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let guest = shop.app.anonymous();
        let kit = shop.app.kit();
        let micro = Duration::from_micros(1);
        let (from, until) = (
            kit.env().now() + Duration::from_hours(1),
            kit.env().now() + Duration::from_hours(2),
        );
        let said = json!({ "valid_from": from, "valid_until": until });
        shop.priced(said, tea, &[(1, 400)]).await;
        let go_to = |moment: tenon_kernel::Timestamp| kit.advance(moment.since(kit.env().now()));
        go_to(from - micro);
        assert_eq!(
            (kit.env().now(), unit(&guest, tea, 1).await),
            (from - micro, json!(450))
        );
        go_to(from);
        assert_eq!(
            (kit.env().now(), unit(&guest, tea, 1).await),
            (from, json!(400))
        );
        go_to(until - micro);
        assert_eq!(unit(&guest, tea, 1).await, 400);
        go_to(until);
        assert_eq!(unit(&guest, tea, 1).await, 450);

        // Staff may look at another moment.
        for (at, amount) in [
            (from - micro, 450),
            (from, 400),
            (until - micro, 400),
            (until, 450),
        ] {
            let quote = quote(&shop.staff, tea, 1, json!({ "at": at })).await;
            assert_eq!(quote["lines"][0]["unit_price"]["amount"], amount, "{at}");
            assert_eq!(quote["at"], json!(at));
        }
    }
}

#[tokio::test]
async fn only_staff_may_ask_for_others_other_moments_and_reasons() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let ada = shop.app.user("ada", &[Role::Customer]);
        let body = json!({
            "currency": "EUR", "lines": [{ "variant_id": tea, "quantity": 1 }],
            "at": "2026-01-01T00:00:00Z", "user_id": buyer("ada"),
        });
        for client in [&ada, &shop.app.anonymous()] {
            let refused = client
                .post("/v1/price-quotes?explain=true")
                .json(&body)
                .await;
            let problem = refused.expect(403);
            assert_eq!(refused.code(), "catalog.staff_only");
            let told = ["/at", "/user_id", "?explain"].map(|at| (at, "staff_only"));
            assert_eq!(pointers(&problem), told);
        }
        let group = shop.group(&["ada"]).await;
        shop.priced(json!({ "customer_group_ids": [group] }), tea, &[(1, 400)])
            .await;
        let hers = quote(&shop.staff, tea, 1, json!({ "user_id": buyer("ada") })).await;
        assert_eq!(hers["lines"][0]["unit_price"]["amount"], 400);
        assert_eq!(hers["user_id"], json!(buyer("ada")));
        assert_eq!(unit(&shop.staff, tea, 1).await, 450);
    }
}

#[tokio::test]
async fn what_cannot_be_quoted_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let draft = json!({ "slug": "draft", "title": "Draft", "variants": [
            { "sku": "DRAFT", "title": "100 g", "prices": [{ "amount": 1, "currency": "EUR" }] }] });
        let draft = shop
            .staff
            .post("/v1/products")
            .json(&draft)
            .await
            .expect(201);
        let (draft, nobody) = (
            text(&draft["variants"][0]["id"]),
            "var_00000000000000000000000001",
        );
        let line =
            |variant: &str, quantity: i64| json!({ "variant_id": variant, "quantity": quantity });
        let guest = shop.app.anonymous();
        let ask = async |lines: Value| {
            let body = json!({ "currency": "EUR", "lines": lines });
            guest.post("/v1/price-quotes").json(&body).await
        };
        let id = tea.to_string();
        let problem = ask(json!([line(&id, 1), line(nobody, 1), line(&draft, 1)]))
            .await
            .expect(422);
        let expected = [
            ("/lines/1/variant_id", "not_found"),
            ("/lines/2/variant_id", "not_found"),
        ];
        assert_eq!(pointers(&problem), expected);
        let problem = ask(json!([line(&id, 0), line(&id, 10_000)]))
            .await
            .expect(422);
        let expected = [
            ("/lines/0/quantity", "out_of_range"),
            ("/lines/1/quantity", "out_of_range"),
        ];
        assert_eq!(pointers(&problem), expected);
        assert_eq!(pointers(&ask(json!([])).await.expect(422))[0].0, "/lines");
        let many = vec![line(&id, 1); 101];
        assert_eq!(pointers(&ask(json!(many)).await.expect(422))[0].0, "/lines");
        let body = json!({ "currency": "EUR", "lines": vec![line(&id, 1); 21] });
        let explained = shop
            .staff
            .post("/v1/price-quotes?explain=true")
            .json(&body)
            .await;
        assert_eq!(pointers(&explained.expect(422))[0].0, "/lines");

        // The largest amount there is can be a price, but not of two.
        shop.priced(json!({}), tea, &[(1, 9_007_199_254_740_991)])
            .await;
        assert_eq!(
            ask(json!([line(&id, 1)])).await.expect(200)["lines"][0]["total"]["amount"],
            9_007_199_254_740_991_i64
        );
        let problem = ask(json!([line(&id, 1), line(&id, 2)])).await.expect(422);
        assert_eq!(pointers(&problem), [("/lines/1/quantity", "out_of_range")]);

        // Not sold in that currency: no price, no error. Staff see drafts.
        let body = json!({ "currency": "JPY", "lines": [line(&id, 1), line(&draft, 1)] });
        let quote = shop
            .staff
            .post("/v1/price-quotes")
            .json(&body)
            .await
            .expect(200);
        assert_eq!(
            (
                &quote["lines"][0]["unit_price"],
                &quote["lines"][1]["total"]
            ),
            (&Value::Null, &Value::Null)
        );
    }
}

/// What orders asks: as many statements for a whole cart as for one line, and the prices of every quantity.
#[tokio::test]
async fn a_cart_is_priced_in_two_statements() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let variants: [_; 10] = shop.variants().await;
        let group = shop.group(&["ada"]).await;
        let both = json!({ "customer_group_ids": [group, shop.group(&["ada"]).await] });
        shop.priced(both, variants[0], &[(1, 440), (10, 400)]).await;
        shop.priced(json!({ "currency": "USD" }), variants[1], &[(5, 490)])
            .await;
        let ask = async |buyer, currency: &str| {
            let req = GetVariants {
                variant_ids: variants.to_vec(),
                currency: currency.parse().expect("known"),
                buyer,
            };
            let ctx = shop.app.kit().ctx();
            let mut found = shop
                .direct
                .get_variants(&ctx, req)
                .await
                .expect("found")
                .variants;
            found.sort_by_key(|it| it.variant_id);
            assert_eq!((found.len(), ctx.stats().statements()), (10, 2));
            found
        };
        let hers = ask(Some(buyer("ada")), "EUR").await;
        let ten = PriceTier {
            min_quantity: 10,
            price: eur(400),
        };
        assert_eq!(
            (hers[0].price, &*hers[0].tiers),
            (Some(eur(440)), &[ten][..])
        );
        assert_eq!(
            [9, 10].map(|it| hers[0].price_for(it)),
            [440, 400].map(|it| Some(eur(it)))
        );
        assert_eq!((hers[1].price, hers[1].tiers.len()), (Some(eur(450)), 0));
        let guests = ask(None, "EUR").await;
        assert_eq!(
            (guests[0].price, guests[0].tiers.len()),
            (Some(eur(450)), 0)
        );

        // Sold in dollars from five pieces on only.
        let dollars = ask(None, "USD").await;
        assert_eq!((dollars[1].price, dollars[1].price_for(4)), (None, None));
        assert_eq!(dollars[1].price_for(5).map(Money::minor), Some(490));
    }
}
