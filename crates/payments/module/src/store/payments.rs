//! Payments, and the ids of payments that must never be opened.

use payments_contract::{AttemptId, OrderRef, PaymentId, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use super::{counter, expect_one, from_word, inconsistent, money, word};
use crate::domain::attempt::AttemptState;
use crate::domain::payment::{Current, Payment, VoidIntent};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, customer_id, provider, amount, currency, capture_mode, return_url, attempts,
                    current_state, next_action_url, decline_class, unknown_since, winner_id, authorized, captured,
                    refunded, failed, void_requested_at, void_reason, voided_at, version, created_at, updated_at
               FROM payments ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PaymentId,
    order_id: OrderRef,
    customer_id: Option<UserRef>,
    provider: String,
    amount: i64,
    currency: String,
    capture_mode: String,
    return_url: Option<String>,
    attempts: i64,
    #[sqlx(try_from = "String")]
    current_state: AttemptState,
    next_action_url: Option<String>,
    decline_class: Option<String>,
    unknown_since: Option<Timestamp>,
    winner_id: Option<AttemptId>,
    authorized: i64,
    captured: i64,
    refunded: i64,
    failed: bool,
    void_requested_at: Option<Timestamp>,
    void_reason: Option<String>,
    voided_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Claims a payment id for opening; `false` if it was opened or voided before.
///
/// Waits for a concurrent claim of the same id to commit.
pub(crate) async fn claim_id(tx: &mut Tx<'_>, id: PaymentId) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO payment_ids (payment_id, created_at)
             VALUES ($1, $2)
             ON CONFLICT (payment_id) DO NOTHING",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Makes sure that a payment that was never opened never will be; `false` if the id is taken.
pub(crate) async fn bury_id(
    tx: &mut Tx<'_>,
    id: PaymentId,
    reason: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO payment_ids (payment_id, void_reason, created_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (payment_id) DO NOTHING",
        )
        .bind(id)
        .bind(reason.to_owned())
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Inserts a payment whose id was claimed in the same transaction.
pub(crate) async fn insert(tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO payments (id, order_id, customer_id, provider, amount, currency, capture_mode, return_url,
                               status, attempts, current_state, authorized, captured, refunded, failed, version,
                               created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, $12, 1, $13, $13)",
    )
    .bind(payment.id)
    .bind(payment.order_id)
    .bind(payment.customer_id)
    .bind(payment.provider.clone())
    .bind(payment.amount.minor())
    .bind(payment.amount.currency().code().to_owned())
    .bind(word(&payment.capture_mode))
    .bind(payment.return_url.clone())
    .bind(word(&payment.status()))
    .bind(i64::from(payment.attempts))
    .bind(payment.current.state.as_str())
    .bind(payment.failed)
    .bind(payment.created_at)
    .execute()
    .await?;
    Ok(())
}

/// Locks a payment for the rest of the transaction: everything about one payment happens in turn.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: PaymentId) -> Result<Option<Payment>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("WHERE id = $1"),
        Engine::Postgres => select!("WHERE id = $1 FOR UPDATE"),
    };
    tx.query(sql)
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::into_payment)
        .transpose()
}

/// Locks a payment that must exist.
pub(crate) async fn get_locked(tx: &mut Tx<'_>, id: PaymentId) -> Result<Payment, StoreError> {
    lock(tx, id)
        .await?
        .ok_or_else(|| inconsistent(format!("payments: {id} is gone")))
}

/// Finds a payment.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: PaymentId,
) -> Result<Option<Payment>, StoreError> {
    db.query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::into_payment)
        .transpose()
}

/// Finds those of the given payments that exist.
pub(crate) async fn find_many(
    db: &mut dyn Queryable,
    ids: &[PaymentId],
) -> Result<Vec<Payment>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => select!("WHERE id IN (SELECT unhex(value) FROM json_each($1))"),
        Engine::Postgres => {
            select!("WHERE id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))")
        }
    };
    let ids: Vec<String> = ids
        .iter()
        .map(|id| id.uuid().simple().to_string())
        .collect();
    let rows = db.query(sql).bind(Json(ids)).fetch_all::<Row>().await?;
    rows.into_iter().map(Row::into_payment).collect()
}

/// Lists payments in the order of their ids, which is that of time; `limit + 1` of them.
pub(crate) async fn list_after(
    db: &mut dyn Queryable,
    after: Option<PaymentId>,
    limit: u32,
) -> Result<Vec<Payment>, StoreError> {
    let after = after.unwrap_or(PaymentId::from_uuid(uuid::Uuid::nil()));
    let rows = db
        .query(select!("WHERE id > $1 ORDER BY id LIMIT $2"))
        .bind(after)
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Row::into_payment).collect()
}

/// Saves what changed and counts the version up.
pub(crate) async fn save(tx: &mut Tx<'_>, payment: &mut Payment) -> Result<(), StoreError> {
    payment.updated_at = tx.now();
    let changed = tx
        .query(
            "UPDATE payments
                SET status = $3, attempts = $4, current_state = $5, next_action_url = $6, decline_class = $7,
                    unknown_since = $8, winner_id = $9, authorized = $10, captured = $11, refunded = $12,
                    failed = $13, void_requested_at = $14, void_reason = $15, voided_at = $16, updated_at = $17,
                    version = version + 1
              WHERE id = $1 AND version = $2",
        )
        .bind(payment.id)
        .bind(payment.version)
        .bind(word(&payment.status()))
        .bind(i64::from(payment.attempts))
        .bind(payment.current.state.as_str())
        .bind(payment.current.next_action_url.clone())
        .bind(payment.current.decline_class.as_ref().map(word))
        .bind(payment.current.unknown_since)
        .bind(payment.winner)
        .bind(payment.authorized.minor())
        .bind(payment.captured.minor())
        .bind(payment.refunded.minor())
        .bind(payment.failed)
        .bind(payment.void.as_ref().map(|void| void.at))
        .bind(payment.void.as_ref().map(|void| void.reason.clone()))
        .bind(payment.voided_at)
        .bind(payment.updated_at)
        .execute()
        .await?;
    expect_one(changed, "payments.version")?;
    payment.version += 1;
    Ok(())
}

impl Row {
    fn into_payment(self) -> Result<Payment, StoreError> {
        let of = |minor| money(minor, &self.currency, "payments");
        Ok(Payment {
            amount: of(self.amount)?,
            authorized: of(self.authorized)?,
            captured: of(self.captured)?,
            refunded: of(self.refunded)?,
            id: self.id,
            order_id: self.order_id,
            customer_id: self.customer_id,
            provider: self.provider,
            capture_mode: from_word(&self.capture_mode, "payments.capture_mode")?,
            return_url: self.return_url,
            attempts: counter(self.attempts, "payments.attempts")?,
            current: Current {
                state: self.current_state,
                next_action_url: self.next_action_url,
                decline_class: self
                    .decline_class
                    .map(|class| from_word(&class, "payments.decline_class"))
                    .transpose()?,
                unknown_since: self.unknown_since,
            },
            winner: self.winner_id,
            failed: self.failed,
            void: self.void_requested_at.map(|at| VoidIntent {
                at,
                reason: self.void_reason.unwrap_or_default(),
            }),
            voided_at: self.voided_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
