//! Claims and runs jobs.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, StoreError};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::queue::Queue;
use crate::work::{Crew, WorkerSettings, reason_of};
use crate::{JobKind, Schedule, metrics, upkeep};

/// How often schedules are looked at.
const SCHEDULE_POLL: Duration = Duration::from_secs(1);
/// How often the dead are counted.
const GAUGE_POLL: Duration = Duration::from_secs(15);

/// Runs the jobs and schedules of one module. Safe with any number of instances.
pub struct JobWorker {
    db: Db,
    crew: Crew<Queue>,
    schedules: Vec<Schedule>,
    /// A schedule that was never seen before does not fire for ticks before this.
    started_at: Timestamp,
    /// The latest tick of each schedule that some instance has fired.
    fired: Mutex<HashMap<&'static str, Timestamp>>,
    /// Rung when schedules should be looked at without waiting for the next turn.
    look: Notify,
}

impl JobWorker {
    /// Puts a module's store, kinds of jobs and schedules together.
    ///
    /// # Panics
    ///
    /// If two runners were given for one kind, or two schedules have one name.
    pub fn new(db: Db, kinds: Vec<JobKind>, schedules: Vec<Schedule>) -> Self {
        let mut names = HashSet::new();
        for schedule in &schedules {
            assert!(
                names.insert(schedule.name()),
                "two schedules are named {}",
                schedule.name()
            );
        }
        let queue = Arc::new(Queue::new(db.clone(), kinds));
        let crew = Crew::new(db.clone(), queue, WorkerSettings::for_jobs());
        let started_at = db.env().now();
        Self {
            db,
            crew,
            schedules,
            started_at,
            fired: Mutex::default(),
            look: Notify::new(),
        }
    }

    /// Changes how it works.
    #[must_use]
    pub fn with_settings(mut self, settings: WorkerSettings) -> Self {
        self.crew.set_settings(settings);
        self
    }

    /// Runs until cancelled; leases are handed back then.
    pub async fn run(&self, stop: CancellationToken) {
        tokio::join!(
            Box::pin(self.crew.run(stop.clone())),
            Box::pin(self.keep_time(&stop))
        );
    }

    /// Looks again at once, at jobs and schedules: the clock was set.
    pub fn wake(&self) {
        self.db.jobs_wake().ring();
        self.look.notify_one();
    }

    /// Does what is due now; returns how many jobs ran. For tests: `settle` calls it until it returns 0.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        self.fire_schedules().await?;
        self.crew.run_due().await
    }

    /// Fires schedules and counts the dead until told to stop; a failure is logged and tried again at the next turn.
    async fn keep_time(&self, stop: &CancellationToken) {
        let mut seconds = tokio::time::interval(SCHEDULE_POLL);
        let mut counted: Option<Instant> = None;
        while !stop.is_cancelled() {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = seconds.tick() => {}
                () = self.look.notified() => {}
            }
            let mut outcome = self.fire_schedules().await;
            if counted.is_none_or(|at| at.elapsed() >= GAUGE_POLL) {
                outcome = outcome.and(self.count_dead().await);
                counted = Some(Instant::now());
            }
            if let Err(error) = outcome {
                tracing::warn!(module = self.db.module(), error = %reason_of(&error), "schedules cannot be looked at");
            }
        }
    }

    /// Enqueues the jobs of schedules that are due.
    async fn fire_schedules(&self) -> Result<(), StoreError> {
        let now = self.db.env().now();
        for schedule in &self.schedules {
            let Some(tick) = schedule.latest_tick(now) else {
                continue;
            };
            if self
                .fired()
                .get(schedule.name())
                .is_some_and(|last| *last >= tick)
            {
                continue;
            }
            if schedule.fire(&self.db, tick, self.started_at).await? {
                tracing::debug!(schedule = schedule.name(), %tick, "schedule fired");
            }
            self.fired().insert(schedule.name(), tick);
        }
        Ok(())
    }

    async fn count_dead(&self) -> Result<(), StoreError> {
        let ctx = CallCtx::service(self.db.env(), Interface::Job, self.db.module());
        metrics::dead(
            self.db.module(),
            upkeep::count_dead_jobs(&self.db, &ctx).await?,
        );
        Ok(())
    }

    fn fired(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Timestamp>> {
        self.fired.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
