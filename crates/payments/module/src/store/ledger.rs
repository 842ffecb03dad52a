//! The ledger: transfers in, entries out. Balances are kept by the database.

use payments_contract::{LedgerEntryId, OrderRef, PaymentId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

use super::money;
use crate::domain::ledger::{EntryKind, Transfer};
use crate::domain::payment::Payment;

/// An entry: one fact and the amounts it moved.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Place in the ledger; the key of its pages.
    pub(crate) position: i64,
    pub(crate) id: LedgerEntryId,
    pub(crate) kind: EntryKind,
    pub(crate) payment_id: PaymentId,
    pub(crate) order_id: OrderRef,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) posted_at: Timestamp,
}

/// Entries in pages: a page is cut by the first lines, then all lines of its entries are read.
macro_rules! page {
    ($first_lines:literal) => {
        concat!(
            "SELECT page.position, t.entry_id, t.kind, t.payment_id, t.order_id, t.debit_account, t.credit_account,
                    t.amount, t.currency, t.posted_at
               FROM (SELECT position, entry_id FROM ledger_transfers WHERE line_no = 1 AND ",
            $first_lines,
            ") page
               JOIN ledger_transfers t ON t.entry_id = page.entry_id
              ORDER BY page.position DESC, t.line_no"
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    entry_id: LedgerEntryId,
    #[sqlx(try_from = "String")]
    kind: EntryKind,
    payment_id: PaymentId,
    order_id: OrderRef,
    debit_account: String,
    credit_account: String,
    amount: i64,
    currency: String,
    posted_at: Timestamp,
}

/// Posts a fact: `source` is the attempt, capture or refund it is about, and can be posted once.
pub(crate) async fn post(
    tx: &mut Tx<'_>,
    payment: &Payment,
    kind: EntryKind,
    source: Uuid,
    transfers: &[Transfer],
) -> Result<LedgerEntryId, StoreError> {
    let now = tx.now();
    let entry: LedgerEntryId = tx.env().new_id();
    // Spreads parallel payments over sixteen balance rows an account; the last byte of a UUIDv7 is random.
    let shard = i64::from(payment.id.uuid().as_bytes()[15] & 0x0F);
    for (line, transfer) in (1_i64..).zip(transfers) {
        tx.query(
            "INSERT INTO ledger_transfers (entry_id, line_no, kind, source_id, payment_id, order_id, debit_account,
                                           credit_account, amount, currency, shard, posted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(entry)
        .bind(line)
        .bind(kind.as_str())
        .bind(source)
        .bind(payment.id)
        .bind(payment.order_id)
        .bind(transfer.debit.clone())
        .bind(transfer.credit.clone())
        .bind(transfer.amount.minor())
        .bind(transfer.amount.currency().code().to_owned())
        .bind(shard)
        .bind(now)
        .execute()
        .await?;
    }
    Ok(entry)
}

/// Lists entries, newest first, from before `before`; `limit + 1` of them.
pub(crate) async fn list_before(
    db: &mut dyn Queryable,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = db
        .query(page!("position < $1 ORDER BY position DESC LIMIT $2"))
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    entries(rows)
}

/// Lists the entries of one payment, newest first, from before `before`; `limit + 1` of them.
pub(crate) async fn list_of_payment_before(
    db: &mut dyn Queryable,
    payment: PaymentId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = db
        .query(page!(
            "payment_id = $1 AND position < $2 ORDER BY position DESC LIMIT $3"
        ))
        .bind(payment)
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    entries(rows)
}

/// The balance of an account, debits less credits, said twice.
#[derive(sqlx::FromRow)]
pub(crate) struct ComparedBalance {
    pub(crate) account: String,
    pub(crate) currency: String,
    /// As the database keeps it.
    pub(crate) kept: i64,
    /// Added up from every transfer.
    pub(crate) folded: i64,
}

/// Returns each account's balance as it is kept and as it adds up, both at the same moment.
pub(crate) async fn compared_balances(
    db: &mut dyn Queryable,
) -> Result<Vec<ComparedBalance>, StoreError> {
    db.query(
        "SELECT account, currency, CAST(SUM(kept) AS bigint) AS kept, CAST(SUM(folded) AS bigint) AS folded
           FROM (SELECT account, currency, debits - credits AS kept, 0 AS folded FROM ledger_balances
                 UNION ALL
                 SELECT debit_account, currency, 0, amount FROM ledger_transfers
                 UNION ALL
                 SELECT credit_account, currency, 0, -amount FROM ledger_transfers) sides
          GROUP BY account, currency
          ORDER BY account, currency LIMIT 10000",
    )
    .fetch_all()
    .await
}

/// Puts the lines of each entry together.
fn entries(rows: Vec<Row>) -> Result<Vec<Entry>, StoreError> {
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows {
        let amount = money(row.amount, &row.currency, "ledger_transfers")?;
        let transfer = Transfer {
            debit: row.debit_account,
            credit: row.credit_account,
            amount,
        };
        match entries.last_mut() {
            Some(entry) if entry.id == row.entry_id => entry.transfers.push(transfer),
            _ => entries.push(Entry {
                position: row.position,
                id: row.entry_id,
                kind: row.kind,
                payment_id: row.payment_id,
                order_id: row.order_id,
                transfers: vec![transfer],
                posted_at: row.posted_at,
            }),
        }
    }
    Ok(entries)
}
