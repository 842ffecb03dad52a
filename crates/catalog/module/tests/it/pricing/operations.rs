//! Rows of price lists that are too many to wait for.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_contract::VariantId;
use serde_json::{Value, json};
use tenon_store::Queryable as _;
use tenon_testkit::{TestApp, TestReply, engines};

use super::{pointers, text, unit};
use crate::shop::Shop;

type Row = (VariantId, i64, Option<i64>);

/// Twenty rows of each of so many variants: a chunk holds 25 of them.
async fn rows(shop: &Shop, variants: usize, amount: i64) -> Vec<Row> {
    let mut rows = Vec::new();
    for number in 0..variants {
        let variant = shop.variant(&format!("CUP-{number}"), 0).await;
        rows.extend((1..=20).map(|from| (variant, from, Some(amount))));
    }
    rows
}

async fn prefer(shop: &Shop, list: &str, rows: &[Row], preference: &str) -> TestReply {
    let row = |&(variant, from, amount): &Row| json!({ "variant_id": variant, "min_quantity": from, "amount": amount });
    let body = json!({ "prices": rows.iter().map(row).collect::<Vec<_>>() });
    let path = format!("/v1/price-lists/{list}/prices");
    let request = shop.staff.put(&path).header("prefer", preference);
    request.json(&body).await
}

/// Where the operation is.
fn location(reply: &TestReply) -> String {
    reply.expect(202);
    reply.header("location").expect("a location").to_owned()
}

async fn look(shop: &Shop, at: &str) -> Value {
    shop.staff.get(at).await.expect(200)
}

fn counts(seen: &Value) -> [i64; 3] {
    ["written", "removed", "unchanged"].map(|it| seen["result"][it].as_i64().expect("a count"))
}

async fn count(shop: &Shop, sql: &'static str) -> i64 {
    let ctx = shop.app.kit().ctx();
    let counted = shop.db.read(&ctx).query(sql).fetch_scalar().await;
    counted.expect("reads").expect("a count")
}

#[tokio::test]
async fn more_rows_than_a_sender_waits_for_become_an_operation() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let rows = rows(&shop, 55, 300).await;
        let list = shop.price_list(json!({})).await;
        let sent = shop.put_rows(&list, &rows).await;
        let at = location(&sent);
        assert_eq!(
            sent.header("preference-applied"),
            None,
            "it was not asked for"
        );
        assert!(sent.header("retry-after").is_some());
        let begun = sent.json();
        assert_eq!(begun["kind"], "set_price_list_prices");
        assert_eq!(begun["location"], format!("/v1/price-lists/{list}"));
        assert_eq!(begun["progress"], json!({ "done": 0, "total": 1_100 }));
        assert_eq!(
            unit(&shop.staff, rows[0].0, 1).await,
            450,
            "nothing is written yet"
        );

        shop.app.settle().await;
        let seen = look(&shop, &at).await;
        assert_eq!(
            (&seen["state"], counts(&seen)),
            (&json!("succeeded"), [1_100, 0, 0])
        );
        assert_eq!(
            seen["result"]["version"], 4,
            "{engine:?}: one for each chunk"
        );
        assert_eq!(unit(&shop.staff, rows[0].0, 1).await, 300);
        assert_eq!(
            count(&shop, "SELECT COUNT(*) FROM price_list_prices").await,
            1_100
        );
        let facts = shop.app.events("catalog", "price.changed").await;
        assert_eq!(facts.len(), 1_100);
        let sam = format!("user:{}", TestApp::user_id("sam"));
        assert!(
            facts.iter().all(|it| it.actor == sam),
            "her change, whoever writes it"
        );
        let audited = shop.app.events("catalog", "audit.recorded").await;
        let audited = audited
            .iter()
            .filter(|it| it.data["action"] == "price_list.prices_changed");
        let audited: Vec<_> = audited.map(|it| it.data["after"]["rows"].clone()).collect();
        assert_eq!(audited, [500, 500, 100]);

        // The same again changes nothing.
        let at = location(&shop.put_rows(&list, &rows).await);
        shop.app.settle().await;
        let seen = look(&shop, &at).await;
        assert_eq!(
            (&seen["state"], counts(&seen)),
            (&json!("succeeded"), [0, 0, 1_100])
        );
        let path = format!("/v1/price-lists/{list}");
        assert_eq!(shop.staff.get(&path).await.expect(200)["version"], 4);
        assert_eq!(
            shop.app.events("catalog", "price.changed").await.len(),
            1_100
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn few_rows_are_written_at_once_unless_their_sender_prefers_otherwise() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let list = shop.price_list(json!({})).await;
        let sent = prefer(
            &shop,
            &list,
            &[(tea, 1, Some(400))],
            "respond-async, handling=strict",
        )
        .await;
        let at = location(&sent);
        assert_eq!(
            sent.header("preference-applied"),
            Some("respond-async, handling=strict")
        );
        shop.app.settle().await;
        assert_eq!(counts(&look(&shop, &at).await), [1, 0, 0], "{engine:?}");
        assert_eq!(unit(&shop.staff, tea, 1).await, 400);

        let minimal = prefer(
            &shop,
            &list,
            &[(tea, 1, None)],
            "return=minimal, respond-async",
        )
        .await;
        assert_eq!((minimal.status().as_u16(), minimal.body().len()), (202, 0));
        assert_eq!(
            minimal.header("preference-applied"),
            Some("respond-async, return=minimal")
        );
        shop.app.settle().await;
        assert_eq!(counts(&look(&shop, &location(&minimal)).await), [0, 1, 0]);

        let now = prefer(&shop, &list, &[(tea, 1, Some(1))], "return=minimal").await;
        assert_eq!(now.status(), 204);
    }
}

#[tokio::test]
async fn what_is_not_good_is_refused_before_anything_is_begun() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let good = rows(&shop, 51, 300).await;
        let list = shop.price_list(json!({})).await;
        let nobody: VariantId = "var_00000000000000000000000001".parse().expect("an id");
        let end = good.len();
        for (bad, at, code) in [
            (
                (nobody, 1, Some(1)),
                format!("/prices/{end}/variant_id"),
                "not_found",
            ),
            (
                (good[0].0, 0, Some(1)),
                format!("/prices/{end}/min_quantity"),
                "out_of_range",
            ),
            (
                (good[0].0, 21, Some(-1)),
                format!("/prices/{end}/amount"),
                "out_of_range",
            ),
            (
                (good[0].0, 20, Some(1)),
                format!("/prices/{end}"),
                "duplicate",
            ),
            ((good[0].0, 21, Some(1)), "/prices/0".to_owned(), "too_many"),
        ] {
            let rows: Vec<_> = good.iter().copied().chain([bad]).collect();
            let problem = shop.put_rows(&list, &rows).await.expect(422);
            assert_eq!(pointers(&problem), [(at.as_str(), code)], "{engine:?}");
        }
        let many = vec![(nobody, 1, None); 20_001];
        let problem = shop.put_rows(&list, &many).await.expect(422);
        let named = pointers(&problem);
        assert_eq!(
            (named.len(), named[0]),
            (1_000, ("/prices", "out_of_range"))
        );
        let none = prefer(
            &shop,
            "prl_00000000000000000000000001",
            &good[..1],
            "respond-async",
        )
        .await;
        none.expect(404);
        prefer(&shop, &list, &[], "respond-async").await.expect(422);

        assert_eq!(count(&shop, "SELECT COUNT(*) FROM operations").await, 0);
        shop.app.settle().await;
        assert_eq!(
            count(&shop, "SELECT COUNT(*) FROM price_list_prices").await,
            0
        );
    }
}

/// Lets the workers go until so many rows are written, and then takes them away.
async fn kill(shop: &Shop, at: &str, done: i64) {
    let reached = async {
        while look(shop, at).await["progress"]["done"].as_i64() < Some(done) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = reached => {}
        () = shop.app.settle() => panic!("it ended before it was stopped"),
    }
    shop.app.kit().advance(Duration::from_secs(31));
}

#[tokio::test]
async fn workers_that_die_between_chunks_leave_each_row_written_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let rows = rows(&shop, 90, 300).await;
        let list = shop.price_list(json!({})).await;
        let at = location(&shop.put_rows(&list, &rows).await);
        for done in [500, 1_000] {
            kill(&shop, &at, done).await;
            let seen = look(&shop, &at).await;
            assert_eq!(seen["state"], "running", "{engine:?}");
            // What is told is what is there, and it is whole chunks.
            let untold = "SELECT COUNT(*) - (SELECT done FROM operations) FROM price_list_prices";
            assert_eq!(count(&shop, untold).await, 0);
            assert_eq!(count(&shop, "SELECT done FROM operations").await % 500, 0);
        }
        shop.app.settle().await;
        let seen = look(&shop, &at).await;
        assert_eq!(
            (&seen["state"], counts(&seen)),
            (&json!("succeeded"), [1_800, 0, 0])
        );
        let facts = shop.app.events("catalog", "price.changed").await;
        let told: BTreeSet<_> = facts
            .iter()
            .map(|it| {
                (
                    text(&it.data["variant_id"]),
                    it.data["min_quantity"].to_string(),
                )
            })
            .collect();
        assert_eq!((facts.len(), told.len()), (1_800, 1_800));
    }
}

#[tokio::test]
async fn operations_on_one_list_are_not_mixed() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let first = rows(&shop, 26, 300).await;
        let second: Vec<Row> = first
            .iter()
            .map(|&(it, from, _)| (it, from, Some(200)))
            .collect();
        let list = shop.price_list(json!({})).await;
        let mut operations = Vec::new();
        for rows in [&first, &second] {
            shop.tick();
            operations.push(location(&prefer(&shop, &list, rows, "respond-async").await));
        }
        for _ in 0..3 {
            shop.pass(Duration::from_secs(3)).await;
        }
        for at in operations {
            assert_eq!(look(&shop, &at).await["state"], "succeeded", "{engine:?}");
        }
        let facts = shop.app.events("catalog", "price.changed").await;
        let news: Vec<_> = facts
            .iter()
            .filter_map(|it| it.data["new"]["amount"].as_i64())
            .collect();
        assert_eq!(news, [[300; 520], [200; 520]].concat());
    }
}

#[tokio::test]
async fn rows_that_others_have_made_bad_meanwhile_end_the_operation() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let list = shop.price_list(json!({})).await;
        let tiers: Vec<Row> = (1..=19).map(|from| (tea, from, Some(400))).collect();
        shop.put_rows(&list, &tiers).await.expect(200);
        let sent = prefer(&shop, &list, &[(tea, 40, Some(1))], "respond-async").await;
        let at = location(&sent);
        shop.put_rows(&list, &[(tea, 50, Some(2))])
            .await
            .expect(200);
        shop.app.settle().await;
        let seen = look(&shop, &at).await;
        assert_eq!(
            (&seen["state"], &seen["result"]),
            (&json!("failed"), &Value::Null)
        );
        let problem = &seen["problem"];
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&json!("catalog.invalid"), &json!(422))
        );
        assert_eq!(pointers(problem), [("/prices/0", "too_many")], "{engine:?}");
        assert_eq!(
            count(&shop, "SELECT COUNT(*) FROM price_list_prices").await,
            20
        );
        assert_eq!(
            count(&shop, "SELECT COUNT(*) FROM jobs WHERE state = 'dead'").await,
            0
        );
    }
}
