//! Captures.

use payments_contract::{AttemptId, CaptureId, PaymentId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::progress::{self, ProgressColumns};
use super::{counter, inconsistent, money};
use crate::domain::operation::Capture;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, payment_id, attempt_id, capture_no, amount, currency, status, failure, tries, next_try_at,
                    created_at
               FROM captures ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: CaptureId,
    payment_id: PaymentId,
    attempt_id: AttemptId,
    capture_no: i64,
    amount: i64,
    currency: String,
    #[sqlx(flatten)]
    progress: ProgressColumns,
    created_at: Timestamp,
}

/// Inserts a new capture.
pub(crate) async fn insert(tx: &mut Tx<'_>, capture: &Capture) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO captures (id, payment_id, attempt_id, capture_no, amount, currency, status, tries, next_try_at,
                               created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $9)",
    )
    .bind(capture.id)
    .bind(capture.payment_id)
    .bind(capture.attempt_id)
    .bind(i64::from(capture.number))
    .bind(capture.amount.minor())
    .bind(capture.amount.currency().code().to_owned())
    .bind(capture.progress.status.as_str())
    .bind(capture.progress.next_try_at)
    .bind(capture.created_at)
    .execute()
    .await?;
    Ok(())
}

/// Finds a capture. Its payment is locked first where it is to be changed.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: CaptureId,
) -> Result<Option<Capture>, StoreError> {
    db.query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::into_capture)
        .transpose()
}

/// Returns a capture that must exist.
pub(crate) async fn get(db: &mut dyn Queryable, id: CaptureId) -> Result<Capture, StoreError> {
    find(db, id)
        .await?
        .ok_or_else(|| inconsistent(format!("captures: {id} is gone")))
}

/// Returns the captures of a payment, first one first.
pub(crate) async fn of_payment(
    db: &mut dyn Queryable,
    payment: PaymentId,
) -> Result<Vec<Capture>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE payment_id = $1 ORDER BY capture_no LIMIT 1000"
        ))
        .bind(payment)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Row::into_capture).collect()
}

/// Saves what changed.
pub(crate) async fn save(tx: &mut Tx<'_>, capture: &Capture) -> Result<(), StoreError> {
    let update = "UPDATE captures
                     SET status = $2, failure = $3, tries = $4, next_try_at = $5, updated_at = $6
                   WHERE id = $1";
    progress::save(tx, update, capture.id, &capture.progress, "captures").await
}

impl Row {
    fn into_capture(self) -> Result<Capture, StoreError> {
        Ok(Capture {
            id: self.id,
            payment_id: self.payment_id,
            attempt_id: self.attempt_id,
            number: counter(self.capture_no, "captures.capture_no")?,
            amount: money(self.amount, &self.currency, "captures")?,
            progress: self.progress.into_progress("captures")?,
            created_at: self.created_at,
        })
    }
}
