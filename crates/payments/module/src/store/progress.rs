//! The columns that captures, refunds and voids share.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable as _, StoreError, Tx, Value};

use super::{counter, expect_one};
use crate::domain::operation::{OperationStatus, Progress};

/// Those columns of a row.
#[derive(sqlx::FromRow)]
pub(super) struct ProgressColumns {
    #[sqlx(try_from = "String")]
    status: OperationStatus,
    failure: Option<String>,
    tries: i64,
    next_try_at: Option<Timestamp>,
}

impl ProgressColumns {
    pub(super) fn into_progress(self, table: &str) -> Result<Progress, StoreError> {
        Ok(Progress {
            status: self.status,
            failure: self.failure,
            tries: counter(self.tries, &format!("{table}.tries"))?,
            next_try_at: self.next_try_at,
        })
    }
}

/// Saves them; `$1` of the statement is the key, `$2` to `$5` are the columns, `$6` is the time.
pub(super) async fn save(
    tx: &mut Tx<'_>,
    update: &'static str,
    key: impl Value,
    progress: &Progress,
    table: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    let changed = tx
        .query(update)
        .bind(key)
        .bind(progress.status.as_str())
        .bind(progress.failure.clone())
        .bind(i64::from(progress.tries))
        .bind(progress.next_try_at)
        .bind(now)
        .execute()
        .await?;
    expect_one(changed, table)
}
