//! The right to work on one row, for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tenon_chaos::is_planted;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Query, Queryable as _, StoreError, Tx, retrying};
use uuid::Uuid;

use super::WorkTable;

/// How often a write looks again for a twin that was enqueued at that moment.
const MOST_LOOKS: u32 = 3;

/// The right to work on one claimed row. Clones are the same right.
#[derive(Debug, Clone)]
pub struct Lease(Arc<Claim>);

#[derive(Debug)]
struct Claim {
    db: Db,
    table: &'static WorkTable,
    seq: i64,
    token: Uuid,
    attempt: u32,
    begun: AtomicBool,
}

impl Lease {
    pub(super) fn new(
        db: Db,
        table: &'static WorkTable,
        seq: i64,
        token: Uuid,
        attempt: u32,
    ) -> Self {
        Self(Arc::new(Claim {
            db,
            table,
            seq,
            token,
            attempt,
            begun: AtomicBool::new(false),
        }))
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// Opens the effect's transaction and signs the row off inside it: both commit, or neither.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if the row is someone else's by now; nothing was written.
    pub async fn begin<'c>(
        &self,
        ctx: &'c mut CallCtx,
        name: &'static str,
    ) -> Result<Tx<'c>, StoreError> {
        let claim = &*self.0;
        if is_planted("jobs.receipt-apart") {
            let now = claim.db.env().now();
            self.write("work.sign", claim.table.sign, |query| query.bind(now))
                .await?;
            return claim.db.begin(ctx, name).await;
        }
        let mut tx = claim.db.begin(ctx, name).await?;
        let now = tx.now();
        let signed = tx
            .query(claim.table.sign)
            .bind(claim.seq)
            .bind(claim.token)
            .bind(now)
            .execute()
            .await?;
        if signed == 0 && !is_planted("jobs.lease-not-checked") {
            tx.rollback().await?;
            return Err(StoreError::LeaseLost);
        }
        claim.begun.store(true, Ordering::Release);
        Ok(tx)
    }

    /// Says whether [`Lease::begin`] was called; what became of that transaction is not known here.
    pub(super) fn was_begun(&self) -> bool {
        self.0.begun.load(Ordering::Acquire)
    }

    /// Signs the row off by itself, unless the effect's transaction has; `false` if the lease is lost.
    pub(super) async fn sign(&self) -> Result<bool, StoreError> {
        if self.was_begun() && !self.is_held().await? {
            return Ok(true);
        }
        let now = self.0.db.env().now();
        self.write("work.sign", self.0.table.sign, |query| query.bind(now))
            .await
    }

    /// Extends the lease; `false` if it is lost.
    pub(super) async fn renew(&self, until: Timestamp) -> Result<bool, StoreError> {
        self.write("work.renew", self.0.table.renew, |query| query.bind(until))
            .await
    }

    /// Puts the row back for a later attempt; `false` if the lease is lost.
    pub(super) async fn retry(&self, at: Timestamp, reason: &str) -> Result<bool, StoreError> {
        let now = self.0.db.env().now();
        self.write("work.retry", self.0.table.retry, |query| {
            query.bind(at).bind(reason.to_owned()).bind(now)
        })
        .await
    }

    /// Puts the row back without counting the attempt; `false` if the lease is lost.
    pub(super) async fn release(&self, until: Timestamp) -> Result<bool, StoreError> {
        let now = self.0.db.env().now();
        self.write("work.release", self.0.table.release, |query| {
            query.bind(until).bind(now)
        })
        .await
    }

    /// Gives the row up; `false` if the lease is lost.
    pub(super) async fn bury(&self, reason: &str) -> Result<bool, StoreError> {
        let now = self.0.db.env().now();
        retrying(|| async {
            let mut ctx = self.ctx();
            let claim = &*self.0;
            let mut tx = claim.db.begin(&mut ctx, "work.bury").await?;
            let buried = tx
                .query(claim.table.bury)
                .bind(claim.seq)
                .bind(claim.token)
                .bind(now)
                .bind(reason.to_owned())
                .execute()
                .await?;
            if let Some(sql) = claim.table.given_up.filter(|_| buried == 1) {
                tx.query(sql).bind(now).execute().await?;
            }
            tx.commit().await?;
            Ok(buried == 1)
        })
        .await
    }

    async fn is_held(&self) -> Result<bool, StoreError> {
        let ctx = self.ctx();
        let mut reader = self.0.db.read(&ctx);
        let held = reader
            .query(self.0.table.held)
            .bind(self.0.seq)
            .bind(self.0.token)
            .fetch_scalar::<i64>()
            .await?;
        Ok(held.is_some())
    }

    /// Runs a guarded statement in a transaction of its own; `false` if it changed nothing.
    async fn write(
        &self,
        name: &'static str,
        sql: &'static str,
        bind: impl Fn(Query<'_>) -> Query<'_>,
    ) -> Result<bool, StoreError> {
        let mut tries = 0;
        loop {
            let written = retrying(|| async {
                let mut ctx = self.ctx();
                let mut tx = self.0.db.begin(&mut ctx, name).await?;
                let changed = bind(tx.query(sql).bind(self.0.seq).bind(self.0.token))
                    .execute()
                    .await?;
                tx.commit().await?;
                Ok(changed == 1)
            })
            .await;
            match written {
                // PostgreSQL: a twin was enqueued after the statement had looked for one. The next look finds it.
                Err(StoreError::Duplicate { .. }) if tries < MOST_LOOKS => tries += 1,
                written => return written,
            }
        }
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(self.0.db.env(), Interface::Job, self.0.db.module())
    }
}
