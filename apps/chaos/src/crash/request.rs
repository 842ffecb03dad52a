//! One run of one request in a fresh installation: watched, or stopped at one place.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

use crate::flows::{Asked, Client, Flow, Settled};
use crate::record::{Place, Record};
use crate::site::{Site, Template};

use super::trial::Ended;

/// How long the server may take to keep its promises once it runs again.
const PATIENCE: Duration = Duration::from_secs(90);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);
/// How long a connection may be gone before its server is seen to be.
const DYING: Duration = Duration::from_millis(500);
/// How long the server may take without help; then its clocks are set forward again and again.
const UNAIDED: Duration = Duration::from_millis(1_500);
/// How far: as long as a driver that vanished is waited for.
const STEP_SECONDS: u32 = 16;

/// A request of a client.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) template: Arc<Template>,
    pub(super) flow: Flow,
}

impl Request {
    /// Lets the request run undisturbed and returns the places that it comes by.
    pub(super) async fn record(&self) -> Result<Vec<Place>> {
        let site = self.template.copy("undisturbed").await?;
        let mut run = Run::begin(self.flow, site, None).await?;
        let places = run.undisturbed().await;
        match places {
            Ok(places) => run.check().await.map(|_| places),
            Err(error) => Err(run.abandon(error).await),
        }
    }

    /// Stops the server at a place; `None` if the run never came by.
    pub(super) async fn stop(
        &self,
        number: usize,
        attempt: u32,
        place: &Place,
    ) -> Result<Option<Ended>> {
        let site = self.template.copy(&format!("{number}-{attempt}")).await?;
        let mut run = Run::begin(self.flow, site, Some(place)).await?;
        if let Err(error) = run.disturbed().await {
            return Err(run.abandon(error).await);
        }
        run.check().await
    }
}

/// A client at work with a server that may end at any moment.
struct Run {
    site: Site,
    record: Record,
    client: Box<dyn Client>,
    outcome: &'static str,
    began: Instant,
    /// When the client was told first.
    told_after: Option<Duration>,
    is_told: bool,
    was_stopped: bool,
}

impl Run {
    /// Prepares everything, waits until nothing happens any more, and opens the gate: from here on points count.
    async fn begin(flow: Flow, mut site: Site, stop: Option<&Place>) -> Result<Self> {
        let mut record = Record::new(&site.folder);
        site.server.environment = vec![record.switch(stop)];
        site.start().await?;
        site.begin_a_minute().await?; // or a recording has ticks of schedules in it that no other run comes by
        let client = flow.prepare(&site).await.context("preparing")?;
        record.quiet().await?;
        record.open_gate()?;
        Ok(Self {
            site,
            record,
            client,
            outcome: "",
            began: Instant::now(),
            told_after: None,
            is_told: false,
            was_stopped: false,
        })
    }

    async fn undisturbed(&mut self) -> Result<Vec<Place>> {
        self.reach_the_end().await?;
        self.record.quiet().await?;
        self.record.places()
    }

    /// Goes to the end, waits for a stop that comes late, and asks once more.
    async fn disturbed(&mut self) -> Result<()> {
        self.reach_the_end().await?;
        while !self.was_stopped && !self.record.is_quiet()? {
            tokio::time::sleep(LOOK).await;
            self.rise_again().await?;
        }
        // The client may ask again at any time, and nothing may come of it.
        self.is_told = false;
        self.reach_the_end().await
    }

    /// Asks until told, and looks until everything is as promised; starts the server again whenever it is gone.
    async fn reach_the_end(&mut self) -> Result<()> {
        let limit = Instant::now() + PATIENCE;
        let mut helped = Instant::now();
        let mut missing = "an answer".to_owned();
        while Instant::now() < limit {
            self.rise_again().await?;
            if helped.elapsed() > UNAIDED && self.was_stopped {
                let advanced = self.site.advance(STEP_SECONDS).await;
                self.unless_gone(advanced).await?;
                helped = Instant::now();
            }
            if !self.is_told {
                self.ask().await?;
                continue;
            }
            let settled = self.client.settled(&self.site).await;
            match self.unless_gone(settled).await? {
                Some(Settled::As(outcome)) => {
                    self.outcome = outcome;
                    return Ok(());
                }
                Some(Settled::NotYet(what)) => missing = what,
                None => {}
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("waited in vain for {missing}")
    }

    /// Passes an error over if the server went away meanwhile.
    async fn unless_gone<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.site.server.ends_within(DYING).await => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ask(&mut self) -> Result<()> {
        match self.client.ask(&self.site).await? {
            Asked::Told(_) => {
                self.is_told = true;
                self.told_after.get_or_insert_with(|| self.began.elapsed());
            }
            Asked::Again => tokio::time::sleep(LOOK).await,
        }
        Ok(())
    }

    /// Starts the server again if it has ended, without crash points this time.
    async fn rise_again(&mut self) -> Result<bool> {
        if !self.site.server.has_ended() {
            return Ok(false);
        }
        if self.was_stopped {
            bail!("the server ended twice:\n{}", self.site.server.last_lines());
        }
        self.was_stopped = true;
        self.site.server.environment.clear();
        self.site.start().await?;
        Ok(true)
    }

    /// Goes on with what was told, stops the server, checks its data, and takes everything away. A stop that comes as
    /// late as this is survived like any other.
    async fn check(mut self) -> Result<Option<Ended>> {
        let mut checked = self.finish().await;
        if checked.is_err() && !self.was_stopped && self.site.server.ends_within(DYING).await {
            checked = match self.rise_again().await {
                Ok(_) => self.finish().await,
                Err(error) => Err(error),
            };
        }
        if let Err(error) = checked {
            return Err(self.abandon(error).await);
        }
        self.site.clear().await?;
        let told = self.told_after.unwrap_or_default().as_millis();
        Ok(self.was_stopped.then_some(Ended {
            outcome: self.outcome.to_owned(),
            told_after_ms: u64::try_from(told).unwrap_or(u64::MAX),
        }))
    }

    async fn finish(&mut self) -> Result<()> {
        self.client.go_on(&self.site).await?;
        self.site.verify().await
    }

    /// Keeps what is there, to be looked at.
    async fn abandon(mut self, error: anyhow::Error) -> anyhow::Error {
        self.site.keep();
        let place = self.site.folder.display().to_string();
        match self.site.clear().await {
            Ok(()) => error.context(format!("see {place}")),
            Err(second) => error.context(format!("see {place}; {second}")),
        }
    }
}
