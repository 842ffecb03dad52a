//! Lists over `orders`.

use orders_contract::{Order, OrderId, OrderPayment, OrderStatus, PaymentRef};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError};
use uuid::Uuid;

use super::order_rows::{OrderRow, StoredOrder, columns, complete};
use super::{currency, enum_name, id_list, money};
use crate::domain::order::status_name;

/// Returns those of the given orders that exist.
pub(crate) async fn get(
    db: &mut dyn Queryable,
    ids: &[OrderId],
) -> Result<Vec<StoredOrder>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => concat!(
            "SELECT ",
            columns!(),
            " FROM orders WHERE id IN (SELECT unhex(value) FROM json_each($1)) LIMIT 200"
        ),
        Engine::Postgres => concat!(
            "SELECT ",
            columns!(),
            " FROM orders WHERE id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid)) LIMIT 200"
        ),
    };
    let rows: Vec<OrderRow> = db.query(sql).bind(id_list(ids)).fetch_all().await?;
    complete(db, rows).await
}

/// Which orders are wanted; each kind has an index of its own.
#[derive(Debug, Clone)]
pub(crate) enum OrderFilter {
    /// Of one buyer.
    Owner(Uuid),
    /// Whose mails go to this address.
    Email(String),
    /// The one with this number.
    Number(i64),
    /// All.
    All,
}

/// Lists orders, newest first, with numbers below `before`; one row more than `limit` says that there is more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    filter: &OrderFilter,
    status: Option<OrderStatus>,
    before: i64,
    limit: u32,
) -> Result<Vec<StoredOrder>, StoreError> {
    let status = status.map(status_name);
    let fetch = i64::from(limit) + 1;
    let query = match (filter, status) {
        (OrderFilter::Owner(owner), status) => db
            .query(concat!(
                "SELECT ",
                columns!(),
                " FROM orders
                   WHERE owner_id = $1 AND number < $2 AND (CAST($3 AS text) IS NULL OR status = $3)
                   ORDER BY number DESC LIMIT $4"
            ))
            .bind(*owner)
            .bind(before)
            .bind(status),
        (OrderFilter::Email(email), status) => db
            .query(concat!(
                "SELECT ",
                columns!(),
                " FROM orders
                   WHERE email = $1 AND number < $2 AND (CAST($3 AS text) IS NULL OR status = $3)
                   ORDER BY number DESC LIMIT $4"
            ))
            .bind(email.clone())
            .bind(before)
            .bind(status),
        (OrderFilter::Number(number), status) => db
            .query(concat!(
                "SELECT ",
                columns!(),
                " FROM orders
                   WHERE number = $1 AND number < $2 AND (CAST($3 AS text) IS NULL OR status = $3)
                   ORDER BY number DESC LIMIT $4"
            ))
            .bind(*number)
            .bind(before)
            .bind(status),
        (OrderFilter::All, Some(status)) => db
            .query(concat!(
                "SELECT ",
                columns!(),
                " FROM orders WHERE status = $1 AND number < $2 ORDER BY number DESC LIMIT $3"
            ))
            .bind(status)
            .bind(before),
        (OrderFilter::All, None) => db
            .query(concat!(
                "SELECT ",
                columns!(),
                " FROM orders WHERE number < $1 ORDER BY number DESC LIMIT $2"
            ))
            .bind(before),
    };
    let rows: Vec<OrderRow> = query.bind(fetch).fetch_all().await?;
    complete(db, rows).await
}

#[derive(sqlx::FromRow)]
struct PaymentRow {
    number: i64,
    id: OrderId,
    payment_id: PaymentRef,
    status: String,
    payment_status: String,
    currency: String,
    total: i64,
    captured: i64,
    refunded: i64,
    created_at: Timestamp,
}

/// Lists what orders expect of their payments, oldest first, with numbers above `after`.
pub(crate) async fn payments(
    db: &mut dyn Queryable,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, OrderPayment)>, StoreError> {
    let rows: Vec<PaymentRow> = db
        .query(
            "SELECT number, id, payment_id, status, payment_status, currency, total, captured, refunded, created_at
               FROM orders WHERE number > $1 ORDER BY number LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit) + 1)
        .fetch_all()
        .await?;
    rows.into_iter().map(PaymentRow::into_payment).collect()
}

impl PaymentRow {
    fn into_payment(self) -> Result<(i64, OrderPayment), StoreError> {
        let currency = currency("orders.currency", &self.currency)?;
        let payment = OrderPayment {
            order_id: self.id,
            payment_id: self.payment_id,
            status: enum_name("orders.status", &self.status)?,
            payment_status: enum_name("orders.payment_status", &self.payment_status)?,
            total: money("orders.total", self.total, currency)?,
            captured: money("orders.captured", self.captured, currency)?,
            refunded: money("orders.refunded", self.refunded, currency)?,
            created_at: self.created_at,
        };
        Ok((self.number, payment))
    }
}

/// The position of an order in lists.
pub(crate) fn position(order: &Order) -> i64 {
    order.number.parse().unwrap_or(0)
}
