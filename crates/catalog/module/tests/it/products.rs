//! Products over HTTP: pages, their ETags, changes, lists.

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::engines;

use crate::shop::{Shop, id};

#[tokio::test]
async fn a_product_is_found_by_id_and_slug_with_prices_and_stock() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let anonymous = shop.app.anonymous();
        let by_id = anonymous
            .get(&format!("/v1/products/{}", made["id"].as_str().unwrap()))
            .await;
        let by_slug = anonymous.get("/v1/products/slug:tea-001").await;
        assert_eq!(by_id.expect(200), by_slug.expect(200));
        assert_eq!(by_id.body(), by_slug.body(), "the same bytes");
        assert_eq!(by_id.header("etag"), Some("\"v1\""));

        let variant = &by_id.json()["variants"][0];
        assert_eq!(
            variant["prices"],
            json!([{ "amount": 450, "currency": "EUR" }])
        );
        assert_eq!(variant["in_stock"], false);
        assert_eq!(
            anonymous.get("/v1/products/slug:nothing").await.code(),
            "catalog.product_not_found"
        );
        let wrong = anonymous
            .get("/v1/products/ord_00000000000000000000000001")
            .await;
        assert_eq!(
            (wrong.status().as_u16(), wrong.code()),
            (400, "wrong_id_type".to_owned())
        );
        assert_eq!(anonymous.get("/v1/products/tea").await.status(), 400);
    }
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let (path, anonymous) = (
            format!("/v1/products/{}", made["id"].as_str().unwrap()),
            shop.app.anonymous(),
        );
        let first = anonymous.get(&path).await;
        let etag = first.header("etag").expect("an ETag").to_owned();
        let again = anonymous.get(&path).header("if-none-match", &etag).await;
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0));

        let body = json!({ "title": "Tea, renamed" });
        shop.staff
            .patch(&path)
            .header("if-match", &etag)
            .json(&body)
            .await
            .expect(200);
        let changed = anonymous.get(&path).header("if-none-match", &etag).await;
        assert_eq!(
            changed.expect(200)["title"],
            "Tea, renamed",
            "a change is seen at once by its own process"
        );
        assert_eq!(changed.header("etag"), Some("\"v2\""));
    }
}

/// The ETag is strong: whatever is on the page, stock included, changes it.
#[tokio::test]
async fn selling_out_and_coming_back_change_the_page_and_its_etag() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let (path, anonymous) = (
            format!("/v1/products/{}", made["id"].as_str().unwrap()),
            shop.app.anonymous(),
        );
        let tea = id(&made["variants"][0]);
        let mut seen = Vec::new();
        let mut look = async |expected: bool| {
            let reply = anonymous.get(&path).await;
            assert_eq!(
                reply.expect(200)["variants"][0]["in_stock"],
                expected,
                "{engine:?}"
            );
            seen.push(reply.header("etag").expect("an ETag").to_owned());
        };
        look(false).await;
        shop.receive(tea, 2).await;
        look(true).await;
        let (first, second) = (shop.new_reservation(), shop.new_reservation());
        shop.reserve(first, &[(tea, 1)]).await.expect("in stock");
        look(true).await;
        shop.reserve(second, &[(tea, 1)]).await.expect("in stock");
        look(false).await;
        shop.commit(first, "ord_1").await.expect("held");
        look(false).await;
        shop.release(second).await.expect("held");
        look(true).await;

        assert_eq!(
            seen,
            ["\"v1\"", "\"v2\"", "\"v2\"", "\"v3\"", "\"v3\"", "\"v4\""]
        );
        assert_eq!(
            shop.app.events("catalog", "inventory.depleted").await.len(),
            1
        );
        assert_eq!(
            shop.app
                .events("catalog", "inventory.restocked")
                .await
                .len(),
            2
        );
    }
}

#[tokio::test]
async fn a_stale_change_is_refused_with_the_current_etag() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let path = format!("/v1/products/{}", made["id"].as_str().unwrap());
        let rename = |title: &str| json!({ "title": title });
        shop.staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&rename("A"))
            .await
            .expect(200);
        let stale = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&rename("B"))
            .await;
        assert_eq!(stale.expect(412)["code"], "catalog.stale_version");
        assert_eq!(stale.header("etag"), Some("\"v2\""));
        assert_eq!(
            shop.staff.patch(&path).json(&rename("B")).await.status(),
            428
        );

        let variant = format!(
            "/v1/variants/{}",
            made["variants"][0]["id"].as_str().unwrap()
        );
        let put = |version: &str, amount: i64| {
            let body = json!({ "prices": [{ "amount": amount, "currency": "EUR" }] });
            shop.staff
                .put(&format!("{variant}/prices"))
                .header("if-match", version)
                .json(&body)
        };
        assert_eq!(put("\"v1\"", 500).await.expect(200)["version"], 2);
        let stale = put("\"v1\"", 600).await;
        assert_eq!(
            (stale.status().as_u16(), stale.header("etag")),
            (412, Some("\"v2\""))
        );
    }
}

#[tokio::test]
async fn a_merge_patch_changes_what_it_names_and_null_clears() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let category = json!({ "slug": "tea", "title": "Tea" });
        let category = shop
            .staff
            .post("/v1/categories")
            .json(&category)
            .await
            .expect(201);
        let made = shop.product("TEA-001").await;
        let path = format!("/v1/products/{}", made["id"].as_str().unwrap());
        let body = json!({ "category_id": category["id"], "image": "https://example.com/tea.png" });
        let changed = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&body)
            .await
            .expect(200);
        assert_eq!(changed["category"]["slug"], "tea");
        assert_eq!(changed["title"], made["title"]);

        let body = json!({ "category_id": null, "image": null });
        let cleared = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v2\"")
            .json(&body)
            .await
            .expect(200);
        assert_eq!(
            (&cleared["category"], &cleared["image"]),
            (&Value::Null, &Value::Null)
        );
        let body = json!({ "title": null });
        let refused = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v3\"")
            .json(&body)
            .await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/title");

        let nothing = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v3\"")
            .json(&json!({}))
            .await;
        assert_eq!(
            nothing.expect(200)["version"],
            3,
            "no change is no new version"
        );
        let facts = shop.app.events("catalog", "product.updated").await;
        assert_eq!(facts.len(), 2);
        assert_eq!(facts[0].data["changed"], json!(["image", "category_id"]));
        let audit = shop.app.events("catalog", "audit.recorded").await;
        let last = &audit.last().expect("recorded").data;
        assert_eq!(
            (&last["action"], &last["after"]["image"]),
            (&json!("product.updated"), &Value::Null)
        );
    }
}

#[tokio::test]
async fn drafts_are_seen_by_staff_only_and_archived_products_do_not_become_drafts() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let body = json!({ "slug": "secret", "title": "Secret" });
        let made = shop
            .staff
            .post("/v1/products")
            .json(&body)
            .await
            .expect(201);
        let path = format!("/v1/products/{}", made["id"].as_str().unwrap());
        let customer = shop.app.user("carla", &[Role::Customer]);
        assert_eq!(customer.get(&path).await.status(), 404);
        assert_eq!(
            shop.app
                .anonymous()
                .get("/v1/products/slug:secret")
                .await
                .status(),
            404
        );
        shop.staff.get(&path).await.expect(200);
        let listed = |reply: &Value| reply["data"].as_array().map(Vec::len);
        assert_eq!(
            listed(&customer.get("/v1/products?status=draft").await.expect(200)),
            Some(0)
        );
        assert_eq!(
            listed(
                &shop
                    .staff
                    .get("/v1/products?status=draft")
                    .await
                    .expect(200)
            ),
            Some(1)
        );

        let to = |status: &str| json!({ "status": status });
        shop.staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&to("active"))
            .await
            .expect(200);
        customer.get(&path).await.expect(200);
        shop.staff
            .patch(&path)
            .header("if-match", "\"v2\"")
            .json(&to("archived"))
            .await
            .expect(200);
        let refused = shop
            .staff
            .patch(&path)
            .header("if-match", "\"v3\"")
            .json(&to("draft"))
            .await;
        assert_eq!(
            refused.expect(422)["errors"][0]["code"],
            "invalid_transition"
        );
        assert_eq!(
            shop.app.events("catalog", "product.published").await.len(),
            1
        );
        assert_eq!(
            shop.app.events("catalog", "product.archived").await.len(),
            1
        );
    }
}

#[tokio::test]
async fn changed_prices_are_announced_by_currency() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let made = shop.product("TEA-001").await;
        let path = format!(
            "/v1/variants/{}/prices",
            made["variants"][0]["id"].as_str().unwrap()
        );
        let body = json!({ "prices": [{ "amount": 490, "currency": "USD" }, { "amount": 0, "currency": "EUR" }] });
        let changed = shop
            .staff
            .put(&path)
            .header("if-match", "\"v1\"")
            .json(&body)
            .await
            .expect(200);
        let expected =
            json!([{ "amount": 0, "currency": "EUR" }, { "amount": 490, "currency": "USD" }]);
        assert_eq!(changed["prices"], expected);
        let facts = shop.app.events("catalog", "price.changed").await;
        let moved: Vec<_> = facts
            .iter()
            .map(|it| (&it.data["old"]["amount"], &it.data["new"]["amount"]))
            .collect();
        assert_eq!(
            moved,
            [(&json!(450), &json!(0)), (&Value::Null, &json!(490))]
        );
    }
}

#[tokio::test]
async fn lists_are_filtered_and_go_page_by_page() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let category = json!({ "slug": "tea", "title": "Tea" });
        let category = shop
            .staff
            .post("/v1/categories")
            .json(&category)
            .await
            .expect(201);
        for number in 0..5 {
            let body = json!({
                "slug": format!("p-{number}"), "title": format!("Green 100% {number}"), "status": "active",
                "category_id": if number < 3 { category["id"].clone() } else { Value::Null },
                "variants": [
                    { "sku": format!("SKU-{number}-A"), "title": "A", "prices": [] },
                    { "sku": format!("SKU-{number}-B"), "title": "B",
                      "prices": [{ "amount": 1, "currency": "EUR" }, { "amount": 2, "currency": "USD" }] },
                ],
            });
            shop.staff
                .post("/v1/products")
                .json(&body)
                .await
                .expect(201);
            shop.app.kit().advance(std::time::Duration::from_millis(5));
        }
        let anonymous = shop.app.anonymous();
        let slugs = async |path: &str| {
            let page = anonymous.get(path).await.expect(200);
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["slug"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            slugs("/v1/products").await,
            ["p-4", "p-3", "p-2", "p-1", "p-0"]
        );
        assert_eq!(
            slugs("/v1/products?category=tea").await,
            ["p-2", "p-1", "p-0"]
        );
        assert_eq!(slugs("/v1/products?q=sku-3-b").await, ["p-3"]);
        assert_eq!(slugs("/v1/products?q=GREEN%20100%25%204").await, ["p-4"]);
        assert!(
            slugs("/v1/products?q=100_").await.is_empty(),
            "wildcards mean themselves"
        );
        assert!(slugs("/v1/products?category=nothing").await.is_empty());

        let first = anonymous
            .get("/v1/products?category=tea&limit=2")
            .await
            .expect(200);
        assert_eq!(
            first["data"][0]["variants"].as_array().map(Vec::len),
            Some(2),
            "whole products, also in lists"
        );
        let cursor = first["next_cursor"].as_str().expect("there is more");
        assert_eq!(
            slugs(&format!(
                "/v1/products?category=tea&limit=2&cursor={cursor}"
            ))
            .await,
            ["p-0"]
        );
        let foreign = anonymous
            .get(&format!("/v1/products?limit=2&cursor={cursor}"))
            .await;
        assert_eq!(
            (foreign.status().as_u16(), foreign.code()),
            (400, "catalog.invalid_cursor".to_owned())
        );
    }
}

#[tokio::test]
async fn a_product_created_twice_with_one_key_is_created_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let body = json!({ "slug": "tea", "title": "Tea" });
        let first = shop.staff.post("/v1/products").key("k1").json(&body).await;
        let second = shop.staff.post("/v1/products").key("k1").json(&body).await;
        assert_eq!(first.expect(201), second.expect(201));
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        let taken = shop.staff.post("/v1/products").key("k2").json(&body).await;
        assert_eq!(
            (taken.status().as_u16(), taken.code()),
            (409, "catalog.slug_taken".to_owned())
        );
    }
}

#[tokio::test]
async fn categories_come_in_the_order_of_shelves() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        for (slug, position) in [("pantry", 30), ("tea", 10), ("coffee", 20)] {
            let body = json!({ "slug": slug, "title": slug, "position": position });
            shop.staff
                .post("/v1/categories")
                .json(&body)
                .await
                .expect(201);
        }
        let anonymous = shop.app.anonymous();
        let page = anonymous.get("/v1/categories?limit=2").await.expect(200);
        assert_eq!(
            (&page["data"][0]["slug"], &page["data"][1]["slug"]),
            (&json!("tea"), &json!("coffee"))
        );
        let cursor = page["next_cursor"].as_str().expect("there is more");
        let page = anonymous
            .get(&format!("/v1/categories?limit=2&cursor={cursor}"))
            .await
            .expect(200);
        assert_eq!(
            (&page["data"][0]["slug"], &page["has_more"]),
            (&json!("pantry"), &json!(false))
        );
    }
}
