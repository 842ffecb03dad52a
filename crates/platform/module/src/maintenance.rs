//! What every module's store needs now and then: old rows go, in small batches.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_events::{purge_inbox, purge_outbox};
use tenon_jobs::{
    Job, JobError, JobKind, Receipt, Run, Schedule, purge_finished_jobs, purge_operations,
};
use tenon_kernel::CallCtx;
use tenon_store::{Db, StoreError};

use crate::deprecated_uses;

/// Rows deleted in one transaction: short enough that nobody waits for it.
const BATCH: u32 = 500;
/// Once an hour, away from the full one.
const HOURLY: &str = "23 * * * *";
/// The job that every module has.
pub(crate) const KIND: &str = "platform.maintain";

/// How long rows are kept that nobody needs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events in the outbox; never less than seven days.
    pub outbox: Duration,
    /// Handled events in the inbox. Longer than any outbox: they are what recognises a duplicate.
    pub inbox: Duration,
    /// Jobs that are done.
    pub jobs: Duration,
    /// Operations that are over.
    pub operations: Duration,
    /// Uses of deprecated parts of the API, after the last one: more than a year, for what is used once in one.
    pub deprecated_uses: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            outbox: 7 * DAY,
            inbox: 14 * DAY,
            jobs: 7 * DAY,
            operations: 30 * DAY,
            deprecated_uses: 400 * DAY,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Maintain {}

impl Job for Maintain {
    const KIND: &'static str = KIND;
    const TIMEOUT: Duration = Duration::from_mins(5);
    const CANCELLABLE: bool = true; // comes again each hour
}

struct Maintenance {
    db: Db,
    retention: Retention,
}

/// The job that maintains a module's store, and when it runs.
pub(crate) fn maintenance(db: Db, retention: Retention) -> (JobKind, Schedule) {
    let kind = JobKind::of::<Maintain>(Arc::new(Maintenance { db, retention }));
    (kind, Schedule::cron(Maintain::KIND, HOURLY, Maintain {}))
}

#[async_trait]
impl Run<Maintain> for Maintenance {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        _job: Maintain,
        _receipt: Receipt,
    ) -> Result<(), JobError> {
        let now = self.db.env().now();
        let keys = self.purge_all(ctx, Old::Keys).await?;
        let outbox = self.purge_all(ctx, Old::Outbox).await?;
        let inbox = self.purge_all(ctx, Old::Inbox).await?;
        let jobs = self.purge_all(ctx, Old::Jobs).await?;
        let operations = self.purge_all(ctx, Old::Operations).await?;
        let unused_since = now - self.retention.deprecated_uses;
        deprecated_uses::purge(&self.db, ctx, unused_since).await?;
        tracing::debug!(module = self.db.module(), %now, keys, outbox, inbox, jobs, operations, "store maintained");
        Ok(())
    }
}

/// What is deleted.
#[derive(Clone, Copy)]
enum Old {
    Keys,
    Outbox,
    Inbox,
    Jobs,
    Operations,
}

impl Maintenance {
    async fn purge_all(&self, ctx: &mut CallCtx, old: Old) -> Result<u64, StoreError> {
        let mut total = 0;
        loop {
            let purged = self.purge_batch(ctx, old).await?;
            total += purged;
            if purged < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }

    async fn purge_batch(&self, ctx: &mut CallCtx, old: Old) -> Result<u64, StoreError> {
        let now = self.db.env().now();
        match old {
            Old::Keys => self.db.purge_expired_keys(ctx, BATCH).await,
            Old::Outbox => purge_outbox(&self.db, ctx, now - self.retention.outbox, BATCH).await,
            Old::Inbox => purge_inbox(&self.db, ctx, now - self.retention.inbox, BATCH).await,
            Old::Jobs => purge_finished_jobs(&self.db, ctx, now - self.retention.jobs, BATCH).await,
            Old::Operations => {
                purge_operations(&self.db, ctx, now - self.retention.operations, BATCH).await
            }
        }
    }
}
