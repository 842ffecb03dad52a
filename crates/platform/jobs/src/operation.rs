//! An operation: a command that takes long, as its caller sees it. It is begun together with the job that does it.
//!
//! The job tells how far it is in the transactions of its effects, each a compare-and-swap on the row's version: whoever
//! loses the swap gets [`StoreError::LeaseLost`] and stops, so that a job that runs twice has each effect once.
//!
//! **Architecture invariant:** an operation does not outlive its job unended. A job that is given up ends it as failed,
//! in the same transaction. Checked by the platform's invariant `platform.operations_end`.

mod upkeep;

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenon_kernel::{CallCtx, Id, IdKind, Principal, Timestamp, UserPrincipal};
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::{Enqueue as _, Job, JobId, JobOptions};

pub use self::upkeep::purge_operations;
pub(crate) use self::upkeep::{GIVEN_UP, end_with, reopen};

/// Kind of [`OperationId`].
#[derive(Debug)]
pub struct OperationIdKind;

impl IdKind for OperationIdKind {
    const PREFIX: &'static str = "op";
}

/// Names an operation.
pub type OperationId = Id<OperationIdKind>;

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// Nothing was done yet.
    Pending,
    /// Some of it was done.
    Running,
    /// All of it was done.
    Succeeded,
    /// It was refused or given up; what was done until then stays.
    Failed,
}

/// What is to be begun.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// The operation id of the command: `set_price_list_prices`.
    pub kind: &'static str,
    /// Where the thing is that it works on: `/v1/price-lists/prl_…`.
    pub location: String,
    /// How many steps it has.
    pub total: i64,
}

/// An operation's row in memory.
///
/// After a transaction that did not commit the row in memory is ahead of the stored one: load it again.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// The operation id of the command.
    pub kind: String,
    /// On whose behalf it runs, as events name actors: `user:…`.
    pub owner: String,
    /// Where the thing is that it works on.
    pub location: String,
    /// How far it is.
    pub state: OperationState,
    /// Steps that were done.
    pub done: i64,
    /// Steps in all.
    pub total: i64,
    /// What it did so far.
    pub result: Option<Value>,
    /// Why it was refused. A failed operation without has lost its job.
    pub problem: Option<Value>,
    /// Grows with each change.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Begins operations from a unit of work.
pub trait BeginOperation {
    /// Writes the operation and its job; the job runs when, and only when, the unit commits. The operation belongs to
    /// the principal of the unit's context.
    fn begin_operation<J: Job>(
        &mut self,
        new: NewOperation,
        job: impl FnOnce(OperationId) -> J + Send,
    ) -> impl Future<Output = Result<Operation, StoreError>> + Send;
}

impl BeginOperation for Tx<'_> {
    async fn begin_operation<J: Job>(
        &mut self,
        new: NewOperation,
        job: impl FnOnce(OperationId) -> J + Send,
    ) -> Result<Operation, StoreError> {
        let (id, now, owner) = (
            self.env().new_id(),
            self.now(),
            self.ctx().principal.to_string(),
        );
        let job = job(id);
        let enqueued = self.enqueue(&job, JobOptions::default()).await?;
        let job: JobId = enqueued.ok_or_else(|| {
            StoreError::inconsistent("jobs: one without a key gave way".to_owned())
        })?;
        self.query(
            "INSERT INTO operations (id, kind, owner, location, job_id, state, done, total, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, 1, $7, $7)",
        )
        .bind(id)
        .bind(new.kind)
        .bind(&owner)
        .bind(&new.location)
        .bind(job)
        .bind(new.total)
        .bind(now)
        .execute()
        .await?;
        Ok(Operation {
            id,
            kind: new.kind.to_owned(),
            owner,
            location: new.location,
            state: OperationState::Pending,
            done: 0,
            total: new.total,
            result: None,
            problem: None,
            version: 1,
            created_at: now,
            updated_at: now,
            ended_at: None,
        })
    }
}

impl Operation {
    /// Finds an operation of this store.
    pub async fn find(db: &mut dyn Queryable, id: OperationId) -> Result<Option<Self>, StoreError> {
        let row: Option<OperationRow> = db
            .query(
                "SELECT id, kind, owner, location, state, done, total, result, problem, version,
                        created_at, updated_at, ended_at
                   FROM operations WHERE id = $1",
            )
            .bind(id)
            .fetch_optional()
            .await?;
        row.map(Self::try_from).transpose()
    }

    /// Whether nothing more will come of it.
    pub fn is_over(&self) -> bool {
        self.ended_at.is_some()
    }

    /// Whether an operation that has not begun to work has to wait: another one is at work on the same thing, or was
    /// begun earlier. Asked in the transaction of its first step, once that holds what the steps of both hold.
    pub async fn has_to_wait(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        if self.state != OperationState::Pending {
            return Ok(false);
        }
        let other = tx
            .query(
                "SELECT id FROM operations
                  WHERE location = $1 AND ended_at IS NULL AND id <> $2 AND (state = 'running' OR id < $2)
                  LIMIT 1",
            )
            .bind(&self.location)
            .bind(self.id)
            .fetch_scalar::<OperationId>()
            .await?;
        Ok(other.is_some())
    }

    /// Has a job act on behalf of whoever began the operation, so that its events name them.
    pub fn act(&self, ctx: &mut CallCtx) {
        let user = self.owner.strip_prefix("user:");
        if let Some(user) = user.and_then(|user| user.parse().ok()) {
            ctx.principal = Principal::User(UserPrincipal {
                user,
                session: Uuid::nil(),
                roles: Vec::new(),
                is_enrolling: false,
            });
        }
    }

    /// What it did so far, as its job wrote it down.
    ///
    /// # Errors
    ///
    /// [`StoreError::Inconsistent`] if that is something else.
    pub fn result<R: DeserializeOwned>(&self) -> Result<Option<R>, StoreError> {
        let read = self.result.clone().map(serde_json::from_value).transpose();
        read.map_err(|error| {
            StoreError::inconsistent(format!("operations.result of {}: {error}", self.id))
        })
    }

    /// Writes down how far it is, in the transaction of the step that brought it there.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if someone else has moved it since it was loaded.
    pub async fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        done: i64,
        result: &(impl Serialize + Sync),
    ) -> Result<(), StoreError> {
        let result = serde_json::to_value(result).map_err(|error| {
            StoreError::inconsistent(format!("operations.result of {}: {error}", self.id))
        })?;
        (self.state, self.done, self.result) = (OperationState::Running, done, Some(result));
        self.store(tx).await
    }

    /// Ends it: all was done. Sign the job off in the same transaction.
    ///
    /// # Errors
    ///
    /// As [`Operation::advance`].
    pub async fn succeed(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        (self.state, self.done) = (OperationState::Succeeded, self.total);
        self.store(tx).await
    }

    /// Ends it with the problem document of the refusal; what was done until now stays. Sign the job off in the same
    /// transaction.
    ///
    /// # Errors
    ///
    /// As [`Operation::advance`].
    pub async fn fail(&mut self, tx: &mut Tx<'_>, problem: Value) -> Result<(), StoreError> {
        (self.state, self.problem) = (OperationState::Failed, Some(problem));
        self.store(tx).await
    }

    async fn store(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let now = tx.now();
        let ended_at = self.state.is_end().then_some(now);
        let stored = tx
            .query(
                "UPDATE operations
                    SET state = $3, done = $4, result = $5, problem = $6, updated_at = $7, ended_at = $8,
                        version = version + 1
                  WHERE id = $1 AND version = $2 AND ended_at IS NULL",
            )
            .bind(self.id)
            .bind(self.version)
            .bind(self.state.as_str())
            .bind(self.done)
            .bind(self.result.as_ref().map(Value::to_string))
            .bind(self.problem.as_ref().map(Value::to_string))
            .bind(now)
            .bind(ended_at)
            .execute()
            .await?;
        if stored == 0 {
            return Err(StoreError::LeaseLost);
        }
        self.version += 1;
        (self.updated_at, self.ended_at) = (now, ended_at);
        Ok(())
    }
}

impl OperationState {
    const ALL: [Self; 4] = [Self::Pending, Self::Running, Self::Succeeded, Self::Failed];

    /// `pending`, `running`, `succeeded` or `failed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    fn is_end(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

#[derive(sqlx::FromRow)]
struct OperationRow {
    id: OperationId,
    kind: String,
    owner: String,
    location: String,
    state: String,
    done: i64,
    total: i64,
    result: Option<String>,
    problem: Option<String>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl TryFrom<OperationRow> for Operation {
    type Error = StoreError;

    fn try_from(row: OperationRow) -> Result<Self, StoreError> {
        let id = row.id;
        let broken = |what: &str| StoreError::inconsistent(format!("operations.{what} of {id}"));
        let json = |what: &'static str, text: Option<String>| {
            let read = text.map(|text| serde_json::from_str(&text)).transpose();
            read.map_err(|_| broken(what))
        };
        let mut states = OperationState::ALL.into_iter();
        Ok(Self {
            id,
            state: states
                .find(|state| state.as_str() == row.state)
                .ok_or_else(|| broken("state"))?,
            result: json("result", row.result)?,
            problem: json("problem", row.problem)?,
            kind: row.kind,
            owner: row.owner,
            location: row.location,
            done: row.done,
            total: row.total,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            ended_at: row.ended_at,
        })
    }
}
