//! Starts the workers of modules and stops them in order.

mod crew;

use std::borrow::Cow;
use std::sync::Arc;

use tenon_events::{Feed, LocalFeed};
use tenon_jobs::WorkerSettings;
use tenon_store::StoreError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::crew::{Crew, Place};
use crate::{Module, Retention};

/// How the runtime runs modules.
#[derive(Debug, Clone)]
pub struct RuntimeSettings {
    /// What runs the modules: `tenon`, `catalog-service`. Of two deployments with one store only one has workers at
    /// a time; processes of one deployment share the work.
    pub deployment: Cow<'static, str>,
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
            deployment: "tenon".into(),
            events: WorkerSettings::default(),
            jobs: WorkerSettings::for_jobs(),
            retention: Retention::default(),
            settle_rounds: 2_000,
        }
    }
}

/// The events of a module that runs elsewhere, on their way to one module here.
#[derive(Clone)]
pub struct RemoteFeed {
    /// The module that takes them; `None` gives them to every module that reacts to them.
    pub consumer: Option<&'static str>,
    /// The link.
    pub feed: Arc<dyn Feed>,
}

/// The running workers of a set of modules.
pub struct Runtime {
    crews: Vec<Arc<Crew>>,
    settle_rounds: usize,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Runtime {
    /// Starts event and job workers. Feeds of modules in this process are linked directly; `remote` serves the others.
    ///
    /// # Panics
    ///
    /// As [`Runtime::paused_with`].
    pub fn start(modules: Vec<Module>, remote: Vec<RemoteFeed>) -> Self {
        Self::start_with(RuntimeSettings::default(), modules, remote)
    }

    /// As [`Runtime::start`], with settings. The workers of a module run while its deployment has the lease of the
    /// module's store; otherwise they wait for it.
    ///
    /// # Panics
    ///
    /// As [`Runtime::paused_with`].
    pub fn start_with(
        settings: RuntimeSettings,
        modules: Vec<Module>,
        remote: Vec<RemoteFeed>,
    ) -> Self {
        let deployment = settings.deployment.clone();
        let mut runtime = Self::over(settings, modules, remote, |module| {
            Place::leased(module, &deployment)
        });
        for crew in &runtime.crews {
            let (crew, stop) = (Arc::clone(crew), runtime.stop.clone());
            runtime.tasks.spawn(crew.run(stop));
        }
        runtime
    }

    /// Builds the workers without running them: for tests and the command line.
    ///
    /// # Panics
    ///
    /// As [`Runtime::paused_with`].
    pub fn paused(modules: Vec<Module>, remote: Vec<RemoteFeed>) -> Self {
        Self::paused_with(RuntimeSettings::default(), modules, remote)
    }

    /// As [`Runtime::paused`], with settings. It asks for no lease: whoever drives it by hand sees to it that nobody
    /// else works on the stores.
    ///
    /// # Panics
    ///
    /// If a module has two runners for one job or two reactions to one event.
    pub fn paused_with(
        settings: RuntimeSettings,
        modules: Vec<Module>,
        remote: Vec<RemoteFeed>,
    ) -> Self {
        Self::over(settings, modules, remote, Place::unleased)
    }

    fn over(
        settings: RuntimeSettings,
        modules: Vec<Module>,
        remote: Vec<RemoteFeed>,
        place: impl Fn(&Module) -> Place,
    ) -> Self {
        let places: Vec<_> = modules.iter().map(place).collect();
        let local_feeds: Vec<_> = places.iter().map(Place::feed).collect();
        let crews = modules
            .into_iter()
            .zip(places)
            .map(|(module, place)| {
                // A clone for each consumer: it hears the producer's bell for itself.
                let local = local_feeds
                    .iter()
                    .cloned()
                    .map(|feed| Arc::new(feed) as Arc<dyn Feed>);
                let feeds = remote
                    .iter()
                    .filter(|feed| feed.consumer.is_none_or(|consumer| consumer == module.name))
                    .map(|feed| Arc::clone(&feed.feed))
                    .chain(local)
                    .collect();
                Arc::new(Crew::new(module, place, feeds, &settings))
            })
            .collect();
        Self {
            crews,
            settle_rounds: settings.settle_rounds,
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        }
    }

    /// The events of the modules here, for consumers in other processes.
    pub fn feeds(&self) -> Vec<LocalFeed> {
        let stores = self.crews.iter().map(|crew| crew.db.clone());
        stores.map(LocalFeed::new).collect()
    }

    /// What makes all workers here look again at once, after the clock was set. It may outlive the runtime.
    pub fn waker(&self) -> impl Fn() + Send + Sync + 'static {
        let crews = self.crews.clone();
        move || crews.iter().for_each(|crew| crew.wake())
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

    /// Looks at every invariant of every module here, from beginning to end, as the workers do all the time.
    ///
    /// # Errors
    ///
    /// A store that does not answer.
    pub async fn look_at_invariants(&self) -> Result<(), StoreError> {
        for crew in &self.crews {
            crew.watch.look_at_all().await?;
        }
        Ok(())
    }

    /// Stops claiming, waits for running work, hands leases back, closes stores.
    pub async fn stop(mut self) {
        self.halt().await;
        for crew in &self.crews {
            crew.db.close().await;
        }
    }

    /// As [`Runtime::stop`], but the stores stay open: for who ships them once nobody writes any more.
    pub async fn halt(&mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker failed");
            }
        }
    }
}

impl From<Arc<dyn Feed>> for RemoteFeed {
    fn from(feed: Arc<dyn Feed>) -> Self {
        Self {
            consumer: None,
            feed,
        }
    }
}
