//! Rows of promotions that must not be there.

use orders_contract::{OrderId, PromotionId};
use tenon_module::IdRange;
use tenon_store::{Queryable, StoreError};

/// Where a stretch of promotions behind `$1` ends: few, since each may have many redemptions.
pub(crate) const PROMOTIONS: &str =
    "SELECT id FROM promotions WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 19";
/// Where a stretch of checkouts behind `$1` ends.
pub(crate) const CHECKOUTS: &str =
    "SELECT id FROM checkouts WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999";

#[derive(sqlx::FromRow)]
pub(crate) struct WrongCounter {
    pub(crate) id: PromotionId,
    pub(crate) counted: i64,
    pub(crate) of_customers: i64,
    pub(crate) live: i64,
}

/// Promotions whose counter is not the number of their live redemptions, or that have a buyer of whom this is true.
pub(crate) async fn wrong_counters(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<WrongCounter>, StoreError> {
    db.query(
        "SELECT promotions.id, promotions.redeemed AS counted,
                CAST(COALESCE((SELECT SUM(c.redeemed) FROM promotion_customers AS c
                                WHERE c.promotion_id = promotions.id), 0) AS bigint) AS of_customers,
                (SELECT COUNT(*) FROM promotion_redemptions AS r
                  WHERE r.promotion_id = promotions.id AND r.status <> 'released') AS live
           FROM promotions
          WHERE promotions.id > $1 AND promotions.id <= $2
            AND (promotions.redeemed <> (SELECT COUNT(*) FROM promotion_redemptions AS r
                                          WHERE r.promotion_id = promotions.id AND r.status <> 'released')
              OR promotions.redeemed <> COALESCE((SELECT SUM(c.redeemed) FROM promotion_customers AS c
                                                   WHERE c.promotion_id = promotions.id), 0)
              OR EXISTS (SELECT 1 FROM promotion_customers AS c
                          WHERE c.promotion_id = promotions.id
                            AND c.redeemed <> (SELECT COUNT(*) FROM promotion_redemptions AS r
                                                WHERE r.promotion_id = c.promotion_id AND r.customer = c.customer
                                                  AND r.status <> 'released')))
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

#[derive(sqlx::FromRow)]
pub(crate) struct RedemptionCase {
    pub(crate) id: OrderId,
    pub(crate) status: String,
    pub(crate) discount: i64,
    pub(crate) redeemed: i64,
    pub(crate) least: String,
    pub(crate) most: String,
}

/// Orders whose redemptions stand elsewhere than they do, or take off something else than their discount.
pub(crate) async fn contradicting_redemptions(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<RedemptionCase>, StoreError> {
    db.query(
        "SELECT orders.id, orders.status, orders.discount, CAST(COALESCE(SUM(r.discount), 0) AS bigint) AS redeemed,
                COALESCE(MIN(r.status), 'none') AS least, COALESCE(MAX(r.status), 'none') AS most
           FROM orders LEFT JOIN promotion_redemptions AS r ON r.checkout_id = orders.checkout_id
          WHERE orders.checkout_id > $1 AND orders.checkout_id <= $2
          GROUP BY orders.id, orders.status, orders.discount
         HAVING orders.discount <> COALESCE(SUM(r.discount), 0)
             OR MIN(r.status) <> CASE orders.status WHEN 'pending_payment' THEN 'held'
                                                    WHEN 'cancelled' THEN 'released' ELSE 'confirmed' END
             OR MAX(r.status) <> CASE orders.status WHEN 'pending_payment' THEN 'held'
                                                    WHEN 'cancelled' THEN 'released' ELSE 'confirmed' END
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}
