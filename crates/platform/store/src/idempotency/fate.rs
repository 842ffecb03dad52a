//! Looking at keys without claiming them, and forgetting old ones.

use serde_json::Value;
use tenon_kernel::{CallCtx, Timestamp};

use super::sql;
use crate::{Db, Queryable, StoreError};

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFate {
    /// Never seen.
    Unseen,
    /// Still running.
    Running {
        /// What it works on, for example a checkout id.
        resource: Option<String>,
    },
    /// Done.
    Done {
        /// What came of it.
        resource: Option<String>,
    },
}

/// What is kept under a key, for whoever asks what became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRecord {
    /// Whether it is done; otherwise it is held for work that goes on.
    pub is_done: bool,
    /// The refusal, if that is what came of it: the contract's error as it was stored.
    pub refusal: Option<Value>,
    /// What it made or works on.
    pub resource: Option<String>,
    /// When it was claimed.
    pub created_at: Timestamp,
    /// Until when a repeat is certain to find it.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    state: String,
    outcome: Option<String>,
    resource: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Db {
    /// Looks up what is kept under a key of `subject` for `operation`, whatever was asked with it.
    pub async fn key_record(
        &self,
        ctx: &CallCtx,
        subject: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<KeyRecord>, StoreError> {
        let found: Option<RecordRow> = self
            .read(ctx)
            .query(sql::RECORD)
            .bind(subject)
            .bind(operation)
            .bind(key)
            .fetch_optional()
            .await?;
        let Some(row) = found else {
            return Ok(None);
        };
        let outcome: Option<Result<Value, Value>> = match &row.outcome {
            Some(outcome) => Some(super::decode(outcome, operation)?),
            None => None,
        };
        Ok(Some(KeyRecord {
            is_done: row.state == "done",
            refusal: outcome.and_then(Result::err),
            resource: row.resource,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }))
    }

    /// Looks a key up without claiming it.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyReused`] if it stands for another request.
    pub async fn key_fate(&self, ctx: &CallCtx, operation: &str) -> Result<KeyFate, StoreError> {
        let Some(scope) = &ctx.idempotency else {
            return Ok(KeyFate::Unseen);
        };
        let found: Option<(Vec<u8>, String, Option<String>)> = self
            .read(ctx)
            .query(sql::FATE)
            .bind(&scope.subject)
            .bind(operation)
            .bind(&scope.key)
            .fetch_optional()
            .await?;
        match found {
            None => Ok(KeyFate::Unseen),
            Some((fingerprint, ..)) if fingerprint != scope.fingerprint => {
                Err(StoreError::KeyReused)
            }
            Some((_, state, resource)) if state == "done" => Ok(KeyFate::Done { resource }),
            Some((_, _, resource)) => Ok(KeyFate::Running { resource }),
        }
    }

    /// Deletes at most `batch` records that have expired; returns how many there were.
    pub async fn purge_expired_keys(
        &self,
        ctx: &mut CallCtx,
        batch: u32,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin(ctx, "store.purge_keys").await?;
        let now = tx.now();
        let purged = tx
            .query(sql::PURGE)
            .bind(now)
            .bind(i64::from(batch))
            .execute()
            .await?;
        tx.commit().await?;
        Ok(purged)
    }
}
