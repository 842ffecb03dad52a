//! Claims rows and runs them: a few at a time, each in a task of its own, each under its lease.

use std::sync::Arc;
use std::time::Duration;

use tenon_chaos::is_planted;
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, Queryable as _, StoreError, retrying};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::running::Running;
use super::supervise::Attempt;
use super::{Claimed, Grant, Lease, Work, WorkerSettings};

/// Longest pause after the database failed.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(10);
/// Rows rescued in one transaction.
const RESCUE_BATCH: u64 = 1_000;

/// Runs the work of one table. Safe with any number of instances.
#[derive(Debug)]
pub struct Crew<W> {
    db: Db,
    work: Arc<W>,
    settings: WorkerSettings,
}

impl<W: Work> Crew<W> {
    /// Puts a table and its store together.
    pub fn new(db: Db, work: Arc<W>, settings: WorkerSettings) -> Self {
        Self { db, work, settings }
    }

    /// The work it does.
    pub fn work(&self) -> &W {
        &self.work
    }

    /// How it works.
    pub fn settings(&self) -> WorkerSettings {
        self.settings
    }

    /// Changes how it works.
    pub fn set_settings(&mut self, settings: WorkerSettings) {
        self.settings = settings;
    }

    /// Runs until told to stop; then lets running work finish for a while and hands the other leases back.
    pub async fn run(&self, stop: CancellationToken) {
        let halt = CancellationToken::new();
        let mut running = Running::default();
        let mut rescued: Option<Instant> = None;
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            let pause = match self.round(&mut running, &mut rescued, &halt).await {
                Ok(pause) => {
                    failures = 0;
                    pause
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(table = self.work.table().name, error = %super::reason_of(&error), "cannot look for work");
                    (self.settings.poll * failures).min(LONGEST_OUTAGE_PAUSE)
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = running.one_finished(), if !running.is_empty() => {}
                () = self.work.wait(pause) => {}
            }
        }
        let drained = tokio::time::timeout(self.settings.drain, running.all_finished()).await;
        if drained.is_err() {
            halt.cancel();
            running.all_finished().await;
        }
    }

    /// Does what is due now, one claim's worth; returns how many rows were worked on.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        self.rescue().await?;
        let now = self.db.env().now();
        if self
            .work
            .next_due(&self.ctx())
            .await?
            .is_none_or(|at| at > now)
        {
            return Ok(0);
        }
        let never = CancellationToken::new();
        let mut running = Running::default();
        for (claimed, lease, since) in self.claim(self.settings.parallel, &[]).await? {
            running.start(self.attempt(claimed, lease, since, &never));
        }
        let count = running.len();
        running.all_succeeded().await?;
        Ok(count)
    }

    /// Rescues, claims and starts what is due; returns how long to wait for more.
    async fn round(
        &self,
        running: &mut Running,
        rescued: &mut Option<Instant>,
        halt: &CancellationToken,
    ) -> Result<Duration, StoreError> {
        if rescued.is_none_or(|at| at.elapsed() >= self.settings.lease / 3) {
            self.rescue().await?;
            *rescued = Some(Instant::now());
        }
        // Top up only when half of the slots are free: a claim is a commit, so it should take several rows.
        let slots = self.settings.parallel;
        if running.len() > slots / 2 {
            return Ok(self.settings.poll);
        }
        let now = self.db.env().now();
        match self.work.next_due(&self.ctx()).await? {
            // An idle worker looks and never takes the write lock.
            None => return Ok(self.settings.poll),
            Some(at) if at > now => return Ok(at.since(now).min(self.settings.poll)),
            Some(_) => {}
        }
        let (limit, crowded) = if self.work.lanes() > 1 {
            let share = (slots / 2).max(1);
            ((slots - running.len()).min(share), running.crowded(share))
        } else {
            (slots - running.len(), Vec::new())
        };
        let claimed = self.claim(limit, &crowded).await?;
        let there_is_more = claimed.len() == limit;
        for (claimed, lease, since) in claimed {
            running.start(self.attempt(claimed, lease, since, halt));
        }
        // What is due and was not claimed waits for something else: an earlier event, a kind that nobody here knows.
        Ok(if there_is_more {
            Duration::ZERO
        } else {
            self.settings.poll
        })
    }

    async fn claim(
        &self,
        limit: usize,
        crowded: &[&'static str],
    ) -> Result<Vec<(Claimed<W::Item>, Lease, Instant)>, StoreError> {
        let env = self.db.env();
        // The lease is trusted from before the claim was sent, on the monotonic clock.
        let since = Instant::now();
        let token = uuid::Builder::from_random_bytes(env.random()).into_uuid();
        let claimed = retrying(|| async {
            let now = env.now();
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let grant = Grant {
                token,
                now,
                until: now + self.settings.lease,
                limit,
            };
            self.work.claim(&mut self.ctx(), grant, crowded).await
        })
        .await?;
        let table = self.work.table();
        Ok(claimed
            .into_iter()
            .map(|claimed| {
                let lease = Lease::new(self.db.clone(), table, claimed.seq, token, claimed.attempt);
                (claimed, lease, since)
            })
            .collect())
    }

    /// Puts rows back to work whose worker is gone. Guarded statements; any instance does it for all. In batches:
    /// nobody waits for long behind one, however many workers went away.
    async fn rescue(&self) -> Result<(), StoreError> {
        while self.rescue_batch().await? >= RESCUE_BATCH {}
        Ok(())
    }

    async fn rescue_batch(&self) -> Result<u64, StoreError> {
        let table = self.work.table();
        let too_early = if is_planted("jobs.rescue-too-early") {
            self.settings.lease
        } else {
            Duration::ZERO
        };
        let rescued = retrying(|| async {
            let mut ctx = self.ctx();
            let expired = self
                .db
                .read(&ctx)
                .query(table.expired)
                .bind(self.db.env().now() + too_early)
                .fetch_scalar::<i64>()
                .await?;
            if expired.is_none() {
                return Ok::<_, StoreError>(0);
            }
            let mut tx = self.db.begin(&mut ctx, "work.rescue").await?;
            let now = tx.now() + too_early;
            let rescued = tx
                .query(table.rescue)
                .bind(now)
                .bind(i64::try_from(RESCUE_BATCH).unwrap_or(i64::MAX))
                .execute()
                .await?;
            if let Some(sql) = table.given_up.filter(|_| rescued > 0) {
                tx.query(sql).bind(now).execute().await?;
            }
            tx.commit().await?;
            Ok(rescued)
        })
        .await?;
        if rescued > 0 {
            tracing::warn!(
                table = table.name,
                rescued,
                "work was rescued from workers that went away"
            );
        }
        Ok(rescued)
    }

    fn attempt(
        &self,
        claimed: Claimed<W::Item>,
        lease: Lease,
        since: Instant,
        halt: &CancellationToken,
    ) -> Attempt<W> {
        Attempt {
            db: self.db.clone(),
            work: Arc::clone(&self.work),
            claimed,
            lease,
            trusted_for: self.settings.lease,
            since,
            halt: halt.clone(),
        }
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(self.db.env(), Interface::Job, self.db.module())
    }
}
