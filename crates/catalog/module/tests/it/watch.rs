//! A row that was changed behind the module's back is named, once.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::Queryable as _;
use tenon_testkit::{TestEngine, engines};

use crate::shop::Shop;

async fn invariants(shop: &Shop) -> Value {
    let admin = shop.app.user("ann", &[Role::Admin]);
    admin.get("/v1/admin/invariants").await.expect(200)
}

fn rule<'v>(list: &'v Value, name: &str) -> &'v Value {
    let mut rules = list["data"].as_array().into_iter().flatten();
    rules
        .find(|rule| rule["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// Writes to the store as nobody should.
async fn corrupt(shop: &Shop, sql: &'static str) {
    let mut ctx = shop.app.kit().ctx();
    let mut tx = shop
        .db
        .begin(&mut ctx, "test.corrupt")
        .await
        .expect("begins");
    tx.query(sql).execute().await.expect("is written");
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn a_corrupted_level_is_named_once_and_so_is_its_end() {
    const RULE: &str = "catalog.stock_is_its_ledger";
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, mate) = (shop.variant("TEA", 5).await, shop.variant("MATE", 7).await);
        let before = invariants(&shop).await;
        assert_eq!(
            (&before["state"], &rule(&before, RULE)["state"]),
            (&json!("unknown"), &json!("unknown")),
            "nobody has looked yet"
        );
        shop.app.look_at_invariants().await;
        let good = invariants(&shop).await;
        assert_eq!(
            (&good["state"], &good["unreachable"]),
            (&json!("holds"), &json!([])),
            "{good}"
        );
        assert!(rule(&good, RULE)["checked_at"].is_string());
        assert_eq!(rule(&good, "platform.sagas_move")["module"], "catalog");

        corrupt(
            &shop,
            "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE on_hand = 5",
        )
        .await;
        for _ in 0..3 {
            shop.app.kit().advance(Duration::from_secs(5));
            shop.app.look_at_invariants().await;
        }
        let bad = invariants(&shop).await;
        assert_eq!(
            (&bad["state"], &rule(&bad, RULE)["state"]),
            (&json!("violated"), &json!("violated"))
        );
        let cases = rule(&bad, RULE)["violations"].as_array().expect("cases");
        assert_eq!(cases.len(), 1, "{bad}");
        let subject = cases[0]["subject"].as_str().expect("a subject").to_owned();
        assert!(subject.starts_with(&tea.to_string()) && !subject.contains(&mate.to_string()));
        assert_eq!(
            (&cases[0]["expected"], &cases[0]["actual"]),
            (
                &json!("on hand 5, reserved 0"),
                &json!("on hand 6, reserved 0")
            )
        );
        let told = shop.app.events("catalog", "invariant.violated").await;
        assert_eq!(told.len(), 1, "it is seen three times and told once");
        assert_eq!(
            (
                &told[0].data["name"],
                &told[0].data["subject"],
                &told[0].data["actual"]
            ),
            (&json!(RULE), &json!(subject), &cases[0]["actual"])
        );

        corrupt(
            &shop,
            "UPDATE stock_levels SET on_hand = 5 WHERE on_hand = 6",
        )
        .await;
        for _ in 0..2 {
            shop.app.look_at_invariants().await;
        }
        assert_eq!(invariants(&shop).await["state"], "holds");
        let over = shop.app.events("catalog", "invariant.restored").await;
        assert_eq!(over.len(), 1);
        assert_eq!(over[0].data, json!({ "name": RULE, "subject": subject }));
        assert_eq!(
            shop.app.events("catalog", "invariant.violated").await.len(),
            1
        );
    }
}

#[tokio::test]
async fn only_administrators_see_the_invariants() {
    let shop = Shop::open(engines()[0]).await;
    shop.app
        .anonymous()
        .get("/v1/admin/invariants")
        .await
        .expect(401);
    shop.staff.get("/v1/admin/invariants").await.expect(403);
}

/// More variants than one stretch holds: the pass goes on where the stretch ended, and finds what is behind it.
#[tokio::test]
async fn rows_behind_the_first_stretch_are_looked_at_too() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        shop.variant("TEA", 1).await;
        let more_variants = match engine {
            TestEngine::Sqlite => {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
                 INSERT INTO variants
                 SELECT randomblob(16), product_id, 'SKU-' || i, title, i, 'archived', version, created_at, updated_at
                   FROM variants, n"
            }
            TestEngine::Postgres => {
                "INSERT INTO variants
                 SELECT gen_random_uuid(), product_id, 'SKU-' || i, title, i, 'archived', version, created_at, updated_at
                   FROM variants, generate_series(1, 1200) AS n(i)"
            }
        };
        corrupt(&shop, more_variants).await;
        corrupt(
            &shop,
            "INSERT INTO stock_levels (variant_id, location_id, on_hand, reserved, updated_at)
             SELECT variants.id, location_id, 0, 0, stock_levels.updated_at FROM variants, stock_levels
              WHERE variants.id <> stock_levels.variant_id",
        )
        .await;
        shop.app.look_at_invariants().await;
        assert_eq!(invariants(&shop).await["state"], "holds");
        corrupt(
            &shop,
            "UPDATE stock_levels SET on_hand = 9
              WHERE variant_id = (SELECT variant_id FROM stock_levels ORDER BY variant_id DESC LIMIT 1)",
        )
        .await;
        shop.app.look_at_invariants().await;
        let bad = invariants(&shop).await;
        let found = &rule(&bad, "catalog.stock_is_its_ledger")["violations"];
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    }
}
