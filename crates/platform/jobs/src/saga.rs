//! A saga: one row that says which step of a longer business process comes next.
//!
//! Each transition is one transaction: the step's own writes, its events and jobs, and a
//! compare-and-swap on the row's version. Whoever loses the swap gets [`StoreError::LeaseLost`] and stops.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use tenon_kernel::{CallCtx, Timestamp};
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

/// Returns all unfinished sagas, oldest first.
pub async fn unfinished(
    db: &Db,
    ctx: &CallCtx,
    limit: u32,
) -> Result<Vec<SagaSummary>, StoreError> {
    let rows: Vec<SummaryRow> = db
        .read(ctx)
        .query(
            "SELECT id, kind, step, status, wake_at, updated_at FROM sagas
              WHERE status IN ('running', 'compensating')
              ORDER BY created_at, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            let status = SagaStatus::parse(&row.status, row.id)?;
            let SummaryRow {
                id,
                kind,
                step,
                wake_at,
                updated_at,
                ..
            } = row;
            Ok(SagaSummary {
                id,
                kind,
                step,
                status,
                wake_at,
                updated_at,
            })
        })
        .collect()
}

fn encode<S: Serialize>(kind: &str, state: &S) -> Result<Json<Box<RawValue>>, StoreError> {
    to_raw_value(state)
        .map(Json)
        .map_err(|error| StoreError::inconsistent(format!("sagas.state of {kind}: {error}")))
}
