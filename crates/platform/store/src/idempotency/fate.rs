//! Looking at keys without claiming them, and forgetting old ones.

use tenon_kernel::CallCtx;

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

impl Db {
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
