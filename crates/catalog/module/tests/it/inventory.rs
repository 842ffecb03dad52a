//! Stock over HTTP: adjustments, levels and the ledger that explains them.

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tenon_store::{Queryable as _, StoreError};
use tenon_testkit::engines;

use crate::shop::{HOLD, Shop};

#[tokio::test]
async fn stock_tells_what_its_variants_are_called_to_whoever_asks() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, cup) = (shop.variant("TEA", 5).await, shop.variant("CUP", 7).await);
        for list in ["levels", "movements"] {
            let path = format!("/v1/inventory/{list}");
            let plain = shop.staff.get(&path).await.expect(200);
            assert!(plain["data"][0].get("variant").is_none(), "{list}");
            let page = shop.staff.get(&format!("{path}?expand=variant")).await;
            let page = page.expect(200);
            let found = page["data"].as_array().expect("a list").iter();
            let found = found.filter(|it| it["variant_id"] == it["variant"]["id"]);
            let mut labels: Vec<_> = found.map(|it| it["variant"].clone()).collect();
            labels.sort_by_key(|label| label["sku"].to_string());
            let label = |id, sku: &str| {
                let product = labels.iter().find(|label| label["sku"] == sku);
                let product = &product.expect("a label")["product_id"];
                json!({ "id": id, "product_id": product, "product_title": format!("Tea {sku}"), "title": "100 g", "sku": sku })
            };
            assert_eq!(labels, [label(cup, "CUP"), label(tea, "TEA")], "{list}");
            let refused = shop.staff.get(&format!("{path}?expand=product")).await;
            let refused = refused.expect(400);
            assert_eq!(refused["errors"][0]["pointer"], "?expand");
        }
    }
}

#[tokio::test]
async fn an_adjustment_is_made_once_and_stands_in_the_ledger() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let body =
            json!({ "variant_id": tea, "delta": 12, "reason": "received", "note": "Pallet 7" });
        let path = "/v1/inventory/adjustments";
        let without = shop.staff.post(path).json(&body).await;
        assert_eq!(
            (without.status().as_u16(), without.code()),
            (400, "idempotency_key_required".to_owned())
        );

        let first = shop.staff.post(path).key("k1").json(&body).await;
        let again = shop.staff.post(path).key("k1").json(&body).await;
        assert_eq!(first.expect(201), again.expect(201));
        let other = json!({ "variant_id": tea, "delta": 13, "reason": "received" });
        assert_eq!(
            shop.staff.post(path).key("k1").json(&other).await.code(),
            "idempotency_key_reused"
        );
        assert_eq!(shop.stock(tea).await, (12, 0));

        let page = shop
            .staff
            .get(&format!("/v1/inventory/movements?variant_id={tea}"))
            .await
            .expect(200);
        let entry = &page["data"][0];
        assert_eq!(page["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            (&entry["delta_on_hand"], &entry["reason"]),
            (&json!(12), &json!("received"))
        );
        assert_eq!(entry["reference"], "Pallet 7");
        assert!(
            entry["actor"]
                .as_str()
                .is_some_and(|actor| actor.starts_with("user:")),
            "{entry}"
        );
        let facts = shop.app.events("catalog", "inventory.adjusted").await;
        assert_eq!((facts.len(), &facts[0].data["on_hand"]), (1, &json!(12)));
    }
}

#[tokio::test]
async fn what_is_reserved_cannot_be_written_off() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        shop.reserve(shop.new_reservation(), &[(tea, 3)])
            .await
            .expect("in stock");
        let adjust = |delta: i64, key: &str| {
            let body = json!({ "variant_id": tea, "delta": delta, "reason": "damaged" });
            shop.staff
                .post("/v1/inventory/adjustments")
                .key(key)
                .json(&body)
        };
        let refused = adjust(-3, "a").await.expect(409);
        assert_eq!(refused["code"], "catalog.stock_conflict");
        assert_eq!(
            (&refused["on_hand"], &refused["reserved"]),
            (&json!(5), &json!(3))
        );
        let done = adjust(-2, "b").await.expect(201);
        assert_eq!(
            (&done["on_hand"], &done["available"]),
            (&json!(3), &json!(0))
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_level_is_bounded_and_nothing_is_left_of_a_refused_adjustment() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        for _ in 0..3 {
            shop.receive(tea, 1_000_000).await;
        }
        let mut ctx = shop.app.kit().ctx();
        let mut tx = shop.db.begin(&mut ctx, "test.fill").await.expect("begins");
        let full = tx
            .query("UPDATE stock_levels SET on_hand = 1000000001 WHERE variant_id = $1")
            .bind(tea)
            .execute()
            .await
            .expect_err("the schema says no");
        assert!(full.is_check("stock_levels_on_hand"), "{full:?}");
        tx.rollback().await.expect("rolled back");
        assert_eq!(shop.stock(tea).await, (3_000_000, 0));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn the_schema_refuses_overselling_and_rewriting_the_ledger() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 1).await;
        let mut ctx = shop.app.kit().ctx();
        let run =
            async |ctx: &mut tenon_kernel::CallCtx, sql: &'static str| -> Result<u64, StoreError> {
                let mut tx = shop.db.begin(ctx, "test.break_rules").await?;
                let changed = tx.query(sql).bind(tea).execute().await?;
                tx.commit().await?;
                Ok(changed)
            };
        let oversold = run(
            &mut ctx,
            "UPDATE stock_levels SET reserved = 2 WHERE variant_id = $1",
        )
        .await;
        assert!(
            oversold.is_err_and(|error| error.is_check("stock_levels_not_oversold")),
            "{engine:?}"
        );
        let negative = run(
            &mut ctx,
            "UPDATE stock_levels SET on_hand = -1 WHERE variant_id = $1",
        )
        .await;
        assert!(negative.is_err(), "{engine:?}");
        let rewritten = run(
            &mut ctx,
            "UPDATE stock_movements SET delta_on_hand = 9 WHERE variant_id = $1",
        )
        .await;
        assert!(rewritten.is_err(), "{engine:?}");
        let removed = run(
            &mut ctx,
            "DELETE FROM stock_movements WHERE variant_id = $1",
        )
        .await;
        assert!(removed.is_err(), "{engine:?}");
    }
}

/// The check of the checks: each invariant finds the row that somebody bent.
#[tokio::test]
async fn invariants_find_stock_that_the_ledger_does_not_explain() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        shop.reserve(id, &[(tea, 1)]).await.expect("in stock");
        shop.app.assert_invariants().await;
        let bent = [
            (
                "catalog.stock_is_its_ledger",
                "UPDATE stock_levels SET on_hand = on_hand + 1",
            ),
            ("", "UPDATE stock_levels SET on_hand = on_hand - 1"),
            (
                "catalog.reserved_is_held",
                "UPDATE reservations SET status = 'released'",
            ),
            ("", "UPDATE reservations SET status = 'held'"),
        ];
        for (broken, sql) in bent {
            let mut ctx = shop.app.kit().ctx();
            let mut tx = shop.db.begin(&mut ctx, "test.bend").await.expect("begins");
            tx.query(sql)
                .execute()
                .await
                .expect("the schema cannot know");
            tx.commit().await.expect("committed");
            assert_eq!(
                shop.broken_invariants().await.join(", "),
                broken,
                "{engine:?}: {sql}"
            );
        }
        shop.app.kit().advance(HOLD + Duration::from_mins(6));
        assert_eq!(
            shop.broken_invariants().await,
            ["catalog.holds_end"],
            "nobody let it expire"
        );
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}

/// Any sequence of commands leaves stock that its ledger explains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_commands_leave_stock_that_adds_up() {
    let step = (0..6_u8, 0..8_usize, 1..4_i64);
    let mut runner = TestRunner::new(Config {
        cases: 1,
        ..Config::default()
    });
    let steps = prop::collection::vec(step, 120)
        .new_tree(&mut runner)
        .expect("a sequence")
        .current();
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, pot) = (shop.variant("TEA", 12).await, shop.variant("POT", 6).await);
        let ids: Vec<_> = (0..8).map(|_| shop.new_reservation()).collect();
        for &(command, which, quantity) in &steps {
            let id = ids[which];
            // Refusals are part of the game; what matters is what is left.
            match command {
                0 | 1 => drop(shop.reserve(id, &[(tea, quantity), (pot, 1)]).await),
                2 => drop(shop.release(id).await),
                3 => drop(shop.commit(id, "ord_1").await),
                4 => shop.pass(HOLD / 2).await,
                _ => {
                    let restock = catalog_contract::Restock {
                        reservation_id: id,
                        reason: "order_cancelled".to_owned(),
                    };
                    drop(shop.catalog.restock(&shop.ctx(), restock).await);
                }
            }
        }
        shop.app.assert_invariants().await;
        for variant in [tea, pot] {
            let (on_hand, reserved) = shop.stock(variant).await;
            assert!(reserved <= on_hand, "{engine:?}: {steps:?}");
        }
    }
}
