//! Starts the workers of modules and stops them in order.

use std::sync::Arc;

use tenon_events::{EventWorker, Feed, LocalFeed};
use tenon_jobs::{JobWorker, WorkerSettings};
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, Queryable as _, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::maintenance::maintenance;
use crate::{Module, Retention};

/// How the runtime runs modules.
#[derive(Debug, Clone, Copy)]
pub struct RuntimeSettings {
    /// How events are handled.
    pub events: WorkerSettings,
    /// How jobs are run.
    pub jobs: WorkerSettings,
    /// How long rows are kept that nobody needs any more.
    pub retention: Retention,
    /// Passes over all workers after which [`Runtime::settle`] gives up: something makes work for ever.
    pub settle_rounds: usize,
}

impl Default for RuntimeSettings {
    fn default() -> Self {
        Self {
            events: WorkerSettings::default(),
            jobs: WorkerSettings::for_jobs(),
            retention: Retention::default(),
            settle_rounds: 2_000,
        }
    }
}

/// The running workers of a set of modules.
pub struct Runtime {
    crews: Vec<Crew>,
    settle_rounds: usize,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// The workers of one module.
struct Crew {
    db: Db,
    events: Arc<EventWorker>,
    jobs: Arc<JobWorker>,
}

#[derive(sqlx::FromRow)]
struct Left {
    what: String,
    count: i64,
}

impl Runtime {
    /// Starts event and job workers. Feeds of modules in this process are linked directly; `remote_feeds` serve the others.
    pub fn start(modules: Vec<Module>, remote_feeds: Vec<Arc<dyn Feed>>) -> Self {
        Self::start_with(RuntimeSettings::default(), modules, remote_feeds)
    }

    /// As [`Runtime::start`], with settings.
    pub fn start_with(
        settings: RuntimeSettings,
        modules: Vec<Module>,
        remote_feeds: Vec<Arc<dyn Feed>>,
    ) -> Self {
        let mut runtime = Self::paused_with(settings, modules, remote_feeds);
        for crew in &runtime.crews {
            let (events, stop) = (Arc::clone(&crew.events), runtime.stop.clone());
            runtime.tasks.spawn(async move { events.run(stop).await });
            let (jobs, stop) = (Arc::clone(&crew.jobs), runtime.stop.clone());
            runtime.tasks.spawn(async move { jobs.run(stop).await });
        }
        runtime
    }

    /// Builds the workers without running them: for tests and the command line.
    pub fn paused(modules: Vec<Module>, remote_feeds: Vec<Arc<dyn Feed>>) -> Self {
        Self::paused_with(RuntimeSettings::default(), modules, remote_feeds)
    }

    /// As [`Runtime::paused`], with settings.
    ///
    /// # Panics
    ///
    /// If a module has two runners for one job or two reactions to one event.
    pub fn paused_with(
        settings: RuntimeSettings,
        modules: Vec<Module>,
        remote_feeds: Vec<Arc<dyn Feed>>,
    ) -> Self {
        let local_feeds: Vec<_> = modules
            .iter()
            .map(|module| LocalFeed::new(module.db.clone()))
            .collect();
        let crews = modules
            .into_iter()
            .map(|module| {
                // A clone for each consumer: it hears the producer's bell for itself.
                let local = local_feeds
                    .iter()
                    .cloned()
                    .map(|feed| Arc::new(feed) as Arc<dyn Feed>);
                let feeds = remote_feeds.iter().map(Arc::clone).chain(local).collect();
                Crew::new(module, feeds, &settings)
            })
            .collect();
        Self {
            crews,
            settle_rounds: settings.settle_rounds,
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Runs everything that is due, until nothing is: events, jobs, schedules. Retries that wait for a later time stay.
    ///
    /// # Errors
    ///
    /// [`StoreError::Inconsistent`], naming what is left, if there is always more.
    pub async fn settle(&self) -> Result<(), StoreError> {
        for _ in 0..self.settle_rounds {
            let mut done = 0;
            for crew in &self.crews {
                done += crew.events.run_due().await?;
                done += crew.jobs.run_due().await?;
            }
            if done == 0 {
                return Ok(());
            }
        }
        let mut left = Vec::new();
        for crew in &self.crews {
            left.extend(crew.left().await?);
        }
        Err(StoreError::inconsistent(format!(
            "work that never ends: {}",
            left.join(", ")
        )))
    }

    /// Stops claiming, waits for running work, hands leases back, closes stores.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker failed");
            }
        }
        for crew in &self.crews {
            crew.db.close().await;
        }
    }
}

impl Crew {
    fn new(module: Module, feeds: Vec<Arc<dyn Feed>>, settings: &RuntimeSettings) -> Self {
        let Module {
            db,
            subscriptions,
            mut jobs,
            mut schedules,
            ..
        } = module;
        let (kind, schedule) = maintenance(db.clone(), settings.retention);
        jobs.push(kind);
        schedules.push(schedule);
        let events =
            EventWorker::new(db.clone(), subscriptions, feeds).with_settings(settings.events);
        let jobs = JobWorker::new(db.clone(), jobs, schedules).with_settings(settings.jobs);
        Self {
            db,
            events: Arc::new(events),
            jobs: Arc::new(jobs),
        }
    }

    /// What is due and not done, for people.
    async fn left(&self) -> Result<Vec<String>, StoreError> {
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
