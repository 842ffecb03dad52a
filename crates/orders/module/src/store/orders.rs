//! `orders`.

use orders_contract::{
    CancelReason, CapturePolicy, OrderId, OrderStatus, PaymentState, RatesSource,
};
use tenon_kernel::Money;
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::Access;
use super::order_rows::{OrderRow, StoredOrder, columns, complete};
use crate::domain::checkout::Checkout;
use crate::domain::order::{Happening, next, status_name};
use crate::domain::timeline::reason_name;

/// Inserts the order of a checkout, `pending_payment`; returns the number that people see.
#[tracing::instrument(name = "db.orders.insert", skip_all, fields(order.id = %checkout.order_id), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    capture: CapturePolicy,
) -> Result<i64, StoreError> {
    let now = tx.now();
    let quote = &checkout.quote;
    let totals = &quote.totals;
    let discount = totals.discount().minor();
    let number: Option<i64> = tx
        .query(
            "INSERT INTO orders
                 (id, version, status, cart_id, checkout_id, payment_id, reservation_id, owner_id, token_hash, email,
                  currency, subtotal, shipping, tax, tax_included, tax_rate, total, shipping_method, shipping_address,
                  billing_address, capture, payment_status, captured, refunded, shipped_value, rates_source, created_at,
                  updated_at, discount)
             VALUES ($1, 1, 'pending_payment', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19, 'pending', 0, 0, 0, $20, $21, $21, $22)
             RETURNING number",
        )
        .bind(checkout.order_id)
        .bind(checkout.cart_id)
        .bind(checkout.id)
        .bind(checkout.payment_id)
        .bind(checkout.reservation_id)
        .bind(quote.customer.user_id)
        .bind(checkout.token_hash.clone())
        .bind(quote.customer.email.clone())
        .bind(totals.total.currency().code().to_owned())
        .bind(totals.subtotal.minor() - discount)
        .bind(totals.shipping.minor())
        .bind(totals.tax.minor())
        .bind(totals.tax_included)
        .bind(quote.tax_rate.clone())
        .bind(totals.total.minor())
        .bind(quote.shipping_method.clone())
        .bind(Json(quote.shipping_address.clone()))
        .bind(quote.billing_address.clone().map(Json))
        .bind(capture_name(capture))
        .bind(rates_name(quote.rates_source))
        .bind(now)
        .bind(discount)
        .fetch_scalar()
        .await?;
    number.ok_or_else(|| StoreError::Inconsistent {
        what: format!("orders.number of {}", checkout.order_id),
    })
}

/// Places a pending order, or one that had been given up before its money came; returns its number.
///
/// # Errors
///
/// [`StoreError::Inconsistent`] if it is in another state: its saga says that it cannot be.
pub(crate) async fn place(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    (from, happening): (OrderStatus, Happening),
    payment: PaymentState,
    captured: Money,
) -> Result<i64, StoreError> {
    let now = tx.now();
    let wrong_state = || StoreError::Inconsistent {
        what: format!("orders.status of {}", checkout.order_id),
    };
    let to = next(from, happening).ok_or_else(wrong_state)?;
    let number: Option<i64> = tx
        .query(
            "UPDATE orders
                SET status = $7, placed_at = $3, cancel_reason = NULL, cancelled_at = NULL, payment_status = $4,
                    captured = $5, reservation_id = $6, version = version + 1, updated_at = $3
              WHERE id = $1 AND status = $2
              RETURNING number",
        )
        .bind(checkout.order_id)
        .bind(status_name(from))
        .bind(now)
        .bind(payment_name(payment))
        .bind(captured.minor())
        .bind(checkout.reservation_id)
        .bind(status_name(to))
        .fetch_scalar()
        .await?;
    number.ok_or_else(wrong_state)
}

/// Cancels an order that is in state `from`; returns its number, `None` if it is in another state.
pub(crate) async fn cancel(
    tx: &mut Tx<'_>,
    id: OrderId,
    from: OrderStatus,
    reason: CancelReason,
) -> Result<Option<i64>, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE orders
            SET status = 'cancelled', cancel_reason = $3, cancelled_at = $4, version = version + 1, updated_at = $4
          WHERE id = $1 AND status = $2
          RETURNING number",
    )
    .bind(id)
    .bind(status_name(from))
    .bind(reason_name(reason))
    .bind(now)
    .fetch_scalar()
    .await
}

/// Returns the number of an order that must exist.
pub(crate) async fn number(db: &mut dyn Queryable, id: OrderId) -> Result<i64, StoreError> {
    let number = db
        .query("SELECT number FROM orders WHERE id = $1")
        .bind(id)
        .fetch_scalar()
        .await?;
    number.ok_or_else(|| StoreError::Inconsistent {
        what: format!("orders.id = {id}"),
    })
}

/// Notes that a parcel of a locked order left.
pub(crate) async fn ship(
    tx: &mut Tx<'_>,
    id: OrderId,
    status: OrderStatus,
    value: Money,
) -> Result<(), StoreError> {
    tx.query("UPDATE orders SET status = $2, shipped_value = shipped_value + $3 WHERE id = $1")
        .bind(id)
        .bind(status_name(status))
        .bind(value.minor())
        .execute()
        .await?;
    Ok(())
}

/// Notes what payments told; sums only grow, so that facts may come in any order and twice.
pub(crate) async fn note_payment(
    tx: &mut Tx<'_>,
    id: OrderId,
    status: Option<PaymentState>,
    captured: i64,
    refunded: i64,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let noted = tx
        .query(
            "UPDATE orders
                SET payment_status = CASE
                        WHEN refunded > 0 OR $4 > 0 THEN CASE
                            WHEN CASE WHEN refunded < $4 THEN $4 ELSE refunded END
                               < CASE WHEN captured < $3 THEN $3 ELSE captured END THEN 'partially_refunded'
                            ELSE 'refunded'
                        END
                        WHEN captured > 0 OR $3 > 0 THEN 'captured'
                        ELSE COALESCE(CAST($2 AS text), payment_status)
                    END,
                    captured = CASE WHEN captured < $3 THEN $3 ELSE captured END,
                    refunded = CASE WHEN refunded < $4 THEN $4 ELSE refunded END,
                    version = version + 1, updated_at = $5
              WHERE id = $1",
        )
        .bind(id)
        .bind(status.map(payment_name))
        .bind(captured)
        .bind(refunded)
        .bind(now)
        .execute()
        .await?;
    Ok(noted == 1)
}

/// Locks an order and gives it its next version; the unit rolls back if nothing comes of it.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: OrderId,
    access: &Access,
) -> Result<Option<StoredOrder>, StoreError> {
    let now = tx.now();
    let row: Option<OrderRow> = tx
        .query(concat!(
            "UPDATE orders SET version = version + 1, updated_at = $5
              WHERE id = $1 AND (owner_id = $2 OR token_hash = $3 OR $4)
              RETURNING ",
            columns!()
        ))
        .bind(id)
        .bind(access.user)
        .bind(access.token_hash.clone())
        .bind(access.staff)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(complete(tx, row.into_iter().collect()).await?.pop())
}

/// Finds an order that the caller may see.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: OrderId,
    access: &Access,
) -> Result<Option<StoredOrder>, StoreError> {
    let row: Option<OrderRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM orders WHERE id = $1 AND (owner_id = $2 OR token_hash = $3 OR $4)"
        ))
        .bind(id)
        .bind(access.user)
        .bind(access.token_hash.clone())
        .bind(access.staff || tenon_chaos::is_planted("orders.foreign-order"))
        .fetch_optional()
        .await?;
    Ok(complete(db, row.into_iter().collect()).await?.pop())
}

const fn rates_name(source: RatesSource) -> &'static str {
    match source {
        RatesSource::Provider => "provider",
        RatesSource::Fallback => "fallback",
        _ => "settings",
    }
}

const fn capture_name(capture: CapturePolicy) -> &'static str {
    match capture {
        CapturePolicy::Immediate => "immediate",
        CapturePolicy::OnShip => "on_ship",
    }
}

const fn payment_name(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Pending => "pending",
        PaymentState::Processing => "processing",
        PaymentState::Authorized => "authorized",
        PaymentState::Captured => "captured",
        PaymentState::PartiallyRefunded => "partially_refunded",
        PaymentState::Refunded => "refunded",
        PaymentState::Voided => "voided",
        PaymentState::Failed => "failed",
        PaymentState::Issue => "issue",
        _ => "unknown",
    }
}
