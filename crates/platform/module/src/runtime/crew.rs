//! The workers of one module: under a lease where they run by themselves.

use std::sync::Arc;
use std::time::Duration;

use tenon_events::{EventWorker, Feed, LocalFeed};
use tenon_jobs::JobWorker;
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, Queryable as _, StoreError, Taken, WorkerLease};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::RuntimeSettings;
use crate::Module;
use crate::maintenance::maintenance;
use crate::watch::Watch;

/// How long the lease lasts after a process that goes away without a word.
const LEASE: Duration = Duration::from_secs(20);
/// How often it is extended.
const BEAT: Duration = Duration::from_secs(5);
/// How often a deployment that waits for another one looks again.
const LOOK: Duration = Duration::from_secs(1);

/// The workers of one module.
pub(super) struct Crew {
    pub(super) db: Db,
    pub(super) events: EventWorker,
    pub(super) jobs: JobWorker,
    pub(super) watch: Watch,
    lease: Option<WorkerLease>,
}

#[derive(sqlx::FromRow)]
struct Left {
    what: String,
    count: i64,
}

/// The store of a module as its workers see it.
pub(super) struct Place {
    pub(super) db: Db,
    pub(super) lease: Option<WorkerLease>,
}

impl Place {
    /// For workers that run by themselves, as part of `deployment`.
    pub(super) fn leased(module: &Module, deployment: &str) -> Self {
        let lease = WorkerLease::new(&module.db, deployment);
        Self {
            db: lease.db(),
            lease: Some(lease),
        }
    }

    /// For workers that are driven by hand.
    pub(super) fn unleased(module: &Module) -> Self {
        Self {
            db: module.db.clone(),
            lease: None,
        }
    }

    pub(super) fn feed(&self) -> LocalFeed {
        LocalFeed::new(self.db.clone())
    }
}

impl Crew {
    pub(super) fn new(
        module: Module,
        place: Place,
        feeds: Vec<Arc<dyn Feed>>,
        settings: &RuntimeSettings,
    ) -> Self {
        let Module {
            subscriptions,
            mut jobs,
            mut schedules,
            invariants,
            progress,
            ..
        } = module;
        let Place { db, lease } = place;
        let (kind, schedule) = maintenance(db.clone(), settings.retention);
        jobs.push(kind);
        schedules.push(schedule);
        let events =
            EventWorker::new(db.clone(), subscriptions, feeds).with_settings(settings.events);
        events.show(&progress);
        Self {
            events,
            jobs: JobWorker::new(db.clone(), jobs, schedules).with_settings(settings.jobs),
            watch: Watch::new(&db, invariants),
            db,
            lease,
        }
    }

    /// Has events, jobs and schedules looked at without waiting for their turn.
    pub(super) fn wake(&self) {
        self.events.wake();
        self.jobs.wake();
    }

    /// Works whenever this deployment has the lease, until told to stop; hands the lease back then.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let Some(lease) = self.lease.clone() else {
            return;
        };
        let mut waits_for = None;
        while !stop.is_cancelled() {
            match lease.take(LEASE).await {
                Ok(Taken::Here) => {
                    waits_for = None;
                    self.work(&lease, &stop).await;
                    continue;
                }
                Ok(Taken::Elsewhere { deployment, .. }) => {
                    if waits_for.as_ref() != Some(&deployment) {
                        let module = self.db.module();
                        tracing::info!(
                            module,
                            owner = deployment,
                            "the workers wait for another deployment"
                        );
                        waits_for = Some(deployment);
                    }
                }
                Err(error) => {
                    let module = self.db.module();
                    tracing::warn!(module, %error, "the worker lease cannot be taken");
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        if let Err(error) = lease.release().await {
            let module = self.db.module();
            tracing::warn!(module, %error, "the worker lease was not handed back; it expires by itself");
        }
    }

    /// Runs the workers until told to stop, or until the lease is lost.
    async fn work(self: &Arc<Self>, lease: &WorkerLease, stop: &CancellationToken) {
        let halt = stop.child_token();
        let mut workers = JoinSet::new();
        let (crew, halted) = (Arc::clone(self), halt.clone());
        workers.spawn(async move { crew.events.run(halted).await });
        let (crew, halted) = (Arc::clone(self), halt.clone());
        workers.spawn(async move { crew.jobs.run(halted).await });
        let (crew, halted) = (Arc::clone(self), halt.clone());
        workers.spawn(async move { crew.watch.run(halted).await });
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = self.keep(lease) => halt.cancel(),
        }
        while let Some(ended) = workers.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker failed");
            }
        }
    }

    /// Extends the lease; returns once it is lost, or may be.
    async fn keep(&self, lease: &WorkerLease) {
        let module = self.db.module();
        let mut sure_since = Instant::now();
        loop {
            tokio::time::sleep(BEAT).await;
            let sent = Instant::now();
            match lease.take(LEASE).await {
                Ok(Taken::Here) => sure_since = sent,
                Ok(Taken::Elsewhere { deployment, .. }) => {
                    tracing::warn!(
                        module,
                        owner = deployment,
                        "another deployment has taken over the workers"
                    );
                    return;
                }
                Err(error) if sure_since.elapsed() + BEAT >= LEASE => {
                    tracing::warn!(module, %error, "the worker lease may have expired");
                    return;
                }
                Err(error) => tracing::warn!(module, %error, "the worker lease was not extended"),
            }
        }
    }

    /// What is due and not done, for people.
    pub(super) async fn left(&self) -> Result<Vec<String>, StoreError> {
        let ctx = CallCtx::service(self.db.env(), Interface::Job, self.db.module());
        let left: Vec<Left> = self
            .db
            .read(&ctx)
            .query(
                "SELECT 'job ' || kind AS what, COUNT(*) AS count FROM jobs
                  WHERE state = 'pending' AND run_at <= $1 GROUP BY kind
                 UNION ALL
                 SELECT 'event ' || type || ' for ' || consumer, COUNT(*) FROM inbox
                  WHERE state = 'pending' AND run_at <= $1 GROUP BY type, consumer
                 LIMIT 100",
            )
            .bind(self.db.env().now())
            .fetch_all()
            .await?;
        let module = self.db.module();
        Ok(left
            .into_iter()
            .map(|left| format!("{module}: {} × {}", left.count, left.what))
            .collect())
    }
}
