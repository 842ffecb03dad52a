//! How the statements of a search read the index.

use tenon_store::Queryable as _;
use tenon_testkit::{Kit, TestEngine};

use super::*;

/// Tables are entered by their keys only; what is read through is what the statement itself made, or ends at a limit.
#[tokio::test]
async fn no_statement_reads_a_table_through() {
    let kit = Kit::migrated(TestEngine::Sqlite, &[crate::MIGRATIONS]).await;
    let db = kit.db(crate::MIGRATIONS).await;
    let ctx = kit.ctx();
    for (text, sorts) in [
        (BEGINNING_WITH, false),
        (NEAR.sqlite, true),
        (FREQUENCIES.sqlite, false),
        (WITH_WORDS.sqlite, false),
        (NEWEST, false),
    ] {
        let explained = Box::leak(format!("EXPLAIN QUERY PLAN {text}").into_boxed_str());
        let plan: Vec<(i64, i64, i64, String)> = db
            .read(&ctx)
            .query(explained)
            .bind("[]")
            .bind(1_i64)
            .bind(1_i64)
            .fetch_all()
            .await
            .expect("a plan");
        assert!(!plan.is_empty());
        for (.., step) in &plan {
            let read_through = ["SCAN p", "SCAN s", "SCAN n"]
                .iter()
                .any(|table| step.starts_with(table))
                && !text.contains("ORDER BY product_id DESC LIMIT $1");
            assert!(!read_through, "{text}\n{plan:#?}");
            let sorted = step.contains("TEMP B-TREE FOR ORDER BY");
            assert!(sorts || !sorted, "{text}\n{plan:#?}");
        }
    }
}
