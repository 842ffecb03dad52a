//! What the database refuses, and what is named if it happens all the same.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::Queryable as _;
use tenon_testkit::engines;

use super::{euros, with};
use crate::support::Shop;

/// Writes to the store as nobody should; `false` if the store refuses.
async fn corrupt(shop: &Shop, sql: &'static str) -> bool {
    let mut ctx = shop.app.kit().ctx();
    let begun = shop.db.begin(&mut ctx, "test.corrupt").await;
    let mut tx = begun.expect("begins");
    let written = tx.query(sql).execute().await;
    if written.is_err() {
        tx.rollback().await.expect("rolls back");
        return false;
    }
    tx.commit().await.expect("commits");
    true
}

/// A shop with an order that has a promotion.
async fn sold(engine: tenon_testkit::TestEngine) -> Shop {
    let shop = Shop::open(engine).await;
    let limit = json!({ "total_limit": 5 });
    shop.promote(&with(euros(100), limit)).await;
    let tea = shop.sell("TEA-1", 500, 9);
    let buyer = shop.guest(&[(tea, 2)]).await;
    buyer.enter("TEA").await.expect(201);
    buyer.checkout("k1", Some("pm_success")).await.expect(201);
    shop
}

#[tokio::test]
async fn money_that_does_not_add_up_cannot_be_stored() {
    for engine in engines() {
        let shop = sold(engine).await;
        for sql in [
            "UPDATE order_lines SET total = total - 1",
            "UPDATE order_lines SET unit_price = unit_price + 1",
            "UPDATE order_lines SET discount = total + 1",
            "UPDATE order_lines SET discount = -1",
            "UPDATE orders SET subtotal = subtotal + 1",
            "UPDATE orders SET shipping = shipping - 1",
            "UPDATE orders SET total = total + 1",
            "UPDATE orders SET discount = -1",
            "UPDATE promotions SET redeemed = 6",
            "UPDATE promotions SET redeemed = -1",
        ] {
            assert!(!corrupt(&shop, sql).await, "{engine:?}: {sql}");
        }
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn counts_and_discounts_that_nobody_redeemed_are_named() {
    const COUNTED: &str = "orders.promotions_count_redemptions";
    const FOLLOWS: &str = "orders.redemptions_follow_orders";
    const ADDS_UP: &str = "orders.totals_add_up";
    for engine in engines() {
        for (sql, rules) in [
            ("UPDATE promotions SET redeemed = 2", &[COUNTED][..]),
            ("UPDATE promotion_customers SET redeemed = 0", &[COUNTED]),
            (
                "UPDATE promotion_redemptions SET status = 'released'",
                &[COUNTED, FOLLOWS],
            ),
            (
                "UPDATE promotion_redemptions SET status = 'held'",
                &[FOLLOWS],
            ),
            ("UPDATE promotion_redemptions SET discount = 99", &[FOLLOWS]),
            ("DELETE FROM promotion_redemptions", &[COUNTED, FOLLOWS]),
            (
                "UPDATE orders SET discount = discount + 1",
                &[FOLLOWS, ADDS_UP],
            ),
            ("UPDATE order_lines SET discount = discount + 1", &[ADDS_UP]),
        ] {
            let shop = sold(engine).await;
            assert!(corrupt(&shop, sql).await, "{engine:?}: {sql}");
            for _ in 0..2 {
                shop.app.kit().advance(Duration::from_secs(5));
                shop.app.look_at_invariants().await; // what is new is looked at again
            }
            let admin = shop.app.user("ann", &[Role::Admin]);
            let list: Value = admin.get("/v1/admin/invariants").await.expect(200);
            let violated = list["data"].as_array().expect("rules").iter();
            let mut violated: Vec<&str> = violated
                .filter(|rule| rule["state"] == "violated")
                .map(|rule| rule["name"].as_str().expect("a name"))
                .collect();
            violated.sort_unstable();
            assert_eq!(violated, rules, "{engine:?}: {sql}");
        }
    }
}
