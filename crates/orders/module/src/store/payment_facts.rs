//! `order_payment_facts`.

use orders_contract::OrderId;
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{currency, money};
use crate::domain::timeline::Moment;

#[derive(sqlx::FromRow)]
struct FactRow {
    at: Timestamp,
    kind: String,
    amount: Option<i64>,
    currency: Option<String>,
    reason: Option<String>,
}

/// Keeps what an event told about the money of an order; a repeat changes nothing.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    event: EventId,
    order: OrderId,
    moment: &Moment,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO order_payment_facts (event_id, order_id, at, kind, amount, currency, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (event_id) DO NOTHING",
    )
    .bind(event)
    .bind(order)
    .bind(moment.at)
    .bind(moment.kind.clone())
    .bind(moment.amount.map(tenon_kernel::Money::minor))
    .bind(
        moment
            .amount
            .map(|amount| amount.currency().code().to_owned()),
    )
    .bind(moment.reason.clone())
    .execute()
    .await?;
    Ok(())
}

/// Returns what payments told about an order, oldest first.
pub(crate) async fn of_order(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<Vec<Moment>, StoreError> {
    let rows: Vec<FactRow> = db
        .query(
            "SELECT at, kind, amount, currency, reason FROM order_payment_facts
              WHERE order_id = $1 ORDER BY at LIMIT 1000",
        )
        .bind(order)
        .fetch_all()
        .await?;
    rows.into_iter().map(FactRow::into_moment).collect()
}

impl FactRow {
    fn into_moment(self) -> Result<Moment, StoreError> {
        let amount = match (self.amount, self.currency) {
            (Some(minor), Some(code)) => {
                let currency = currency("order_payment_facts.currency", &code)?;
                Some(money("order_payment_facts.amount", minor, currency)?)
            }
            _ => None,
        };
        Ok(Moment {
            at: self.at,
            kind: self.kind,
            amount,
            reason: self.reason,
            fulfillment_id: None,
            return_id: None,
        })
    }
}
