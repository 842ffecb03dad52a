//! Voids: at most one for each attempt.

use payments_contract::{AttemptId, PaymentId};
use tenon_store::{Queryable, StoreError, Tx};

use super::inconsistent;
use super::progress::{self, ProgressColumns};
use crate::domain::operation::Void;

#[derive(sqlx::FromRow)]
struct Row {
    attempt_id: AttemptId,
    payment_id: PaymentId,
    reason: String,
    #[sqlx(flatten)]
    progress: ProgressColumns,
}

/// Inserts a new void; `false` if the attempt has one.
pub(crate) async fn insert(tx: &mut Tx<'_>, void: &Void) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO voids (attempt_id, payment_id, reason, status, tries, next_try_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 0, $5, $6, $6)
             ON CONFLICT (attempt_id) DO NOTHING",
        )
        .bind(void.attempt_id)
        .bind(void.payment_id)
        .bind(void.reason.clone())
        .bind(void.progress.status.as_str())
        .bind(void.progress.next_try_at)
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Makes a void that has succeeded one that is to be sent again, for another reason: the attempt has come back to
/// life. `false` if that is not so.
pub(crate) async fn renew(tx: &mut Tx<'_>, void: &Void) -> Result<bool, StoreError> {
    let now = tx.now();
    let renewed = tx
        .query(
            "UPDATE voids
                SET reason = $2, status = $3, failure = NULL, tries = 0, next_try_at = $4, updated_at = $5
              WHERE attempt_id = $1 AND status = 'succeeded' AND reason <> $2",
        )
        .bind(void.attempt_id)
        .bind(void.reason.clone())
        .bind(void.progress.status.as_str())
        .bind(void.progress.next_try_at)
        .bind(now)
        .execute()
        .await?;
    Ok(renewed == 1)
}

/// Finds the void of an attempt. Its payment is locked first where it is to be changed.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    attempt: AttemptId,
) -> Result<Option<Void>, StoreError> {
    db.query(
        "SELECT attempt_id, payment_id, reason, status, failure, tries, next_try_at
           FROM voids
          WHERE attempt_id = $1",
    )
    .bind(attempt)
    .fetch_optional::<Row>()
    .await?
    .map(Row::into_void)
    .transpose()
}

/// Returns a void that must exist.
pub(crate) async fn get(db: &mut dyn Queryable, attempt: AttemptId) -> Result<Void, StoreError> {
    find(db, attempt)
        .await?
        .ok_or_else(|| inconsistent(format!("voids: {attempt} is gone")))
}

/// Saves what changed.
pub(crate) async fn save(tx: &mut Tx<'_>, void: &Void) -> Result<(), StoreError> {
    let update = "UPDATE voids
                     SET status = $2, failure = $3, tries = $4, next_try_at = $5, updated_at = $6
                   WHERE attempt_id = $1";
    progress::save(tx, update, void.attempt_id, &void.progress, "voids").await
}

impl Row {
    fn into_void(self) -> Result<Void, StoreError> {
        Ok(Void {
            attempt_id: self.attempt_id,
            payment_id: self.payment_id,
            reason: self.reason,
            progress: self.progress.into_progress("voids")?,
        })
    }
}
