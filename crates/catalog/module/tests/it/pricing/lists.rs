//! Price lists without their rows.

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{pointers, text};
use crate::shop::Shop;

#[tokio::test]
async fn a_list_is_made_once_read_and_changed_at_its_version() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let group = shop.group(&[]).await;
        let body = json!({
            "name": "Spring", "currency": "EUR", "priority": 5, "customer_group_ids": [group],
            "valid_from": "2027-03-01T00:00:00Z", "valid_until": "2027-06-01T00:00:00Z",
        });
        let make = || shop.staff.post("/v1/price-lists").key("spring").json(&body);
        let first = make().await;
        let id = text(&first.expect(201)["id"]);
        assert_eq!(
            first.header("location"),
            Some(&*format!("/v1/price-lists/{id}"))
        );
        assert_eq!(first.json()["status"], "draft");
        assert_eq!(text(&make().await.expect(201)["id"]), id);

        let path = format!("/v1/price-lists/{id}");
        let found = shop.staff.get(&path).await;
        assert_eq!(found.header("etag"), Some("\"v1\""));
        assert_eq!(found.json(), first.json());
        let change =
            |etag: &str, body: Value| shop.staff.patch(&path).header("if-match", etag).json(&body);
        let same = change("\"v1\"", json!({ "name": "Spring" })).await;
        assert_eq!(
            (same.expect(200)["version"].clone(), same.json()),
            (json!(1), first.json())
        );
        let activation =
            json!({ "status": "active", "valid_from": null, "customer_group_ids": [] });
        let changed = change("\"v1\"", activation).await.expect(200);
        assert_eq!(changed["version"], 2);
        assert_eq!(
            (&changed["valid_from"], &changed["customer_group_ids"]),
            (&Value::Null, &json!([]))
        );
        let stale = change("\"v1\"", json!({ "priority": 6 })).await;
        assert_eq!(stale.expect(412)["current_etag"], "\"v2\"");
        assert_eq!(stale.header("etag"), Some("\"v2\""));
        shop.staff.patch(&path).json(&json!({})).await.expect(428);

        let facts = shop.app.events("catalog", "price_list.updated").await;
        assert_eq!(facts.len(), 2);
        let (status, names) = (&facts[1].data["status"], &facts[1].data["changed"]);
        assert_eq!(
            (status, names),
            (
                &json!("active"),
                &json!(["status", "valid_from", "customer_group_ids"])
            )
        );
        assert_eq!(facts[0].data["version"], 1);
    }
}

#[tokio::test]
async fn each_wrong_member_of_a_list_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let group = shop.group(&[]).await;
        let nobody = "cgr_00000000000000000000000001";
        let cases: Vec<(Value, u16, Vec<(&str, &str)>)> = vec![
            (json!({ "name": "" }), 422, vec![("/name", "blank")]),
            (
                json!({ "priority": -1 }),
                422,
                vec![("/priority", "out_of_range")],
            ),
            (
                json!({ "priority": 1_000_001 }),
                422,
                vec![("/priority", "out_of_range")],
            ),
            (
                json!({ "valid_from": "2027-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z" }),
                422,
                vec![("/valid_until", "out_of_range")],
            ),
            (
                json!({ "customer_group_ids": [group, group] }),
                422,
                vec![("/customer_group_ids/1", "duplicate")],
            ),
            (
                json!({ "customer_group_ids": [group, nobody] }),
                422,
                vec![("/customer_group_ids/1", "not_found")],
            ),
            (
                json!({ "currency": "EURO" }),
                400,
                vec![("/currency", "invalid_value")],
            ),
            (
                json!({ "status": "sold" }),
                400,
                vec![("/status", "invalid_value")],
            ),
            (
                json!({ "discount": 1 }),
                400,
                vec![("/discount", "unknown_member")],
            ),
        ];
        for (said, status, expected) in cases {
            let mut body = json!({ "name": "A list", "currency": "EUR" });
            if let (Some(body), Some(said)) = (body.as_object_mut(), said.as_object()) {
                body.extend(said.clone());
            }
            let refused = shop.staff.post("/v1/price-lists").json(&body).await;
            let problem = refused.expect(status);
            let told = pointers(&problem);
            assert_eq!(told[0].0, expected[0].0, "{body}");
            if status == 422 {
                assert_eq!(told, expected, "{body}");
            }
        }
        let none = "/v1/price-lists/prl_00000000000000000000000001";
        let absent = shop.staff.get(none).await;
        absent.expect(404);
        assert_eq!(absent.code(), "catalog.price_list_not_found");
        let change_none = shop
            .staff
            .patch(none)
            .header("if-match", "\"v1\"")
            .json(&json!({}));
        change_none.await.expect(404);
        let list = shop.price_list(json!({})).await;
        let path = format!("/v1/price-lists/{list}");
        let change = |body: Value| {
            shop.staff
                .patch(&path)
                .header("if-match", "\"v1\"")
                .json(&body)
        };
        let refused = change(json!({ "name": null, "status": null }))
            .await
            .expect(422);
        assert_eq!(
            pointers(&refused),
            [("/name", "not_nullable"), ("/status", "not_nullable")]
        );
        let refused = change(json!({ "customer_group_ids": [nobody] }))
            .await
            .expect(422);
        assert_eq!(pointers(&refused), [("/customer_group_ids/0", "not_found")]);
        let page = shop.staff.get("/v1/price-lists").await.expect(200);
        assert_eq!(
            page["data"].as_array().map(Vec::len),
            Some(1),
            "nothing else was stored"
        );
    }
}

#[tokio::test]
async fn lists_go_page_by_page_and_are_filtered() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let mut made = Vec::new();
        for (status, currency) in [("draft", "EUR"), ("active", "EUR"), ("active", "USD")] {
            let said = json!({ "status": status, "currency": currency });
            made.insert(0, shop.price_list(said).await);
        }
        let ids = async |query: &str| {
            let page = shop
                .staff
                .get(&format!("/v1/price-lists?{query}"))
                .await
                .expect(200);
            let data = page["data"].as_array().expect("a page").clone();
            let ids: Vec<String> = data.iter().map(|it| text(&it["id"])).collect();
            (ids, page["next_cursor"].clone())
        };
        assert_eq!(ids("").await.0, made);
        assert_eq!(ids("status=active").await.0, made[..2]);
        assert_eq!(ids("status=active&currency=EUR").await.0, made[1..2]);
        let (first, cursor) = ids("limit=2").await;
        let (second, end) = ids(&format!("limit=2&cursor={}", text(&cursor))).await;
        assert_eq!([first, second].concat(), made);
        assert!(end.is_null());
        let stranger = format!("/v1/price-lists?status=draft&cursor={}", text(&cursor));
        shop.staff.get(&stranger).await.expect(400);
    }
}
