//! What bad input gets: the right 4xx, the wrong member named, nothing stored.

use serde_json::{Value, json};
use tenon_testkit::engines;

use crate::shop::Shop;

/// Every case: what is sent where, the status, and what the problem points at.
#[tokio::test]
async fn each_wrong_member_is_named() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let (product, variant) = (
            made["id"].as_str().unwrap(),
            made["variants"][0]["id"].as_str().unwrap(),
        );
        let unknown: catalog_contract::CategoryId = shop.app.kit().env().new_id();
        let variants = |variant: Value| json!({ "slug": "x", "title": "X", "variants": [variant] });
        let priced =
            |price: Value| variants(json!({ "sku": "X", "title": "X", "prices": [price] }));
        let twice = json!([{ "amount": 1, "currency": "EUR" }, { "amount": 2, "currency": "EUR" }]);

        let post_product: Vec<(Value, u16, &str)> = vec![
            (json!({ "title": "X" }), 400, "/slug"),
            (
                json!({ "slug": "x", "title": "X", "price": 1 }),
                400,
                "/price",
            ),
            (json!({ "slug": 1, "title": "X" }), 400, "/slug"),
            (
                json!({ "slug": "x", "title": "X", "status": "sold" }),
                400,
                "/status",
            ),
            (
                json!({ "slug": "x", "title": "X", "category_id": product }),
                400,
                "/category_id",
            ),
            (
                json!({ "slug": "x", "title": "X", "category_id": unknown }),
                422,
                "/category_id",
            ),
            (json!({ "slug": "Not A Slug", "title": "X" }), 422, "/slug"),
            (json!({ "slug": "x", "title": "  " }), 422, "/title"),
            (
                json!({ "slug": "x", "title": "y".repeat(201) }),
                422,
                "/title",
            ),
            (
                json!({ "slug": "x", "title": "X", "description": "y".repeat(10_001) }),
                422,
                "/description",
            ),
            (
                json!({ "slug": "x", "title": "X", "image": "javascript:alert(1)" }),
                422,
                "/image",
            ),
            (
                json!({ "slug": "x", "title": "X", "status": "archived" }),
                422,
                "/status",
            ),
            (
                variants(json!({ "sku": "A B", "title": "X" })),
                422,
                "/variants/0/sku",
            ),
            (variants(json!({ "sku": "A" })), 400, "/variants/0/title"),
            (
                priced(json!({ "amount": -1, "currency": "EUR" })),
                422,
                "/variants/0/prices/0/amount",
            ),
            (
                priced(json!({ "amount": 1.5, "currency": "EUR" })),
                400,
                "/variants/0/prices/0/amount",
            ),
            (
                priced(json!({ "amount": "1", "currency": "EUR" })),
                400,
                "/variants/0/prices/0/amount",
            ),
            (
                priced(json!({ "amount": 1, "currency": "XXX" })),
                400,
                "/variants/0/prices/0/currency",
            ),
            (
                priced(json!({ "amount": 9_007_199_254_740_992_i64, "currency": "EUR" })),
                400,
                "/variants/0/prices/0",
            ),
            (
                variants(json!({ "sku": "A", "title": "X", "prices": twice })),
                422,
                "/variants/0/prices/1/currency",
            ),
        ];
        for (body, status, pointer) in post_product {
            let reply = shop.staff.post("/v1/products").json(&body).await;
            assert_named(&reply.expect(status), pointer, &body);
        }

        let put_prices = [
            (
                json!({ "prices": [{ "amount": -5, "currency": "EUR" }] }),
                422,
                "/prices/0/amount",
            ),
            (json!({ "prices": twice }), 422, "/prices/1/currency"),
            (json!({ "prices": {} }), 400, "/prices"),
            (json!({}), 400, "/prices"),
        ];
        for (body, status, pointer) in put_prices {
            let request = shop
                .staff
                .put(&format!("/v1/variants/{variant}/prices"))
                .header("if-match", "\"v1\"");
            assert_named(&request.json(&body).await.expect(status), pointer, &body);
        }

        let adjust = |members: Value| {
            let mut body = json!({ "variant_id": variant, "delta": 1, "reason": "received" });
            body.as_object_mut()
                .unwrap()
                .extend(members.as_object().unwrap().clone());
            body
        };
        let post_adjustment = [
            (adjust(json!({ "delta": 0 })), 422, "/delta"),
            (adjust(json!({ "delta": 1_000_000_000 })), 422, "/delta"),
            (adjust(json!({ "delta": i64::MIN })), 422, "/delta"),
            (adjust(json!({ "delta": 1e30 })), 400, "/delta"),
            (adjust(json!({ "reason": "because" })), 400, "/reason"),
            (adjust(json!({ "note": "" })), 422, "/note"),
            (adjust(json!({ "variant_id": product })), 400, "/variant_id"),
            (
                adjust(json!({ "variant_id": "var_00000000000000000000000001" })),
                422,
                "/variant_id",
            ),
            (
                adjust(json!({ "location_id": "loc_00000000000000000000000009" })),
                422,
                "/location_id",
            ),
            (adjust(json!({ "warehouse": "main" })), 400, "/warehouse"),
        ];
        for (number, (body, status, pointer)) in post_adjustment.into_iter().enumerate() {
            let request = shop
                .staff
                .post("/v1/inventory/adjustments")
                .key(&format!("bad-{number}"));
            assert_named(&request.json(&body).await.expect(status), pointer, &body);
        }

        for (path, status, pointer) in [
            ("/v1/products?limit=0", 400, "?limit"),
            ("/v1/products?limit=201", 400, "?limit"),
            ("/v1/products?limit=ten", 400, "?limit"),
            ("/v1/products?color=red", 400, "?color"),
            ("/v1/products?cursor=nonsense", 400, "?cursor"),
            ("/v1/products?category=Not%20A%20Slug", 422, "?category"),
            ("/v1/products?q=", 422, "?q"),
            ("/v1/inventory/levels?variant_id=tea", 400, "?variant_id"),
        ] {
            let reply = shop.staff.get(path).await;
            assert_named(&reply.expect(status), pointer, &json!(path));
        }

        let listed = shop.staff.get("/v1/products").await.expect(200);
        assert_eq!(
            listed["data"].as_array().map(Vec::len),
            Some(1),
            "nothing was stored"
        );
        let moved = shop.staff.get("/v1/inventory/movements").await.expect(200);
        assert_eq!(
            moved["data"].as_array().map(Vec::len),
            Some(0),
            "nothing was moved"
        );
    }
}

#[track_caller]
fn assert_named(problem: &Value, pointer: &str, sent: &Value) {
    let named = problem["errors"]
        .as_array()
        .is_some_and(|errors| errors.iter().any(|it| it["pointer"] == pointer));
    assert!(named, "{pointer} is not named for {sent}: {problem}");
}
