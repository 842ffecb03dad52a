//! A move from beginning to end.

use tenon_kernel::Env;
use tenon_store::{Engine, Migrations};
use tokio::time::Instant;

use crate::capture;
use crate::changes;
use crate::copy;
use crate::destination;
use crate::error::{RelocationError, Result};
use crate::job::{Job, Stage};
use crate::pair::Pair;
use crate::place::Place;
use crate::report::{Event, Observer, Report};
use crate::state::Phase;
use crate::verify;

/// Passes go on until one brings at most this many rows: the fence then has about as many to wait for.
const QUIET: usize = 200;
/// Passes after which writes are taken to be faster than the mover.
const MOST_PASSES: u32 = 100;

/// The move of one module's data.
#[derive(Debug, Clone)]
pub struct Relocation {
    pub(crate) migrations: Migrations,
    pub(crate) source: Place,
    pub(crate) destination: Place,
    pub(crate) env: Env,
    pub(crate) replaces: bool,
}

impl Relocation {
    /// From one place to another; nothing happens yet.
    pub fn new(migrations: Migrations, source: Place, destination: Place, env: Env) -> Self {
        Self {
            migrations,
            source,
            destination,
            env,
            replaces: false,
        }
    }

    /// Allows the destination to hold a store that owned the data before it moved away: it is emptied. For the way back.
    #[must_use]
    pub fn replacing_a_former_owner(mut self, replaces: bool) -> Self {
        self.replaces = replaces;
        self
    }

    /// Moves the data.
    ///
    /// # Errors
    ///
    /// After every error but [`RelocationError::NotWithdrawn`] and [`RelocationError::Overtaken`] the source is the
    /// owner as before, and nothing of the mover is left there but a row that says so.
    pub async fn run(&self, observer: &dyn Observer) -> Result<Report> {
        let job = Box::pin(Job::begin(self, observer)).await?;
        self.go(job, observer).await
    }

    /// Goes on where another mover was interrupted.
    ///
    /// # Errors
    ///
    /// As [`Relocation::run`] once it goes on; before that, for example while the destination cannot be reached, the
    /// move stays interrupted. [`RelocationError::NothingUnderWay`] if there was none.
    pub async fn resume(&self, observer: &dyn Observer) -> Result<Report> {
        let job = Box::pin(Job::take_over(self, observer)).await?;
        self.go(job, observer).await
    }

    async fn go(&self, mut job: Job, observer: &dyn Observer) -> Result<Report> {
        match Box::pin(self.steps(&mut job, observer)).await {
            Ok(report) => {
                job.db.close().await;
                Ok(report)
            }
            // Not ours any more, or over: only a later mover may touch it.
            Err(error) if error.is_overtaken() || job.stage == Stage::Closed => {
                job.db.close().await;
                Err(error)
            }
            Err(cause) => {
                let withdrawn = Box::pin(job.withdraw(&self.env)).await;
                job.db.close().await;
                match withdrawn {
                    Ok(()) => Err(cause),
                    Err(source) => Err(RelocationError::NotWithdrawn {
                        cause: Box::new(cause),
                        source: Box::new(source),
                    }),
                }
            }
        }
    }

    async fn steps(&self, job: &mut Job, observer: &dyn Observer) -> Result<Report> {
        let began = Instant::now();
        let mut tables = Vec::new();
        let mut fenced_since = None;
        if job.stage == Stage::Capturing {
            self.copy(job, observer).await?;
            self.catch_up(job, observer).await?;
        }
        if job.stage != Stage::Closed {
            let resumed = job.stage == Stage::Fenced;
            let fencing = Instant::now();
            job.stage = Stage::Fenced;
            self.fence(job, resumed).await?;
            fenced_since = (!resumed).then_some(fencing);
            let took_ms = fencing.elapsed().as_millis();
            observer.notice(&Event::Fenced { took_ms }).await;
            let rows = self.complete(job).await?;
            observer.notice(&Event::Completed { rows }).await;
            for pair in &job.pairs {
                let table = verify::table(&mut job.reading, &mut job.target, pair).await?;
                observer.notice(&Event::Verified(table.clone())).await;
                tables.push(table);
            }
            job.reading.rollback().await;
            job.close_source(&self.env).await?;
            observer.notice(&Event::SourceClosed).await;
        }
        job.open_destination(&self.env).await?;
        let paused = match fenced_since {
            Some(since) => Some(since.elapsed()),
            None => job.fenced_at.map(|at| self.env.now().since(at)),
        };
        let paused_ms = paused.map(|paused| paused.as_millis());
        observer
            .notice(&Event::HandedOver {
                epoch: job.epoch,
                paused_ms,
            })
            .await;
        // The fence stays; the rest is of no use any more. It is no failure of the move if it cannot be removed.
        let tidied = capture::lift(
            &mut job.writing,
            self.migrations.module,
            &job.turn,
            Phase::Moved,
            true,
        );
        if let Err(error) = tidied.await {
            tracing::warn!(%error, "triggers of the move are left at the former owner");
        }
        Ok(Report {
            module: self.migrations.module.to_owned(),
            source: self.source.to_string(),
            destination: self.destination.to_string(),
            epoch: job.epoch,
            tables,
            paused_ms,
            took_ms: began.elapsed().as_millis(),
        })
    }

    /// Copies what is not copied yet, from one snapshot; what an earlier mover has copied is first brought there.
    async fn copy(&self, job: &mut Job, observer: &dyn Observer) -> Result<()> {
        job.reading
            .doing("taking a snapshot")
            .begin_snapshot()
            .await?;
        let position = changes::position(&mut job.reading).await?;
        if let Some(since) = job.marker.position.replace(position)
            && !job.marker.copied.is_empty()
        {
            let changes = changes::since(&mut job.reading, &since).await?;
            let copied: Vec<&Pair> = job
                .pairs
                .iter()
                .filter(|pair| job.marker.copied.contains(&pair.name))
                .collect();
            changes::apply(
                &mut job.reading,
                &mut job.target,
                &copied,
                &changes,
                &job.turn,
                &job.marker,
                false,
            )
            .await?;
        }
        for pair in &job.pairs {
            if !job.marker.copied.contains(&pair.name) {
                copy::table(
                    &mut job.reading,
                    &mut job.target,
                    pair,
                    &job.turn,
                    &mut job.marker,
                    observer,
                )
                .await?;
            }
        }
        job.reading.rollback().await;
        Ok(())
    }

    async fn catch_up(&self, job: &mut Job, observer: &dyn Observer) -> Result<()> {
        let mut left = 0;
        for pass in 1..=MOST_PASSES {
            let began = Instant::now();
            left = self.pass(job, false).await?;
            let event = Event::CaughtUp {
                pass,
                rows: left,
                took_ms: began.elapsed().as_millis(),
            };
            observer.notice(&event).await;
            if left <= QUIET {
                return Ok(());
            }
        }
        Err(RelocationError::NotCaughtUp {
            passes: MOST_PASSES,
            left,
        })
    }

    /// Brings over what has changed since the last snapshot; returns how many rows. The new snapshot is left open
    /// under the fence, where nothing can change any more.
    async fn pass(&self, job: &mut Job, fenced: bool) -> Result<usize> {
        job.reading
            .doing("taking a snapshot")
            .begin_snapshot()
            .await?;
        let position = changes::position(&mut job.reading).await?;
        let since = job.marker.position.replace(position).unwrap_or_default();
        let mut changes = changes::since(&mut job.reading, &since).await?;
        if fenced {
            for pair in job.pairs.iter().filter(|pair| pair.places_events) {
                let unplaced = pair.select_unplaced_keys(Engine::Postgres);
                let keys = job.reading.texts(unplaced, &[]).await?;
                changes.entry(pair.name.clone()).or_default().extend(keys);
            }
        }
        let pairs: Vec<&Pair> = job.pairs.iter().collect();
        changes::apply(
            &mut job.reading,
            &mut job.target,
            &pairs,
            &changes,
            &job.turn,
            &job.marker,
            fenced,
        )
        .await?;
        if !fenced {
            job.reading.rollback().await;
        }
        Ok(changes::count(&changes))
    }

    async fn fence(&self, job: &mut Job, resumed: bool) -> Result<()> {
        capture::fence(
            &mut job.writing,
            self.migrations.module,
            &job.pairs,
            &job.turn,
            self.env.now(),
            resumed,
        )
        .await
    }

    /// Under the fence: the last changes, the counters, triggers and foreign keys.
    async fn complete(&self, job: &mut Job) -> Result<usize> {
        let rows = self.pass(job, true).await?;
        destination::restore(&mut job.target, &job.pairs, &job.turn).await?;
        destination::carry_counters(&mut job.reading, &mut job.target, &job.pairs, &job.turn)
            .await?;
        Ok(rows)
    }
}
