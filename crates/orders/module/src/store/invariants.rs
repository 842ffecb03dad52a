//! Rows that must not be there: what `tenon verify` looks for.

use orders_contract::{CartId, CheckoutId, LineId, OrderId, PaymentRef, ReservationRef, ReturnId};
use tenon_kernel::Timestamp;
use tenon_module::IdRange;
use tenon_store::{Queryable, StoreError};

/// Where a stretch of orders behind `$1` ends.
pub(crate) const ORDERS: &str =
    "SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999";
/// As [`ORDERS`], for rules that ask other modules about each order: as many as a question may name.
pub(crate) const ORDERS_AT_ONCE: &str =
    "SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 199";
/// Where a stretch of checkouts behind `$1` ends.
pub(crate) const CHECKOUTS: &str =
    "SELECT id FROM checkouts WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999";
/// Where a stretch of carts behind `$1` ends.
pub(crate) const CARTS: &str = "SELECT id FROM carts WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999";

#[derive(sqlx::FromRow)]
pub(crate) struct WrongTotal {
    pub(crate) id: OrderId,
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) lines: i64,
    pub(crate) line_discounts: i64,
}

/// Orders whose lines do not add up to what they cost, or to what is taken off. Tax, delivery and total are checked by the
/// table itself.
pub(crate) async fn wrong_totals(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<WrongTotal>, StoreError> {
    db.query(
        "SELECT orders.id, orders.subtotal, orders.discount,
                CAST(COALESCE(SUM(order_lines.total - order_lines.discount), 0) AS bigint) AS lines,
                CAST(COALESCE(SUM(order_lines.discount), 0) AS bigint) AS line_discounts
           FROM orders LEFT JOIN order_lines ON order_lines.order_id = orders.id
          WHERE orders.id > $1 AND orders.id <= $2
          GROUP BY orders.id, orders.subtotal, orders.discount
         HAVING orders.subtotal <> COALESCE(SUM(order_lines.total - order_lines.discount), 0)
             OR orders.discount <> COALESCE(SUM(order_lines.discount), 0)
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
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
    range: &IdRange,
) -> Result<Vec<CheckoutCase>, StoreError> {
    db.query(
        "SELECT checkouts.id, checkouts.status, COALESCE(orders.status, 'missing') AS order_status
           FROM checkouts LEFT JOIN orders ON orders.checkout_id = checkouts.id AND orders.id = checkouts.order_id
          WHERE checkouts.id > $1 AND checkouts.id <= $2
            AND ((checkouts.status = 'completed' AND (orders.id IS NULL OR orders.placed_at IS NULL))
             OR (checkouts.status IN ('failed', 'expired', 'cancelled')
                 AND orders.id IS NOT NULL AND orders.status <> 'cancelled'))
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
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
    range: &IdRange,
) -> Result<Vec<CartCase>, StoreError> {
    db.query(
        "SELECT carts.id, carts.status, COUNT(checkouts.id) AS live
           FROM carts LEFT JOIN checkouts
             ON checkouts.cart_id = carts.id
            AND checkouts.status IN ('working', 'processing', 'requires_action', 'payment_declined', 'closing')
          WHERE carts.id > $1 AND carts.id <= $2
          GROUP BY carts.id, carts.status
         HAVING COUNT(checkouts.id) <> CASE WHEN carts.status = 'frozen' THEN 1 ELSE 0 END
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// What other modules must agree with.
#[derive(sqlx::FromRow)]
pub(crate) struct OrderFacts {
    pub(crate) id: OrderId,
    pub(crate) status: String,
    pub(crate) payment_id: PaymentRef,
    pub(crate) reservation_id: ReservationRef,
    pub(crate) total: i64,
    pub(crate) currency: String,
    pub(crate) updated_at: Timestamp,
}

/// Orders that are live or cancelled, in the order of their ids.
pub(crate) async fn order_facts(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<OrderFacts>, StoreError> {
    db.query(
        "SELECT id, status, payment_id, reservation_id, total, currency, updated_at
           FROM orders
          WHERE id > $1 AND id <= $2 AND status <> 'pending_payment'
          ORDER BY id LIMIT 200",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// A line whose count of returned pieces is wrong.
#[derive(sqlx::FromRow)]
pub(crate) struct Miscounted {
    pub(crate) order_id: OrderId,
    pub(crate) line_id: LineId,
    pub(crate) returned: i64,
    pub(crate) in_returns: i64,
}

/// Lines whose count of returned pieces is not that of their live returns.
pub(crate) async fn miscounted_returns(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Miscounted>, StoreError> {
    db.query(
        "SELECT l.order_id, l.id AS line_id, l.returned, CAST(COALESCE(r.pieces, 0) AS bigint) AS in_returns
           FROM order_lines l
           LEFT JOIN (SELECT rl.order_id, rl.line_id, SUM(COALESCE(rl.received, rl.quantity)) AS pieces
                        FROM return_lines rl
                        JOIN returns ON returns.id = rl.return_id
                       WHERE returns.status IN ('requested', 'approved', 'received')
                         AND rl.order_id > $1 AND rl.order_id <= $2
                       GROUP BY rl.order_id, rl.line_id) r
             ON r.order_id = l.order_id AND r.line_id = l.id
          WHERE l.order_id > $1 AND l.order_id <= $2 AND l.returned <> COALESCE(r.pieces, 0)
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// A return that somebody forgot.
#[derive(sqlx::FromRow)]
pub(crate) struct Unsettled {
    pub(crate) id: ReturnId,
    pub(crate) restock_status: String,
    pub(crate) refund_status: String,
    pub(crate) received_at: Timestamp,
}

/// Returns that arrived before `before` and for which something is still to be asked.
pub(crate) async fn unsettled_returns(
    db: &mut dyn Queryable,
    before: Timestamp,
) -> Result<Vec<Unsettled>, StoreError> {
    db.query(
        "SELECT id, restock_status, refund_status, received_at
           FROM returns
          WHERE (refund_status = 'due' OR restock_status = 'due') AND received_at < $1
          ORDER BY received_at
          LIMIT 100",
    )
    .bind(before)
    .fetch_all()
    .await
}
