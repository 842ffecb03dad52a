//! Why a price holds, and why others do not.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{buyer, quote, text};
use crate::shop::Shop;

#[tokio::test]
async fn an_explanation_shows_every_candidate_and_why_it_lost() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let group = shop.group(&["ada"]).await;
        let soon = shop.app.kit().env().now() + Duration::from_hours(1);
        let named = |name: &str, priority: i64, said: Value| {
            let mut list = json!({ "name": name, "priority": priority });
            if let (Some(list), Some(said)) = (list.as_object_mut(), said.as_object()) {
                list.extend(said.clone());
            }
            list
        };
        shop.priced(
            named("draft", 9, json!({ "status": "draft" })),
            tea,
            &[(1, 1)],
        )
        .await;
        shop.priced(
            named("soon", 8, json!({ "valid_from": soon })),
            tea,
            &[(1, 2)],
        )
        .await;
        shop.priced(
            named("past", 7, json!({ "valid_until": "2020-01-01T00:00:00Z" })),
            tea,
            &[(1, 3)],
        )
        .await;
        shop.priced(
            named("group", 6, json!({ "customer_group_ids": [group] })),
            tea,
            &[(1, 4)],
        )
        .await;
        shop.priced(
            named("best", 5, json!({})),
            tea,
            &[(1, 430), (10, 400), (100, 300)],
        )
        .await;
        shop.priced(named("dear", 5, json!({})), tea, &[(1, 401)])
            .await;
        shop.priced(named("low", 4, json!({})), tea, &[(1, 5)])
            .await;

        let body = json!({ "currency": "EUR", "lines": [{ "variant_id": tea, "quantity": 10 }] });
        let asked = shop
            .staff
            .post("/v1/price-quotes?explain=true")
            .json(&body)
            .await
            .expect(200);
        let line = &asked["lines"][0];
        let told: Vec<_> = line["candidates"]
            .as_array()
            .expect("explained")
            .iter()
            .map(|it| {
                let amount = it["unit_price"]["amount"].as_i64().expect("an amount");
                let name = it["price_list_name"].as_str().unwrap_or("basic").to_owned();
                (
                    name,
                    it["min_quantity"].as_i64().expect("one"),
                    amount,
                    text(&it["outcome"]),
                )
            })
            .collect();
        let told: Vec<_> = told.iter().map(|it| (&*it.0, it.1, it.2, &*it.3)).collect();
        assert_eq!(
            told,
            [
                ("best", 10, 400, "won"),
                ("draft", 1, 1, "draft"),
                ("soon", 1, 2, "not_yet_valid"),
                ("past", 1, 3, "expired"),
                ("group", 1, 4, "wrong_group"),
                ("best", 1, 430, "higher_tier_reached"),
                ("best", 100, 300, "tier_not_reached"),
                ("dear", 1, 401, "dearer"),
                ("low", 1, 5, "lower_priority"),
                ("basic", 1, 450, "list_price_applies"),
            ]
        );
        assert_eq!(
            (&line["unit_price"]["amount"], &line["candidates_left_off"]),
            (&json!(400), &json!(0))
        );
        let plain = quote(&shop.staff, tea, 10, json!({})).await;
        for name in ["unit_price", "total", "price_list_id", "tiers"] {
            assert_eq!(plain["lines"][0][name], line[name], "{name}");
        }
        let hers = json!({ "user_id": buyer("ada") });
        assert_eq!(
            quote(&shop.staff, tea, 10, hers).await["lines"][0]["unit_price"]["amount"],
            4
        );
    }
}
