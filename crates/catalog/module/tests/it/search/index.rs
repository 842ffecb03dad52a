//! The index behind searches: bounded work, kept equal to the products, made again.

use std::time::Duration;

use serde_json::json;
use tenon_store::Queryable as _;
use tenon_testkit::{TestEngine, engines};

use super::{find, publish, search};
use crate::shop::Shop;

const RULE: &str = "catalog.search_is_current";

async fn write(shop: &Shop, sql: &'static str) {
    let mut ctx = shop.app.kit().ctx();
    let mut tx = shop.db.begin(&mut ctx, "test.write").await.expect("begins");
    tx.query(sql).execute().await.expect("is written");
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn whatever_is_wrong_with_the_index_is_found_and_made_good() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.app.anonymous();
        publish(&shop, "assam", json!({ "title": "Assam Breakfast" })).await;
        publish(&shop, "draft", json!({ "status": "draft" })).await;
        assert!(shop.broken_invariants().await.is_empty());
        for damage in [
            "DELETE FROM search_postings WHERE term = 'breakfast'",
            "UPDATE search_postings SET weight = 9 WHERE term = 'breakfast'",
            "UPDATE search_products SET words = ''",
            "UPDATE search_products SET facts = '{}'",
            "UPDATE products SET title = 'Ceylon'",
            "UPDATE prices SET amount = 1",
            "UPDATE products SET status = 'archived' WHERE slug = 'assam'",
            "UPDATE products SET status = 'active' WHERE slug = 'draft'",
            "DELETE FROM search_near WHERE term = 'ceylon'",
        ] {
            write(&shop, damage).await;
            assert_eq!(
                shop.broken_invariants().await,
                [RULE],
                "{engine:?}: {damage}"
            );
            let ctx = shop.app.kit().ctx();
            catalog::rebuild_search(&shop.db, &ctx)
                .await
                .expect("marked");
            shop.pass(Duration::from_mins(1)).await;
            assert!(shop.broken_invariants().await.is_empty(), "{damage}");
        }
        assert!(find(&buyer, "assam").await.is_empty());
        assert_eq!(find(&buyer, "ceylno").await, ["draft"]);
    }
}

/// More products than one batch, as an older version left them: found once the job has been there, without a false alarm before.
#[tokio::test]
async fn what_was_on_sale_before_there_was_an_index_is_indexed() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.app.anonymous();
        for number in 0..45 {
            publish(&shop, &format!("tea-{number}"), json!({})).await;
        }
        for sql in [
            "DELETE FROM search_postings",
            "DELETE FROM search_near",
            "UPDATE search_products SET facts = '{}', words = '', format = 0",
        ] {
            write(&shop, sql).await;
        }
        assert_eq!(search(&buyer, "q=tea").await["total"], 0);
        assert!(shop.broken_invariants().await.is_empty());
        shop.pass(Duration::from_mins(1)).await;
        assert_eq!(search(&buyer, "q=tea").await["total"], 45);
        assert!(shop.broken_invariants().await.is_empty());
    }
}

/// Ten times the products, the same statements; and however many match, so many are looked at.
#[tokio::test]
async fn a_search_looks_at_so_many_products_and_says_if_there_are_more() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop.app.anonymous();
        publish(&shop, "rare-tea", json!({ "title": "Rare Tea" })).await;
        let more = match engine {
            TestEngine::Sqlite => [
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
                 INSERT INTO products
                 SELECT randomblob(16), 'tea-' || i, title, description, image, category_id, status, search_text, version, created_at, updated_at
                   FROM products, n",
                "INSERT INTO search_products SELECT id, '{}', 'tea 8' || char(10), 1 FROM products WHERE slug LIKE 'tea-%'",
                "INSERT INTO search_postings SELECT 'tea', 8, id FROM products WHERE slug LIKE 'tea-%'",
            ],
            TestEngine::Postgres => [
                "INSERT INTO products
                 SELECT gen_random_uuid(), 'tea-' || i, title, description, image, category_id, status, search_text, version, created_at, updated_at
                   FROM products, generate_series(1, 6000) AS n (i)",
                "INSERT INTO search_products SELECT id, '{}', 'tea 8' || chr(10), 1 FROM products WHERE slug LIKE 'tea-%'",
                "INSERT INTO search_postings SELECT 'tea', 8, id FROM products WHERE slug LIKE 'tea-%'",
            ],
        };
        for sql in more {
            write(&shop, sql).await;
        }
        let found = search(&buyer, "q=tea&limit=1").await;
        assert_eq!(
            (&found["total"], &found["complete"]),
            (&json!(5_000), &json!(false))
        );
        let found = search(&buyer, "limit=1").await;
        assert_eq!(
            (&found["total"], &found["complete"]),
            (&json!(5_000), &json!(false))
        );
        let found = search(&buyer, "q=tea+rare").await;
        assert_eq!(
            (&found["total"], &found["complete"]),
            (&json!(1), &json!(true)),
            "the rarest word leads"
        );
        let found = search(&buyer, "q=tea+rrae").await;
        assert_eq!(
            (&found["total"], &found["complete"]),
            (&json!(1), &json!(true))
        );
    }
}
