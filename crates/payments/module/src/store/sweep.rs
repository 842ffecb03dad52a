//! What is overdue: the safety net under the jobs that ask the provider.

use payments_contract::{AttemptId, CaptureId, RefundId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError};

/// Something that should have been looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    Attempt(AttemptId),
    Capture(CaptureId),
    Refund(RefundId),
    Void(AttemptId),
}

#[derive(sqlx::FromRow)]
struct Row<I> {
    id: I,
}

/// Returns what should have been looked at before `before`, at most 200 of each kind, the longest overdue first.
pub(crate) async fn overdue(
    db: &mut dyn Queryable,
    before: Timestamp,
) -> Result<Vec<Overdue>, StoreError> {
    let attempts = db
        .query("SELECT id FROM attempts WHERE next_poll_at < $1 ORDER BY next_poll_at LIMIT 200")
        .bind(before)
        .fetch_all::<Row<AttemptId>>()
        .await?;
    let captures = db
        .query("SELECT id FROM captures WHERE next_try_at < $1 ORDER BY next_try_at LIMIT 200")
        .bind(before)
        .fetch_all::<Row<CaptureId>>()
        .await?;
    let refunds = db
        .query("SELECT id FROM refunds WHERE next_try_at < $1 ORDER BY next_try_at LIMIT 200")
        .bind(before)
        .fetch_all::<Row<RefundId>>()
        .await?;
    let voids = db
        .query("SELECT attempt_id AS id FROM voids WHERE next_try_at < $1 ORDER BY next_try_at LIMIT 200")
        .bind(before)
        .fetch_all::<Row<AttemptId>>()
        .await?;
    let mut overdue: Vec<Overdue> = attempts
        .into_iter()
        .map(|row| Overdue::Attempt(row.id))
        .collect();
    overdue.extend(captures.into_iter().map(|row| Overdue::Capture(row.id)));
    overdue.extend(refunds.into_iter().map(|row| Overdue::Refund(row.id)));
    overdue.extend(voids.into_iter().map(|row| Overdue::Void(row.id)));
    Ok(overdue)
}

impl std::fmt::Display for Overdue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Attempt(id) => write!(f, "attempt {id}"),
            Self::Capture(id) => write!(f, "capture {id}"),
            Self::Refund(id) => write!(f, "refund {id}"),
            Self::Void(id) => write!(f, "void of {id}"),
        }
    }
}
