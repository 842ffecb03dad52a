//! `return_lines`, and the count of pieces in returns that `order_lines` keeps.

use std::collections::BTreeMap;

use orders_contract::{LineId, OrderId, ReturnCondition, ReturnId, VariantRef};
use tenon_kernel::Currency;
use tenon_store::{Engine, Queryable, StoreError, Tx};

use super::{enum_name, id_list, money};
use crate::domain::returns::{Arrival, Return, ReturnLine};

#[derive(sqlx::FromRow)]
pub(super) struct LineRow {
    pub(super) return_id: ReturnId,
    line_id: LineId,
    variant_id: VariantRef,
    quantity: i64,
    reason: String,
    received: Option<i64>,
    restock: Option<bool>,
    condition: Option<String>,
    amount: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct ReturnedRow {
    id: LineId,
    returned: i64,
}

/// Inserts the lines of a new return.
pub(super) async fn insert(tx: &mut Tx<'_>, it: &Return) -> Result<(), StoreError> {
    for (index, line) in it.lines.iter().enumerate() {
        tx.query(
            "INSERT INTO return_lines (return_id, line_id, order_id, position, variant_id, quantity, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(it.id)
        .bind(line.line_id)
        .bind(it.order_id)
        .bind(i64::try_from(index + 1).unwrap_or(i64::MAX))
        .bind(line.variant_id)
        .bind(line.quantity)
        .bind(line.reason.as_str())
        .execute()
        .await?;
    }
    Ok(())
}

/// Writes how the lines of a return arrived, once.
pub(crate) async fn save_arrival(tx: &mut Tx<'_>, it: &Return) -> Result<(), StoreError> {
    for line in &it.lines {
        let Some(arrival) = &line.arrival else {
            continue;
        };
        let saved = tx
            .query(
                "UPDATE return_lines SET received = $3, restock = $4, condition = $5, amount = $6
                  WHERE return_id = $1 AND line_id = $2 AND received IS NULL",
            )
            .bind(it.id)
            .bind(line.line_id)
            .bind(arrival.received)
            .bind(arrival.restock)
            .bind(arrival.condition.map(ReturnCondition::as_str))
            .bind(arrival.amount.minor())
            .execute()
            .await?;
        if saved != 1 {
            return Err(StoreError::Inconsistent {
                what: format!("return_lines: {} of {} arrived before", line.line_id, it.id),
            });
        }
    }
    Ok(())
}

/// Returns the lines of all returns of an order.
pub(super) async fn of_order(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<Vec<LineRow>, StoreError> {
    db.query(
        "SELECT return_id, line_id, variant_id, quantity, reason, received, restock, condition, amount
           FROM return_lines
          WHERE order_id = $1
          ORDER BY return_id, position LIMIT 100000",
    )
    .bind(order)
    .fetch_all()
    .await
}

/// Returns the lines of all returns of several orders.
pub(super) async fn of_orders(
    db: &mut dyn Queryable,
    orders: &[OrderId],
) -> Result<Vec<LineRow>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT return_id, line_id, variant_id, quantity, reason, received, restock, condition, amount
               FROM return_lines
              WHERE order_id IN (SELECT unhex(value) FROM json_each($1))
              ORDER BY return_id, position LIMIT 100000"
        }
        Engine::Postgres => {
            "SELECT return_id, line_id, variant_id, quantity, reason, received, restock, condition, amount
               FROM return_lines
              WHERE order_id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid))
              ORDER BY return_id, position LIMIT 100000"
        }
    };
    db.query(sql).bind(id_list(orders)).fetch_all().await
}

/// Returns how many pieces of each line of an order are in returns.
pub(crate) async fn returned(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<BTreeMap<LineId, i64>, StoreError> {
    let rows: Vec<ReturnedRow> = db
        .query("SELECT id, returned FROM order_lines WHERE order_id = $1 ORDER BY id LIMIT 1000")
        .bind(order)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.returned)).collect())
}

/// Counts pieces of a line into a return, or out of one again with a negative number; `false` if so many have not left, or
/// are in other returns.
pub(crate) async fn count(
    tx: &mut Tx<'_>,
    order: OrderId,
    line: LineId,
    pieces: i64,
) -> Result<bool, StoreError> {
    let counted = tx
        .query(
            "UPDATE order_lines SET returned = returned + $3
              WHERE order_id = $1 AND id = $2 AND returned + $3 BETWEEN 0 AND shipped",
        )
        .bind(order)
        .bind(line)
        .bind(pieces)
        .execute()
        .await?;
    Ok(counted == 1)
}

impl LineRow {
    pub(super) fn to_line(&self, currency: Currency) -> Result<ReturnLine, StoreError> {
        let arrival = match (self.received, self.restock, self.amount) {
            (Some(received), Some(restock), Some(amount)) => Some(Arrival {
                received,
                restock,
                condition: self
                    .condition
                    .as_deref()
                    .map(|condition| enum_name("return_lines.condition", condition))
                    .transpose()?,
                amount: money("return_lines.amount", amount, currency)?,
            }),
            _ => None,
        };
        Ok(ReturnLine {
            line_id: self.line_id,
            variant_id: self.variant_id,
            quantity: self.quantity,
            reason: enum_name("return_lines.reason", &self.reason)?,
            arrival,
        })
    }
}
