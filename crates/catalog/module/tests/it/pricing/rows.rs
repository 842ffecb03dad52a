//! Rows of price lists: many at once, all or none.

use catalog_contract::VariantId;
use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{pointers, text, unit};
use crate::shop::Shop;

async fn rows_of(shop: &Shop, list: &str, query: &str) -> Vec<(String, i64, i64)> {
    let path = format!("/v1/price-lists/{list}/prices?{query}");
    let page = shop.staff.get(&path).await.expect(200);
    let row = |it: &Value| {
        let amount = it["unit_price"]["amount"].as_i64().expect("an amount");
        let from = it["min_quantity"].as_i64().expect("a quantity");
        (text(&it["variant_id"]), from, amount)
    };
    page["data"]
        .as_array()
        .expect("a page")
        .iter()
        .map(row)
        .collect()
}

#[tokio::test]
async fn rows_are_written_changed_and_removed_and_each_change_is_announced() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let [tea, cup] = shop.variants().await;
        let list = shop
            .price_list(json!({ "valid_from": "2030-01-01T00:00:00Z" }))
            .await;
        let first = shop
            .put_rows(
                &list,
                &[
                    (cup, 1, Some(300)),
                    (tea, 10, Some(400)),
                    (tea, 1, Some(440)),
                ],
            )
            .await;
        assert_eq!(first.header("etag"), Some("\"v2\""));
        let counts = |view: &Value| {
            ["version", "written", "removed", "unchanged"].map(|it| view[it].clone())
        };
        assert_eq!(counts(&first.json()), [2, 3, 0, 0]);
        let again = [
            (tea, 1, Some(440)),
            (tea, 10, None),
            (cup, 1, Some(310)),
            (cup, 7, None),
        ];
        let second = shop.put_rows(&list, &again).await.expect(200);
        assert_eq!(counts(&second), [3, 1, 1, 2]);
        let third = shop.put_rows(&list, &again).await;
        assert_eq!(counts(&third.expect(200)), [3, 0, 0, 4]);
        assert_eq!(third.header("etag"), Some("\"v3\""));
        let (tea, cup) = (tea.to_string(), cup.to_string());
        assert_eq!(
            rows_of(&shop, &list, "").await,
            [(tea.clone(), 1, 440), (cup.clone(), 1, 310)]
        );
        assert_eq!(
            rows_of(&shop, &list, &format!("variant_id={cup}")).await,
            [(cup.clone(), 1, 310)]
        );

        let facts = shop.app.events("catalog", "price.changed").await;
        let told: Vec<_> = facts
            .iter()
            .map(|it| {
                let of = |name: &str| it.data[name].clone();
                assert_eq!(it.data["list_id"], json!(list));
                assert_eq!(it.data["valid_from"], "2030-01-01T00:00:00Z");
                let (old, new) = (of("old")["amount"].clone(), of("new")["amount"].clone());
                (text(&of("variant_id")), of("min_quantity"), old, new)
            })
            .collect();
        let null = Value::Null;
        let expected = [
            (&tea, 1, null.clone(), json!(440)),
            (&tea, 10, null.clone(), json!(400)),
            (&cup, 1, null.clone(), json!(300)),
            (&tea, 10, json!(400), null),
            (&cup, 1, json!(300), json!(310)),
        ];
        let expected = expected.map(|(id, from, old, new)| (id.clone(), json!(from), old, new));
        assert_eq!(told, expected);
        let audited = shop.app.events("catalog", "audit.recorded").await;
        let mut changes = audited
            .iter()
            .filter(|it| it.data["action"] == "price_list.prices_changed");
        let newest = changes.next_back().expect("two changes");
        assert_eq!(
            newest.data["after"]["prices"],
            json!([[tea, 10, Value::Null], [cup, 1, 310]])
        );
    }
}

#[tokio::test]
async fn one_bad_row_stops_them_all_and_every_bad_row_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let list = shop.price_list(json!({})).await;
        let path = format!("/v1/price-lists/{list}/prices");
        let nobody = "var_00000000000000000000000001";
        let good = json!({ "variant_id": tea, "amount": 1 });
        let refused = async |status: u16, rows: Value| {
            let body = json!({ "prices": rows });
            shop.staff.put(&path).json(&body).await.expect(status)
        };
        let bad = json!([good, { "variant_id": tea, "min_quantity": 0, "amount": -1 }, good]);
        let problem = refused(422, bad).await;
        let expected = [
            ("/prices/1/min_quantity", "out_of_range"),
            ("/prices/1/amount", "out_of_range"),
            ("/prices/2", "duplicate"),
        ];
        assert_eq!(pointers(&problem), expected);
        let unknown = json!([good, { "variant_id": nobody, "amount": 1 }, { "variant_id": nobody, "min_quantity": 2, "amount": null }]);
        let problem = refused(422, unknown).await;
        let expected = [
            ("/prices/1/variant_id", "not_found"),
            ("/prices/2/variant_id", "not_found"),
        ];
        assert_eq!(pointers(&problem), expected);
        let problem = refused(422, json!([{ "variant_id": tea }])).await;
        assert_eq!(pointers(&problem), [("/prices/0/amount", "required")]);
        let problem = refused(
            422,
            json!([{ "variant_id": tea, "amount": 9_007_199_254_740_992_i64 }]),
        )
        .await;
        assert_eq!(pointers(&problem), [("/prices/0/amount", "out_of_range")]);
        refused(400, json!([{ "variant_id": tea, "amount": 1.5 }])).await;
        refused(
            400,
            json!([{ "variant_id": tea, "amount": 18_446_744_073_709_551_615_u64 }]),
        )
        .await;
        assert_eq!(pointers(&refused(422, json!([])).await)[0].0, "/prices");
        let many: Vec<_> = (1..=21).map(|from| (tea, from, Some(1))).collect();
        let problem = shop.put_rows(&list, &many).await.expect(422);
        assert_eq!(pointers(&problem), [("/prices/0", "too_many")]);

        assert!(rows_of(&shop, &list, "").await.is_empty());
        assert!(shop.app.events("catalog", "price.changed").await.is_empty());
        let none = "/v1/price-lists/prl_00000000000000000000000001/prices";
        let body = json!({ "prices": [good] });
        shop.staff.put(none).json(&body).await.expect(404);
        shop.staff.get(none).await.expect(404);
    }
}

/// The most that is written at once.
#[tokio::test]
async fn a_thousand_rows_go_in_one_request_and_come_page_by_page() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let mut rows: Vec<(VariantId, i64, Option<i64>)> = Vec::new();
        for number in 0..50 {
            let variant = shop.variant(&format!("TEA-{number}"), 0).await;
            rows.extend((1..=20).map(|from| (variant, from, Some(500 - from))));
        }
        let tea = rows[0].0;
        let list = shop.price_list(json!({})).await;
        assert_eq!(
            shop.put_rows(&list, &rows).await.expect(200)["written"],
            1_000
        );
        assert_eq!(unit(&shop.staff, tea, 20).await, 480);
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let path = format!("/v1/price-lists/{list}/prices?limit=200{cursor}");
            let page = shop.staff.get(&path).await.expect(200);
            seen += page["data"].as_array().map_or(0, Vec::len);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, 1_000);
    }
}
