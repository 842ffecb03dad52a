//! One run of one request in a fresh installation: watched, or stopped at one place.

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

use crate::flows::{Asked, Client, Flow, Settled};
use crate::site::{Site, Template};

/// Switches the crash points of a debug build on.
const SWITCH: &str = "TENON_CRASH_POINTS";
/// How long the server may take to keep its promises once it runs again.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long nothing must happen before a run counts as over.
const QUIET: Duration = Duration::from_millis(1_200);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);

/// What is repeated with a stop at another place each time.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    pub(super) template: Arc<Template>,
    pub(super) flow: Flow,
}

/// A moment before or after something that cannot be taken back, as the server wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(String);

/// A trial in which the server was stopped and everything came out as promised.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) outcome: &'static str,
    pub(super) told_after_ms: u64,
}

impl Trial {
    /// Lets the request run undisturbed and returns the places that it comes by.
    pub(super) async fn record(&self) -> Result<Vec<Place>> {
        let mut site = self.template.copy("record").await?;
        let record = site.folder.join("record");
        self.switch(&mut site, &format!("record:{}", record.display()));
        let mut run = Run::begin(self.flow, site).await?;
        run.to_the_end().await?;
        let mut places = String::new();
        loop {
            tokio::time::sleep(QUIET).await;
            let now = fs::read_to_string(&record).context("nothing was recorded")?;
            if now == places {
                break;
            }
            places = now;
        }
        run.check().await?;
        let mut places: Vec<Place> = places.lines().map(|line| Place(line.to_owned())).collect();
        places.retain(|place| !place.is_by_the_clock());
        Ok(places)
    }

    /// Stops the server at a place; `None` if the run never came by.
    pub(super) async fn stop(
        &self,
        number: usize,
        attempt: u32,
        place: &Place,
    ) -> Result<Option<Ended>> {
        let mut site = self.template.copy(&format!("{number}-{attempt}")).await?;
        self.switch(&mut site, &format!("stop:{}", place.0));
        let mut run = Run::begin(self.flow, site).await?;
        let ended = run.stopped().await;
        match ended {
            Ok(stopped) => {
                let told_after_ms = run.told_after_ms();
                let outcome = run.check().await?;
                Ok(stopped.then_some(Ended {
                    outcome,
                    told_after_ms,
                }))
            }
            Err(error) => Err(run.abandon(error).await),
        }
    }

    fn switch(&self, site: &mut Site, order: &str) {
        let gate = site.folder.join("gate");
        let switch = format!("{};{order}", gate.display());
        site.server.environment = vec![(SWITCH, switch)];
    }
}

impl Place {
    /// What comes by itself every few seconds, whether somebody asks for something or not.
    fn is_by_the_clock(&self) -> bool {
        ["workers.take", "jobs.schedule"]
            .iter()
            .any(|name| self.0.contains(name))
    }

    pub(super) fn is_before(&self) -> bool {
        self.0.starts_with("before:")
    }
}

/// `before commit orders/orders.place #1`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.splitn(3, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (side, number, name) = (next(), next(), next());
        write!(f, "{side:<6} {name} #{number}")
    }
}

/// A client at work with a server that may end at any moment.
struct Run {
    site: Site,
    client: Box<dyn Client>,
    outcome: &'static str,
    began: Instant,
    /// When the client was told first.
    told_after: Option<Duration>,
    is_told: bool,
    was_stopped: bool,
}

impl Run {
    /// Prepares everything and opens the gate: from here on points count.
    async fn begin(flow: Flow, mut site: Site) -> Result<Self> {
        site.start().await?;
        let client = flow.prepare(&site).await.context("preparing")?;
        fs::write(site.folder.join("gate"), "")?;
        Ok(Self {
            site,
            client,
            outcome: "",
            began: Instant::now(),
            told_after: None,
            is_told: false,
            was_stopped: false,
        })
    }

    /// Goes to the end, and waits for a stop that comes late. Whether the server was stopped.
    async fn stopped(&mut self) -> Result<bool> {
        self.to_the_end().await?;
        let settled = Instant::now();
        while !self.was_stopped && settled.elapsed() < QUIET {
            tokio::time::sleep(LOOK).await;
            if self.rise_again().await? {
                // The client may ask again at any time, and nothing may come of it.
                self.is_told = false;
                self.to_the_end().await?;
            }
        }
        if self.was_stopped {
            self.ask().await?;
            self.to_the_end().await?;
        }
        Ok(self.was_stopped)
    }

    /// Asks until told, and looks until everything is as promised; starts the server again whenever it is gone.
    async fn to_the_end(&mut self) -> Result<()> {
        let limit = Instant::now() + PATIENCE;
        let mut missing = "an answer".to_owned();
        while Instant::now() < limit {
            let stopped = self.rise_again().await?;
            if stopped || !self.is_told {
                self.ask().await?;
                continue;
            }
            match self.client.settled(&self.site).await {
                Ok(Settled::As(outcome)) => {
                    self.outcome = outcome;
                    return Ok(());
                }
                Ok(Settled::NotYet(what)) => missing = what,
                Err(error) if !self.site.server.has_ended() => return Err(error),
                Err(_) => {} // stopped while we looked
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("waited in vain for {missing}")
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

    fn told_after_ms(&self) -> u64 {
        let told = self.told_after.unwrap_or_default().as_millis();
        u64::try_from(told).unwrap_or(u64::MAX)
    }

    /// Goes on with what was told, checks the data, and takes everything away.
    async fn check(mut self) -> Result<&'static str> {
        let checked = async {
            self.client.go_on(&self.site).await?;
            self.site.verify().await
        };
        match checked.await {
            Ok(()) => {
                let outcome = self.outcome;
                self.site.clear().await?;
                Ok(outcome)
            }
            Err(error) => Err(self.abandon(error).await),
        }
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
