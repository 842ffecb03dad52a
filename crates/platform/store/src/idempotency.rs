//! Idempotency records: stored in the effect's own transaction (`idempotency_keys`).
//!
//! The scope comes from `CallCtx::idempotency`; without one every claim is [`Claim::Fresh`] and nothing is stored.

mod fate;
mod forget;
mod in_flight;
mod sql;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tenon_kernel::IdempotencyScope;

pub use self::fate::{KeyFate, KeyRecord};
pub(crate) use self::in_flight::{InFlight, KeysInFlight};
use crate::{Engine, Queryable, StoreError, Tx};

/// How long an outcome can be had again: longer than any client retries.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// Largest outcome, in bytes of JSON.
const LARGEST_OUTCOME: usize = 64 * 1024;

/// What became of an attempt to use a key.
#[derive(Debug)]
pub enum Claim<T, E> {
    /// The first time: do it, then [`Tx::commit_outcome`].
    Fresh,
    /// It was done: this is the stored outcome. `CallCtx::mark_replayed` has been called.
    Replay(Result<T, E>),
}

/// A stored record.
#[derive(sqlx::FromRow)]
struct Record {
    fingerprint: Vec<u8>,
    state: String,
    outcome: Option<String>,
}

impl Tx<'_> {
    /// Claims the key of the context for `operation`, inside this transaction.
    ///
    /// A concurrent duplicate waits for the first to commit, then sees its outcome. Records are honoured until
    /// they are purged, 30 days later.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyReused`] if the fingerprint differs, [`StoreError::KeyInFlight`] if a long-running
    /// request holds it, or the first is not done within a second.
    pub async fn claim_key<T, E>(
        &mut self,
        operation: &'static str,
    ) -> Result<Claim<T, E>, StoreError>
    where
        T: DeserializeOwned,
        E: DeserializeOwned,
    {
        let Some(scope) = self.ctx().idempotency.clone() else {
            return Ok(Claim::Fresh);
        };
        let now = self.now();
        let text = match self.engine() {
            Engine::Sqlite => sql::CLAIM_SQLITE,
            Engine::Postgres => sql::CLAIM_POSTGRES,
        };
        let claimed = self
            .query(text)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .bind(scope.fingerprint.as_slice())
            .bind(now)
            .bind(now + KEPT)
            .execute()
            .await
            .map_err(|error| {
                if error.is_lock_timeout() {
                    StoreError::KeyInFlight
                } else {
                    error
                }
            })?;
        if claimed == 1 {
            self.claimed = Some(operation);
            self.note_claim(&scope);
            return Ok(Claim::Fresh);
        }
        let record: Option<Record> = self
            .query(sql::FIND)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .fetch_optional()
            .await?;
        let Some(record) = record else {
            // It was purged between the two statements.
            return Err(StoreError::Contention(sqlx::Error::RowNotFound));
        };
        if record.fingerprint != scope.fingerprint {
            return Err(StoreError::KeyReused);
        }
        match record.outcome {
            Some(outcome) if record.state == "done" => {
                self.ctx().mark_replayed();
                Ok(Claim::Replay(decode(&outcome, operation)?))
            }
            _ => Err(StoreError::KeyInFlight),
        }
    }

    /// Stores the outcome under the claimed key and commits both together.
    pub async fn commit_outcome<T, E>(
        mut self,
        operation: &'static str,
        outcome: &Result<T, E>,
        resource: Option<String>,
    ) -> Result<(), StoreError>
    where
        T: Serialize,
        E: Serialize,
    {
        if tenon_chaos::is_planted("store.key-outside-the-unit") {
            return self.commit_before_outcome(operation, outcome).await;
        }
        if self.claimed == Some(operation) {
            let scope = self.scope()?;
            let changed = self
                .query(sql::COMPLETE)
                .bind(&scope.subject)
                .bind(operation)
                .bind(&scope.key)
                .bind(encode(outcome, operation)?)
                .bind(resource)
                .execute()
                .await?;
            self.expect_one(changed, operation)?;
            self.claimed = None;
        }
        self.commit().await
    }

    /// A planted bug: the effect is committed first, and its outcome in a unit of its own.
    async fn commit_before_outcome<T, E>(
        mut self,
        operation: &'static str,
        outcome: &Result<T, E>,
    ) -> Result<(), StoreError>
    where
        T: Serialize,
        E: Serialize,
    {
        if self.claimed != Some(operation) {
            return self.commit().await;
        }
        let (scope, outcome) = (self.scope()?, encode(outcome, operation)?);
        self.query(
            "DELETE FROM idempotency_keys WHERE subject = $1 AND operation = $2 AND key = $3",
        )
        .bind(&scope.subject)
        .bind(operation)
        .bind(&scope.key)
        .execute()
        .await?;
        self.claimed = None;
        let (db, mut ctx) = (self.db().clone(), self.ctx().child());
        self.commit().await?;
        let mut late = db.begin(&mut ctx, "idempotency.late").await?;
        let now = late.now();
        late.query(sql::REFUSE)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .bind(scope.fingerprint.as_slice())
            .bind(outcome)
            .bind(now)
            .bind(now + KEPT)
            .execute()
            .await?;
        late.commit().await
    }

    /// Rolls the unit back, but keeps the refusal under the key, so that a repeat gets the same answer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Contention`] if a copy of the request took the key at that moment: run again, its outcome
    /// is the answer to both.
    pub async fn refuse<T, E>(
        mut self,
        operation: &'static str,
        refusal: E,
    ) -> Result<E, StoreError>
    where
        E: Serialize,
    {
        if self.claimed != Some(operation) {
            self.rollback().await?;
            return Ok(refusal);
        }
        let outcome = encode::<(), &E>(&Err(&refusal), operation)?;
        let scope = self.scope()?;
        self.restart().await?;
        let now = self.now();
        let stored = self
            .query(sql::REFUSE)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .bind(scope.fingerprint.as_slice())
            .bind(outcome)
            .bind(now)
            .bind(now + KEPT)
            .execute()
            .await?;
        if stored == 0 {
            self.rollback().await?;
            return Err(StoreError::Contention(sqlx::Error::RowNotFound));
        }
        self.commit().await?;
        Ok(refusal)
    }

    /// For use cases that go on after this transaction: keeps the key as running for `resource` and goes on with this transaction.
    pub async fn hold_key(
        &mut self,
        operation: &'static str,
        resource: &str,
    ) -> Result<(), StoreError> {
        if self.claimed != Some(operation) {
            return Ok(());
        }
        let scope = self.scope()?;
        let changed = self
            .query(sql::HOLD)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .bind(resource)
            .execute()
            .await?;
        self.expect_one(changed, operation)?;
        self.claimed = None;
        Ok(())
    }

    /// Completes a held key inside this transaction. A key that is done already stays as it is.
    pub async fn complete_key<T, E>(
        &mut self,
        operation: &'static str,
        outcome: &Result<T, E>,
    ) -> Result<(), StoreError>
    where
        T: Serialize,
        E: Serialize,
    {
        let Some(scope) = self.ctx().idempotency.clone() else {
            return Ok(());
        };
        self.query(sql::COMPLETE)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .bind(encode(outcome, operation)?)
            .bind(None::<&str>)
            .execute()
            .await?;
        if self.claimed == Some(operation) {
            self.claimed = None;
        }
        Ok(())
    }

    /// Completes the key that is held for `resource`, whoever's it is: for jobs and event handlers, which
    /// finish what a request began. Without such a key nothing happens.
    pub async fn complete_key_of<T, E>(
        &mut self,
        operation: &'static str,
        resource: &str,
        outcome: &Result<T, E>,
    ) -> Result<(), StoreError>
    where
        T: Serialize,
        E: Serialize,
    {
        self.query(sql::COMPLETE_BY_RESOURCE)
            .bind(operation)
            .bind(resource)
            .bind(encode(outcome, operation)?)
            .execute()
            .await?;
        Ok(())
    }

    fn scope(&self) -> Result<IdempotencyScope, StoreError> {
        let scope = self.ctx().idempotency.clone();
        scope.ok_or_else(|| {
            StoreError::inconsistent(format!("{}: the key left the context", self.name()))
        })
    }

    fn expect_one(&self, changed: u64, operation: &str) -> Result<(), StoreError> {
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::inconsistent(format!(
            "{}: the claimed key of {operation} is gone",
            self.name()
        )))
    }
}

fn encode<T: Serialize, E: Serialize>(
    outcome: &Result<T, E>,
    operation: &str,
) -> Result<String, StoreError> {
    let text = serde_json::to_string(outcome).map_err(|error| {
        StoreError::inconsistent(format!("the outcome of {operation}: {error}"))
    })?;
    if text.len() > LARGEST_OUTCOME {
        let what = format!(
            "the outcome of {operation}: {} bytes are more than can be kept",
            text.len()
        );
        return Err(StoreError::inconsistent(what));
    }
    Ok(text)
}

fn decode<T: DeserializeOwned, E: DeserializeOwned>(
    text: &str,
    operation: &str,
) -> Result<Result<T, E>, StoreError> {
    serde_json::from_str(text).map_err(|error| {
        StoreError::inconsistent(format!("the stored outcome of {operation}: {error}"))
    })
}
