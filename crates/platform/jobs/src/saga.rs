//! A saga: one row that says which step of a longer business process comes next.
//!
//! Each transition is one transaction: the step's own writes, its events and jobs, and a
//! compare-and-swap on the row's version. Whoever loses the swap gets [`StoreError::LeaseLost`] and stops.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use tenon_kernel::{CallCtx, Id, IdKind, Timestamp};
use tenon_store::{Db, Json, Queryable, StoreError, Tx};
use uuid::Uuid;

/// Where a saga stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SagaStatus {
    /// Going forward, or waiting to.
    Running,
    /// Undoing what was done.
    Compensating,
    /// Reached its goal.
    Completed,
    /// Undone.
    Compensated,
}

/// A saga row in memory.
///
/// After a transaction that did not commit the row in memory is ahead of the stored one: load it again.
#[derive(Debug, Clone)]
pub struct Saga<S> {
    /// Its id: commands sent from it derive their idempotency keys from this and the step's name.
    pub id: Uuid,
    /// `checkout`
    pub kind: &'static str,
    /// Name of the step that comes next.
    pub step: String,
    /// Where it stands.
    pub status: SagaStatus,
    /// What the steps know.
    pub state: S,
    /// When the sweeper looks at it; until then whoever moved it last is at work, or waits for somebody.
    pub wake_at: Option<Timestamp>,
    version: i64,
}

/// Kind of [`SagaId`].
#[derive(Debug)]
pub struct SagaIdKind;

impl IdKind for SagaIdKind {
    const PREFIX: &'static str = "saga";
}

/// Names a saga towards those who run the installation; after the prefix it is as the id of the thing that the saga is of.
pub type SagaId = Id<SagaIdKind>;

/// A kind of saga together with what has one looked at.
#[derive(Clone)]
pub struct SagaKind {
    name: &'static str,
    resume: Arc<dyn ResumeSaga>,
}

/// Has a saga go on without waiting for its time.
#[async_trait]
pub trait ResumeSaga: Send + Sync + 'static {
    /// Enqueues a look at it, which is harmless whatever the saga waits for.
    async fn resume(&self, tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError>;
}

/// A saga as operators see it.
#[derive(Debug, Clone)]
pub struct SagaSummary {
    /// Its id.
    pub id: Uuid,
    /// `checkout`
    pub kind: String,
    /// Name of the step that comes next.
    pub step: String,
    /// Where it stands.
    pub status: SagaStatus,
    /// When the sweeper looks at it.
    pub wake_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// Last transition.
    pub updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SagaRow {
    step: String,
    status: String,
    state: Json<serde_json::Value>,
    wake_at: Option<Timestamp>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: Uuid,
    kind: String,
    step: String,
    status: String,
    wake_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: Uuid,
}

impl<S: Serialize + DeserializeOwned + Send + Sync> Saga<S> {
    /// Inserts a new saga inside the caller's transaction. `wake_at` is when the sweeper resumes it if nobody else does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Duplicate`] if there is one with this id.
    pub async fn start(
        tx: &mut Tx<'_>,
        kind: &'static str,
        id: Uuid,
        step: &'static str,
        state: S,
        wake_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let encoded = encode(kind, &state)?;
        let now = tx.now();
        tx.query(
            "INSERT INTO sagas (id, kind, step, status, state, version, wake_at, created_at, updated_at)
             VALUES ($1, $2, $3, 'running', $4, 1, $5, $6, $6)",
        )
        .bind(id)
        .bind(kind)
        .bind(step)
        .bind(encoded)
        .bind(wake_at)
        .bind(now)
        .execute()
        .await?;
        Ok(Self {
            id,
            kind,
            step: step.to_owned(),
            status: SagaStatus::Running,
            state,
            wake_at: Some(wake_at),
            version: 1,
        })
    }

    /// Loads it.
    pub async fn find(
        db: &mut dyn Queryable,
        kind: &'static str,
        id: Uuid,
    ) -> Result<Option<Self>, StoreError> {
        let row: Option<SagaRow> = db
            .query(
                "SELECT step, status, state, wake_at, version FROM sagas WHERE id = $1 AND kind = $2",
            )
            .bind(id)
            .bind(kind)
            .fetch_optional()
            .await?;
        let Some(row) = row else { return Ok(None) };
        let status = SagaStatus::parse(&row.status, id)?;
        let state = serde_json::from_value(row.state.0).map_err(|error| {
            StoreError::inconsistent(format!("sagas.state of {kind} {id}: {error}"))
        })?;
        Ok(Some(Self {
            id,
            kind,
            step: row.step,
            status,
            state,
            wake_at: row.wake_at,
            version: row.version,
        }))
    }

    /// Moves to the next step inside the step's own transaction; saves `state`. `wake_at: None` means: nothing to wait for.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if someone else has moved it since it was loaded.
    pub async fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        step: &'static str,
        status: SagaStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        let wake_at = wake_at.filter(|_| !status.is_finished());
        let moved = tx
            .query(
                "UPDATE sagas
                    SET step = $3, status = $4, state = $5, wake_at = $6, updated_at = $7, version = version + 1
                  WHERE id = $1 AND version = $2",
            )
            .bind(self.id)
            .bind(self.version)
            .bind(step)
            .bind(status.as_str())
            .bind(encode(self.kind, &self.state)?)
            .bind(wake_at)
            .bind(now)
            .execute()
            .await?;
        if moved == 0 {
            return Err(StoreError::LeaseLost);
        }
        step.clone_into(&mut self.step);
        self.status = status;
        self.wake_at = wake_at;
        self.version += 1;
        Ok(())
    }
}

impl SagaStatus {
    /// Says whether nothing is left to do.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Compensated)
    }

    /// `running`, `compensating`, `completed` or `compensated`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Compensating => "compensating",
            Self::Completed => "completed",
            Self::Compensated => "compensated",
        }
    }

    fn parse(text: &str, id: Uuid) -> Result<Self, StoreError> {
        [
            Self::Running,
            Self::Compensating,
            Self::Completed,
            Self::Compensated,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
        .ok_or_else(|| StoreError::inconsistent(format!("sagas.status of {id}: {text}")))
    }
}

/// Returns sagas of a kind that are past their `wake_at`, oldest first: the sweeper's work list.
pub async fn due(
    db: &Db,
    ctx: &CallCtx,
    kind: &'static str,
    limit: u32,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<IdRow> = db
        .read(ctx)
        .query(
            "SELECT id FROM sagas WHERE kind = $1 AND wake_at <= $2 ORDER BY wake_at, id LIMIT $3",
        )
        .bind(kind)
        .bind(db.env().now())
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Returns unfinished sagas, oldest first.
pub async fn unfinished(
    db: &Db,
    ctx: &CallCtx,
    limit: u32,
) -> Result<Vec<SagaSummary>, StoreError> {
    unfinished_after(db, ctx, None, limit).await
}

/// Returns unfinished sagas behind the one that began then and has this id, oldest first.
pub async fn unfinished_after(
    db: &Db,
    ctx: &CallCtx,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<SagaSummary>, StoreError> {
    let (began_at, id) = after.unwrap_or((Timestamp::EPOCH, Uuid::nil()));
    let rows: Vec<SummaryRow> = db
        .read(ctx)
        .query(
            "SELECT id, kind, step, status, wake_at, created_at, updated_at FROM sagas
              WHERE status IN ('running', 'compensating') AND (created_at, id) > ($1, $2)
              ORDER BY created_at, id LIMIT $3",
        )
        .bind(began_at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    rows.into_iter().map(SagaSummary::try_from).collect()
}

/// Finds a saga of any kind in this store.
pub async fn find_summary(
    db: &mut dyn Queryable,
    id: Uuid,
) -> Result<Option<SagaSummary>, StoreError> {
    let row: Option<SummaryRow> = db
        .query(
            "SELECT id, kind, step, status, wake_at, created_at, updated_at FROM sagas WHERE id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(SagaSummary::try_from).transpose()
}

impl TryFrom<SummaryRow> for SagaSummary {
    type Error = StoreError;

    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            status: SagaStatus::parse(&row.status, row.id)?,
            kind: row.kind,
            step: row.step,
            wake_at: row.wake_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl SagaKind {
    /// Binds a kind of saga to what has one looked at.
    pub fn new(name: &'static str, resume: Arc<dyn ResumeSaga>) -> Self {
        Self { name, resume }
    }

    /// `checkout`
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Has a saga of this kind go on without waiting for its time.
    pub async fn resume(&self, tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
        self.resume.resume(tx, id).await
    }
}

impl fmt::Debug for SagaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SagaKind")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn encode<S: Serialize>(kind: &str, state: &S) -> Result<Json<Box<RawValue>>, StoreError> {
    to_raw_value(state)
        .map(Json)
        .map_err(|error| StoreError::inconsistent(format!("sagas.state of {kind}: {error}")))
}
