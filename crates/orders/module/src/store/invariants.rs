//! Rows that must not be there: what `tenon verify` looks for.

use orders_contract::{CartId, CheckoutId, OrderId};
use tenon_store::{Queryable, StoreError};

#[derive(sqlx::FromRow)]
pub(crate) struct WrongTotal {
    pub(crate) id: OrderId,
    pub(crate) subtotal: i64,
    pub(crate) lines: i64,
}

/// Orders whose lines do not add up to their subtotal. Tax, delivery and total are checked by the table itself.
pub(crate) async fn wrong_totals(db: &mut dyn Queryable) -> Result<Vec<WrongTotal>, StoreError> {
    db.query(
        "SELECT orders.id, orders.subtotal, CAST(COALESCE(SUM(order_lines.total), 0) AS bigint) AS lines
           FROM orders LEFT JOIN order_lines ON order_lines.order_id = orders.id
          GROUP BY orders.id, orders.subtotal
         HAVING orders.subtotal <> COALESCE(SUM(order_lines.total), 0)
          LIMIT 100",
    )
    .fetch_all()
    .await
}

#[derive(sqlx::FromRow)]
pub(crate) struct CheckoutCase {
    pub(crate) id: CheckoutId,
    pub(crate) status: String,
    pub(crate) order_status: String,
}

/// Checkouts that are over in another way than their orders.
pub(crate) async fn contradicting_orders(
    db: &mut dyn Queryable,
) -> Result<Vec<CheckoutCase>, StoreError> {
    db.query(
        "SELECT checkouts.id, checkouts.status, COALESCE(orders.status, 'missing') AS order_status
           FROM checkouts LEFT JOIN orders ON orders.checkout_id = checkouts.id AND orders.id = checkouts.order_id
          WHERE (checkouts.status = 'completed' AND (orders.id IS NULL OR orders.placed_at IS NULL))
             OR (checkouts.status IN ('failed', 'expired', 'cancelled')
                 AND orders.id IS NOT NULL AND orders.status <> 'cancelled')
          LIMIT 100",
    )
    .fetch_all()
    .await
}

#[derive(sqlx::FromRow)]
pub(crate) struct CartCase {
    pub(crate) id: CartId,
    pub(crate) status: String,
    pub(crate) live: i64,
}

/// Carts that are frozen without a live checkout, or open with one, or have several.
pub(crate) async fn contradicting_carts(
    db: &mut dyn Queryable,
) -> Result<Vec<CartCase>, StoreError> {
    db.query(
        "SELECT carts.id, carts.status, COUNT(checkouts.id) AS live
           FROM carts LEFT JOIN checkouts
             ON checkouts.cart_id = carts.id
            AND checkouts.status IN ('working', 'processing', 'requires_action', 'payment_declined', 'closing')
          GROUP BY carts.id, carts.status
         HAVING COUNT(checkouts.id) <> CASE WHEN carts.status = 'frozen' THEN 1 ELSE 0 END
          LIMIT 100",
    )
    .fetch_all()
    .await
}
