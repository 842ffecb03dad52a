//! Moves events from feeds into the consumer's inbox and from there into handlers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::WorkerSettings;
use tenon_jobs::work::{Crew, reason_of};
use tenon_kernel::{CallCtx, Interface};
use tenon_store::{Db, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::inbox::Inbox;
use crate::intake::{Intake, IntakeError};
use crate::subscription::Reactions;
use crate::{Feed, Progress, Subscription, metrics, upkeep};

/// How often the dead are counted.
const GAUGE_POLL: Duration = Duration::from_secs(15);

/// Runs the subscriptions of one module. Safe with any number of instances.
pub struct EventWorker {
    db: Db,
    consumers: Vec<Consumer>,
    settings: WorkerSettings,
}

/// One consumer: the ways in, and the crew that handles what has come in.
struct Consumer {
    inbox: Arc<Inbox>,
    intakes: Vec<Arc<Intake>>,
}

impl EventWorker {
    /// Puts a consumer's store, its subscriptions and the feeds they name together.
    ///
    /// A source without a feed is left out with a warning: nothing arrives from it.
    ///
    /// # Panics
    ///
    /// If a consumer has two reactions to one kind of event.
    pub fn new(db: Db, subscriptions: Vec<Subscription>, feeds: Vec<Arc<dyn Feed>>) -> Self {
        let feeds: HashMap<_, _> = feeds
            .into_iter()
            .map(|feed| (feed.source(), feed))
            .collect();
        let mut by_consumer: BTreeMap<&'static str, BTreeMap<&'static str, Reactions>> =
            BTreeMap::new();
        for subscription in subscriptions {
            let sources = by_consumer.entry(subscription.consumer).or_default();
            sources
                .entry(subscription.source)
                .or_default()
                .merge(subscription.reactions, subscription.consumer);
        }
        let consumers = by_consumer
            .into_iter()
            .map(|(name, reactions)| {
                Consumer::new(Arc::new(Inbox::new(db.clone(), name, reactions)), &feeds)
            })
            .collect();
        Self {
            db,
            consumers,
            settings: WorkerSettings::default(),
        }
    }

    /// Changes how it works.
    #[must_use]
    pub fn with_settings(mut self, settings: WorkerSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Lets readers of the module see how far its consumers are.
    pub fn show(&self, progress: &Progress) {
        let intakes = self.consumers.iter().flat_map(|it| it.intakes.clone());
        progress.follow(intakes.collect());
    }

    /// Runs until cancelled; running handlers may finish, other leases are handed back.
    pub async fn run(&self, stop: CancellationToken) {
        if self.consumers.is_empty() {
            return stop.cancelled().await;
        }
        let mut tasks = JoinSet::new();
        for consumer in &self.consumers {
            if consumer.inbox.is_needed() {
                let (crew, stopped) = (self.crew(consumer), stop.clone());
                tasks.spawn(async move { crew.run(stopped).await });
            }
            for intake in &consumer.intakes {
                let (intake, stopped, poll) =
                    (Arc::clone(intake), stop.clone(), self.settings.poll);
                tasks.spawn(async move { intake.run(poll, stopped).await });
            }
        }
        while !stop.is_cancelled() {
            if let Err(error) = self.count_dead().await {
                tracing::warn!(error = %reason_of(&error), "dead letters cannot be counted");
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = tokio::time::sleep(GAUGE_POLL) => {}
            }
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "an event task failed");
            }
        }
    }

    /// Looks again at once for what is due: the clock was set.
    pub fn wake(&self) {
        self.db.events_wake().ring();
        for consumer in &self.consumers {
            consumer.inbox.announce();
        }
    }

    /// Does what is due now; returns how many events were handled. For tests: `settle` calls it until it returns 0.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let mut handled = 0;
        for consumer in &self.consumers {
            for intake in &consumer.intakes {
                while intake.step().await.map_err(store_error)?.read > 0 {}
            }
            if consumer.inbox.is_needed() {
                handled += self.crew(consumer).run_due().await?;
            }
        }
        Ok(handled)
    }

    fn crew(&self, consumer: &Consumer) -> Crew<Inbox> {
        Crew::new(self.db.clone(), Arc::clone(&consumer.inbox), self.settings)
    }

    async fn count_dead(&self) -> Result<(), StoreError> {
        let ctx = CallCtx::service(self.db.env(), Interface::Event, self.db.module());
        for consumer in &self.consumers {
            let name = consumer.inbox.consumer();
            metrics::dead(name, upkeep::count_dead_events(&self.db, &ctx, name).await?);
        }
        Ok(())
    }
}

impl Consumer {
    fn new(inbox: Arc<Inbox>, feeds: &HashMap<&'static str, Arc<dyn Feed>>) -> Self {
        let mut intakes = Vec::new();
        for source in inbox.sources() {
            if let Some(feed) = feeds.get(source) {
                intakes.push(Arc::new(Intake::new(Arc::clone(&inbox), Arc::clone(feed))));
            } else {
                tracing::warn!(
                    consumer = inbox.consumer(),
                    source,
                    "no feed: nothing will arrive from it"
                );
            }
        }
        Self { inbox, intakes }
    }
}

fn store_error(error: IntakeError) -> StoreError {
    match error {
        IntakeError::Store(error) => error,
        IntakeError::Feed(fault) => {
            StoreError::inconsistent(format!("a feed that cannot be read: {fault}"))
        }
    }
}
