//! Jobs as those see them who run the installation: everything but the payload.

use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Queryable, StoreError};
use uuid::Uuid;

use crate::JobId;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its time, or for its next attempt.
    Pending,
    /// A worker has it.
    Running,
    /// It was done.
    Done,
    /// It was given up.
    Dead,
    /// It will not run: it gave way to another one, or a person decided so.
    Cancelled,
}

/// A job without its payload.
#[derive(Debug, Clone)]
pub struct JobSummary {
    /// The job.
    pub id: JobId,
    /// `orders.expire_checkout`
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Attempts that were begun.
    pub attempts: i64,
    /// After so many it is dead.
    pub max_attempts: i64,
    /// Not before; of a job that failed, its next attempt.
    pub run_at: Timestamp,
    /// What it shares with no other waiting job of its kind; ids only.
    pub unique_key: Option<String>,
    /// Until when its worker has it.
    pub leased_until: Option<Timestamp>,
    /// Why the last attempt failed, without what may be an address.
    pub reason: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was done, given up or cancelled.
    pub finished_at: Option<Timestamp>,
}

/// Which jobs are listed.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only in this state.
    pub state: Option<JobState>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only those that were enqueued before this one.
    pub before: Option<JobId>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: JobId,
    kind: String,
    state: String,
    attempts: i64,
    max_attempts: i64,
    run_at: Timestamp,
    unique_key: Option<String>,
    leased_until: Option<Timestamp>,
    reason: Option<String>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
}

/// Spells out the list of jobs that `$condition` holds for; ids are in the order of time.
macro_rules! list_where {
    ($condition:literal) => {
        concat!(
            "SELECT id, kind, state, attempts, max_attempts, run_at, unique_key, leased_until, reason,
                    created_at, finished_at
               FROM jobs
              WHERE ",
            $condition,
            " AND id < $1 AND (CAST($2 AS text) IS NULL OR kind = $2)
              ORDER BY id DESC LIMIT $3"
        )
    };
}

/// Those that are not over are few among those that were done: their own index finds them.
const PENDING: &str = list_where!("seq IN (SELECT seq FROM jobs WHERE state = 'pending')");
const RUNNING: &str = list_where!("seq IN (SELECT seq FROM jobs WHERE state = 'running')");
const DEAD: &str = list_where!("seq IN (SELECT seq FROM jobs WHERE state = 'dead')");
const DONE: &str = list_where!("state = 'done'");
const CANCELLED: &str = list_where!("state = 'cancelled'");
const ANY: &str = list_where!("1 = 1");

/// Lists jobs, the newest first.
pub async fn list_jobs(
    db: &Db,
    ctx: &CallCtx,
    filter: &JobFilter,
    limit: u32,
) -> Result<Vec<JobSummary>, StoreError> {
    let sql = match filter.state {
        Some(JobState::Pending) => PENDING,
        Some(JobState::Running) => RUNNING,
        Some(JobState::Done) => DONE,
        Some(JobState::Dead) => DEAD,
        Some(JobState::Cancelled) => CANCELLED,
        None => ANY,
    };
    let rows: Vec<SummaryRow> = db
        .read(ctx)
        .query(sql)
        .bind(
            filter
                .before
                .unwrap_or_else(|| JobId::from_uuid(Uuid::max())),
        )
        .bind(filter.kind.clone())
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    rows.into_iter().map(JobSummary::try_from).collect()
}

/// Finds a job of this store.
pub async fn find_job(
    db: &mut dyn Queryable,
    job: JobId,
) -> Result<Option<JobSummary>, StoreError> {
    let row: Option<SummaryRow> = db
        .query(
            "SELECT id, kind, state, attempts, max_attempts, run_at, unique_key, leased_until, reason,
                    created_at, finished_at
               FROM jobs WHERE id = $1",
        )
        .bind(job)
        .fetch_optional()
        .await?;
    row.map(JobSummary::try_from).transpose()
}

impl JobState {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Running,
        Self::Done,
        Self::Dead,
        Self::Cancelled,
    ];

    /// `pending`, `running`, `done`, `dead` or `cancelled`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }
}

impl TryFrom<SummaryRow> for JobSummary {
    type Error = StoreError;

    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        let mut states = JobState::ALL.into_iter();
        let state = states.find(|state| state.as_str() == row.state);
        Ok(Self {
            id: row.id,
            kind: row.kind,
            state: state
                .ok_or_else(|| StoreError::inconsistent(format!("jobs.state of {}", row.id)))?,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            run_at: row.run_at,
            unique_key: row.unique_key,
            leased_until: row.leased_until,
            reason: row.reason.as_deref().map(without_addresses),
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Reasons are written of codes and ids. A panic or a driver may say more: a word that may be an address is left out.
fn without_addresses(reason: &str) -> String {
    let words = reason.split(' ');
    let shown = words.map(|word| if word.contains('@') { "…" } else { word });
    shown.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_no_address() {
        for (reason, shown) in [
            ("timed out after 30 s", "timed out after 30 s"),
            (
                "panicked: no <ann@example.org>, never",
                "panicked: no … never",
            ),
            ("ann@example.org", "…"),
            ("", ""),
        ] {
            assert_eq!(without_addresses(reason), shown);
        }
    }
}
