//! `promotion_redemptions`, and the counters that are the numbers of them.

use orders_contract::{CheckoutId, OrderId, PromotionId};
use tenon_store::{Queryable as _, StoreError, Tx};

/// A promotion that is to count for an order.
#[derive(Debug, Clone)]
pub(crate) struct Redemption {
    pub(crate) checkout_id: CheckoutId,
    pub(crate) promotion_id: PromotionId,
    pub(crate) order_id: OrderId,
    /// The keyed hash of its buyer.
    pub(crate) customer: Vec<u8>,
    /// Minor units.
    pub(crate) discount: i64,
    /// Whether the order is placed already.
    pub(crate) confirmed: bool,
}

/// What became of an attempt to redeem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redeemed {
    /// It counts; so often it can be redeemed still, if there is a limit.
    Now { remaining: Option<i64> },
    /// It counted before.
    Before,
    /// The promotion is used up, or its buyer's part of it: the unit must roll back.
    Exhausted,
}

/// Redeems a promotion once more, if its limits allow it: whoever comes last finds them reached, however many come at
/// once.
pub(crate) async fn take(tx: &mut Tx<'_>, redemption: &Redemption) -> Result<Redeemed, StoreError> {
    let now = tx.now();
    let written = tx
        .query(
            "INSERT INTO promotion_redemptions
                 (checkout_id, promotion_id, order_id, customer, discount, status, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
             ON CONFLICT (checkout_id, promotion_id) DO UPDATE
                SET status = excluded.status, updated_at = excluded.updated_at
              WHERE promotion_redemptions.status = 'released'",
        )
        .bind(redemption.checkout_id)
        .bind(redemption.promotion_id)
        .bind(redemption.order_id)
        .bind(redemption.customer.clone())
        .bind(redemption.discount)
        .bind(if redemption.confirmed { "confirmed" } else { "held" })
        .bind(now)
        .execute()
        .await?;
    if written == 0 {
        return Ok(Redeemed::Before);
    }
    let counted: Option<(i64, Option<i64>, Option<i64>)> = tx
        .query(
            "UPDATE promotions SET redeemed = redeemed + 1
              WHERE id = $1 AND (total_limit IS NULL OR redeemed < total_limit)
              RETURNING redeemed, total_limit, customer_limit",
        )
        .bind(redemption.promotion_id)
        .fetch_optional()
        .await?;
    let Some((redeemed, total_limit, customer_limit)) = counted else {
        return Ok(Redeemed::Exhausted);
    };
    // The row of the promotion is locked: its limit for each buyer is not changed meanwhile.
    let counted = tx
        .query(
            "INSERT INTO promotion_customers (promotion_id, customer, redeemed)
             VALUES ($1, $2, 1)
             ON CONFLICT (promotion_id, customer) DO UPDATE
                SET redeemed = promotion_customers.redeemed + 1
              WHERE promotion_customers.redeemed < $3",
        )
        .bind(redemption.promotion_id)
        .bind(redemption.customer.clone())
        .bind(customer_limit.unwrap_or(i64::MAX))
        .execute()
        .await?;
    if counted == 0 {
        return Ok(Redeemed::Exhausted);
    }
    Ok(Redeemed::Now {
        remaining: total_limit.map(|limit| limit - redeemed),
    })
}

/// Notes that the order of a checkout was placed: its redemptions stay.
pub(crate) async fn confirm(tx: &mut Tx<'_>, checkout: CheckoutId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE promotion_redemptions SET status = 'confirmed', updated_at = $2
          WHERE checkout_id = $1 AND status = 'held'",
    )
    .bind(checkout)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Releases what an order redeemed; returns what can be redeemed again, and how often. Repeated, it does nothing.
pub(crate) async fn release(
    tx: &mut Tx<'_>,
    order: OrderId,
) -> Result<Vec<(PromotionId, Option<i64>)>, StoreError> {
    let now = tx.now();
    let mut released: Vec<(PromotionId, Vec<u8>)> = tx
        .query(
            "UPDATE promotion_redemptions SET status = 'released', updated_at = $2
              WHERE order_id = $1 AND status <> 'released'
              RETURNING promotion_id, customer",
        )
        .bind(order)
        .bind(now)
        .fetch_all()
        .await?;
    // In the order in which they are redeemed, so that two units never wait for each other.
    released.sort();
    let mut free = Vec::with_capacity(released.len());
    for (promotion, customer) in released {
        let counted: Option<(i64, Option<i64>)> = tx
            .query(
                "UPDATE promotions SET redeemed = redeemed - 1 WHERE id = $1
                 RETURNING redeemed, total_limit",
            )
            .bind(promotion)
            .fetch_optional()
            .await?;
        tx.query(
            "UPDATE promotion_customers SET redeemed = redeemed - 1
              WHERE promotion_id = $1 AND customer = $2",
        )
        .bind(promotion)
        .bind(customer)
        .execute()
        .await?;
        let remaining = counted.and_then(|(redeemed, limit)| Some(limit? - redeemed));
        free.push((promotion, remaining));
    }
    Ok(free)
}
