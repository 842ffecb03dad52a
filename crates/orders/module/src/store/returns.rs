//! `returns`. Whoever changes one has locked its order.

use orders_contract::{OrderId, RefundRef, ReturnId, ReturnRequester, UserRef};
use tenon_kernel::{Money, Timestamp};
use tenon_store::{Engine, Queryable, StoreError, Tx};

use super::{currency, id_list, money, name, return_lines};
use crate::domain::returns::{RefundState, RestockState, Return, ReturnStatus};

#[derive(sqlx::FromRow)]
struct ReturnRow {
    id: ReturnId,
    order_id: OrderId,
    version: i64,
    status: String,
    by_buyer: bool,
    note: Option<String>,
    decision_note: Option<String>,
    currency: String,
    refund_amount: i64,
    delivery_refund: i64,
    refund_id: RefundRef,
    refund_status: String,
    refund_failure: Option<String>,
    restock_status: String,
    received_by: Option<UserRef>,
    created_at: Timestamp,
    approved_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, version, status, by_buyer, note, decision_note, currency, refund_amount,
                    delivery_refund, refund_id, refund_status, refund_failure, restock_status, received_by,
                    created_at, approved_at, received_at, closed_at
               FROM returns ",
            $rest
        )
    };
}

/// Inserts a return with its lines.
#[tracing::instrument(name = "db.returns.insert", skip_all, fields(return.id = %it.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, it: &Return) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO returns (id, order_id, version, status, by_buyer, note, currency, refund_amount, delivery_refund,
                              refund_id, refund_status, restock_status, created_at, approved_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, 'none', 'none', $9, $10, $9)",
    )
    .bind(it.id)
    .bind(it.order_id)
    .bind(it.version)
    .bind(it.status.as_str())
    .bind(it.requested_by == ReturnRequester::Buyer)
    .bind(it.note.clone())
    .bind(it.refund.currency().code().to_owned())
    .bind(it.refund_id)
    .bind(it.created_at)
    .bind(it.approved_at)
    .execute()
    .await?;
    return_lines::insert(tx, it).await
}

/// Saves where a return of a locked order stands, as its next version.
pub(crate) async fn save(tx: &mut Tx<'_>, it: &Return) -> Result<(), StoreError> {
    let now = tx.now();
    let saved = tx
        .query(
            "UPDATE returns
                SET version = $2, status = $3, decision_note = $4, refund_amount = $5, delivery_refund = $6,
                    refund_status = $7, restock_status = $8, received_by = $9, approved_at = $10, received_at = $11,
                    closed_at = $12, updated_at = $13
              WHERE id = $1 AND version = $2 - 1",
        )
        .bind(it.id)
        .bind(it.version)
        .bind(it.status.as_str())
        .bind(it.decision_note.clone())
        .bind(it.refund.minor())
        .bind(it.delivery.minor())
        .bind(it.refund_status.as_str())
        .bind(it.restock_status.as_str())
        .bind(it.received_by)
        .bind(it.approved_at)
        .bind(it.received_at)
        .bind(it.closed_at)
        .bind(now)
        .execute()
        .await?;
    if saved == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

/// Notes that the pieces of a return are on the shelf; a repeat changes nothing.
pub(crate) async fn note_restocked(tx: &mut Tx<'_>, id: ReturnId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE returns SET restock_status = 'done', version = version + 1, updated_at = $2
          WHERE id = $1 AND restock_status = 'due'",
    )
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Notes what payments answered to the wish for a refund; what an event has told meanwhile stays.
pub(crate) async fn note_asked(
    tx: &mut Tx<'_>,
    id: ReturnId,
    state: RefundState,
    amount: Money,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE returns SET refund_status = $2, refund_amount = $3, version = version + 1, updated_at = $4
          WHERE id = $1 AND refund_status IN ('due', 'waiting') AND (refund_status <> $2 OR refund_amount <> $3)",
    )
    .bind(id)
    .bind(state.as_str())
    .bind(amount.minor())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Notes how the refund of a return ended; other refunds have no return, and a repeat changes nothing.
pub(crate) async fn note_refund(
    tx: &mut Tx<'_>,
    refund: RefundRef,
    state: RefundState,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE returns SET refund_status = $2, refund_failure = $3, version = version + 1, updated_at = $4
          WHERE refund_id = $1 AND status = 'received' AND refund_status NOT IN ('succeeded', 'failed')",
    )
    .bind(refund)
    .bind(state.as_str())
    .bind(failure)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Finds a return, whoever asks: callers look whether the order may be seen.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ReturnId,
) -> Result<Option<Return>, StoreError> {
    let row: Option<ReturnRow> = db
        .query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional()
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let found = complete(db, row.order_id, vec![row]).await?;
    Ok(found.into_iter().next())
}

/// Returns the returns of an order, oldest first.
pub(crate) async fn of_order(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<Vec<Return>, StoreError> {
    let rows: Vec<ReturnRow> = db
        .query(select!("WHERE order_id = $1 ORDER BY id LIMIT 10000"))
        .bind(order)
        .fetch_all()
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    complete(db, order, rows).await
}

/// Returns the returns of several orders, oldest first within each.
pub(crate) async fn of_orders(
    db: &mut dyn Queryable,
    orders: &[OrderId],
) -> Result<Vec<Return>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => select!(
            "WHERE order_id IN (SELECT unhex(value) FROM json_each($1))
              ORDER BY order_id, id LIMIT 20000"
        ),
        Engine::Postgres => select!(
            "WHERE order_id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid))
              ORDER BY order_id, id LIMIT 20000"
        ),
    };
    let rows: Vec<ReturnRow> = db.query(sql).bind(id_list(orders)).fetch_all().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let lines = return_lines::of_orders(db, orders).await?;
    rows.into_iter()
        .map(|row| row.into_return(&lines))
        .collect()
}

async fn complete(
    db: &mut dyn Queryable,
    order: OrderId,
    rows: Vec<ReturnRow>,
) -> Result<Vec<Return>, StoreError> {
    let lines = return_lines::of_order(db, order).await?;
    rows.into_iter()
        .map(|row| row.into_return(&lines))
        .collect()
}

impl ReturnRow {
    fn into_return(self, lines: &[return_lines::LineRow]) -> Result<Return, StoreError> {
        let currency = currency("returns.currency", &self.currency)?;
        let lines = lines
            .iter()
            .filter(|line| line.return_id == self.id)
            .map(|line| line.to_line(currency))
            .collect::<Result<_, _>>()?;
        Ok(Return {
            id: self.id,
            order_id: self.order_id,
            version: self.version,
            status: name("returns.status", &self.status, ReturnStatus::parse)?,
            requested_by: if self.by_buyer {
                ReturnRequester::Buyer
            } else {
                ReturnRequester::Shop
            },
            note: self.note,
            decision_note: self.decision_note,
            lines,
            refund: money("returns.refund_amount", self.refund_amount, currency)?,
            delivery: money("returns.delivery_refund", self.delivery_refund, currency)?,
            refund_id: self.refund_id,
            refund_status: name(
                "returns.refund_status",
                &self.refund_status,
                RefundState::parse,
            )?,
            refund_failure: self.refund_failure,
            restock_status: name(
                "returns.restock_status",
                &self.restock_status,
                RestockState::parse,
            )?,
            received_by: self.received_by,
            created_at: self.created_at,
            approved_at: self.approved_at,
            received_at: self.received_at,
            closed_at: self.closed_at,
        })
    }
}
