//! Many who write prices at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use tenon_testkit::engines;

use super::unit;
use crate::shop::Shop;

/// Two lists, the same variants, rows in all orders: everyone gets through, and each list is as one of its writers left it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_the_same_variants_do_not_block_each_other() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let variants: [_; 6] = shop.variants().await;
        let lists = [
            shop.price_list(json!({ "priority": 1 })).await,
            shop.price_list(json!({})).await,
        ];
        let writers = (0..16_usize).map(|writer| {
            let mut order = variants;
            order.rotate_left(writer % 6);
            if writer % 3 == 0 {
                order.reverse();
            }
            let amount = 100 + i64::try_from(writer).expect("small");
            let rows: Vec<_> = order.into_iter().map(|it| (it, 1, Some(amount))).collect();
            let list = &lists[writer % 2];
            let shop = &shop;
            async move { shop.put_rows(list, &rows).await.expect(200) }
        });
        let done = join_all(writers).await;
        let versions: BTreeSet<String> = done.iter().map(|it| it["version"].to_string()).collect();
        assert_eq!(
            versions.len(),
            8,
            "each writer of a list left a version of its own"
        );
        let mut told = BTreeSet::new();
        for variant in &variants {
            told.insert(unit(&shop.staff, *variant, 1).await.to_string());
        }
        assert_eq!(
            told.len(),
            1,
            "{engine:?}: rows of several writers are mixed: {told:?}"
        );
        let changes: u64 = done.iter().filter_map(|it| it["written"].as_u64()).sum();
        let facts = shop.app.events("catalog", "price.changed").await;
        assert_eq!(u64::try_from(facts.len()).expect("few"), changes);
    }
}
