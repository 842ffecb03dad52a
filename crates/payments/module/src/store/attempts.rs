//! Attempts.

use payments_contract::{AttemptId, PaymentId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{counter, expect_one, from_word, inconsistent, word};
use crate::domain::attempt::{Attempt, AttemptState};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, payment_id, attempt_no, payment_method, state, provider_ref, revision, posted,
                    next_action_url, decline_class, decline_code, polls, next_poll_at, created_at
               FROM attempts ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AttemptId,
    payment_id: PaymentId,
    attempt_no: i64,
    payment_method: Option<String>,
    #[sqlx(try_from = "String")]
    state: AttemptState,
    provider_ref: Option<String>,
    revision: i64,
    posted: bool,
    next_action_url: Option<String>,
    decline_class: Option<String>,
    decline_code: Option<String>,
    polls: i64,
    next_poll_at: Option<Timestamp>,
    created_at: Timestamp,
}

/// Inserts a new attempt.
pub(crate) async fn insert(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO attempts (id, payment_id, attempt_no, payment_method, state, revision, posted, polls,
                               next_poll_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, 0, $7, $8, $8)",
    )
    .bind(attempt.id)
    .bind(attempt.payment_id)
    .bind(i64::from(attempt.number))
    .bind(attempt.payment_method.clone())
    .bind(attempt.state.as_str())
    .bind(attempt.posted)
    .bind(attempt.next_poll_at)
    .bind(attempt.created_at)
    .execute()
    .await?;
    Ok(())
}

/// Finds an attempt. Its payment is locked first where it is to be changed.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: AttemptId,
) -> Result<Option<Attempt>, StoreError> {
    db.query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::into_attempt)
        .transpose()
}

/// Returns an attempt that must exist.
pub(crate) async fn get(db: &mut dyn Queryable, id: AttemptId) -> Result<Attempt, StoreError> {
    find(db, id)
        .await?
        .ok_or_else(|| inconsistent(format!("attempts: {id} is gone")))
}

/// Returns the attempts of a payment, first one first.
pub(crate) async fn of_payment(
    db: &mut dyn Queryable,
    payment: PaymentId,
) -> Result<Vec<Attempt>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE payment_id = $1 ORDER BY attempt_no LIMIT 1000"
        ))
        .bind(payment)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Row::into_attempt).collect()
}

/// Saves what changed.
pub(crate) async fn save(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE attempts
                SET state = $2, provider_ref = $3, revision = $4, posted = $5, next_action_url = $6,
                    decline_class = $7, decline_code = $8, polls = $9, next_poll_at = $10, updated_at = $11
              WHERE id = $1",
        )
        .bind(attempt.id)
        .bind(attempt.state.as_str())
        .bind(attempt.provider_ref.clone())
        .bind(attempt.revision)
        .bind(attempt.posted)
        .bind(attempt.next_action_url.clone())
        .bind(attempt.decline_class.as_ref().map(word))
        .bind(attempt.decline_code.clone())
        .bind(i64::from(attempt.polls))
        .bind(attempt.next_poll_at)
        .bind(now)
        .execute()
        .await?;
    expect_one(changed, "attempts")
}

impl Row {
    fn into_attempt(self) -> Result<Attempt, StoreError> {
        Ok(Attempt {
            id: self.id,
            payment_id: self.payment_id,
            number: counter(self.attempt_no, "attempts.attempt_no")?,
            payment_method: self.payment_method,
            state: self.state,
            provider_ref: self.provider_ref,
            revision: self.revision,
            posted: self.posted,
            next_action_url: self.next_action_url,
            decline_class: self
                .decline_class
                .map(|class| from_word(&class, "attempts.decline_class"))
                .transpose()?,
            decline_code: self.decline_code,
            polls: counter(self.polls, "attempts.polls")?,
            next_poll_at: self.next_poll_at,
            created_at: self.created_at,
        })
    }
}
