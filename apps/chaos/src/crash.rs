//! The crash certificate: the server is stopped at every commit and every outgoing call of one request, each time in a
//! fresh installation; it is started again, the client repeats its request, and everything must be as promised. The same for
//! the mover of a module's data.

mod moving;
mod request;
mod trial;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::trial::{Subject, Trial};
use crate::record::Place;
use crate::site::{Engine, Template};

/// What is certified, and with what.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The request, or the move.
    #[arg(value_enum)]
    flow: Subject,
    /// The built `tenon`.
    #[arg(long)]
    program: PathBuf,
    /// Holds the installations; emptied first.
    #[arg(long)]
    folder: PathBuf,
    /// Owner of a PostgreSQL cluster, without a database: `postgres://owner@127.0.0.1:5432`. SQLite without it.
    #[arg(long)]
    postgres: Option<String>,
    /// Only the place with this number.
    #[arg(long)]
    only: Option<usize>,
    /// Only places whose name has this in it.
    #[arg(long)]
    matching: Option<String>,
    /// Only one place of so many, beginning with the seed's.
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// Chooses which places are left out with `--every`.
    #[arg(long, default_value_t = 0)]
    seed: usize,
    /// Installations that run at once.
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// Where the result is written.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The certificate.
#[derive(Debug, Serialize)]
struct Certificate {
    flow: &'static str,
    backend: &'static str,
    /// Points that the request reaches, each with two sides.
    points: usize,
    trials: usize,
    /// What was broken, place by place.
    failures: Vec<String>,
    /// Places that were not reached.
    notes: Vec<String>,
    seconds: u64,
    rows: Vec<Row>,
}

/// One stop.
#[derive(Debug, Clone, Serialize)]
struct Row {
    /// From 1, as the recording run came by.
    number: usize,
    place: String,
    outcome: String,
    /// How long the client waited for an answer that stays, beginning with its first request.
    told_after_ms: u64,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Held,
    Broken,
    /// No run came by.
    OutOfReach,
}

/// How often a place is tried before it counts as out of reach: what runs in the background takes turns, and the fifth
/// batch of one run is part of the fourth in another.
const MOST_TRIES: u32 = 6;
/// One place of so many may be out of reach: that is no broken promise, but a certificate with many of them says little.
const REACHED: usize = 10;

pub(crate) async fn run(options: Options) -> Result<()> {
    ensure!(options.at_once > 0, "--at-once: expected 1 or more");
    ensure!(options.every > 0, "--every: expected 1 or more");
    let started = Instant::now();
    let engine = Engine::of(options.postgres.as_deref());
    let backend = engine.name();
    let template = Template::make(&options.program, &options.folder, engine).await?;
    let trial = Trial::of(options.flow, template);
    let places = trial.record().await.context("the recording run")?;
    let points = places.iter().filter(|place| place.is_before()).count();
    println!(
        "{} on {backend}: {points} points, {} places to stop at",
        trial.name(),
        places.len()
    );
    let chosen: VecDeque<(usize, Place)> = places
        .into_iter()
        .enumerate()
        .map(|(index, place)| (index + 1, place))
        .filter(|(number, place)| options.takes(*number, place))
        .collect();
    ensure!(!chosen.is_empty(), "there is no such place");
    let mut rows = stop_everywhere(&trial, chosen, options.at_once).await?;
    rows.sort_by_key(|row| row.number);
    let missed = rows.iter().filter(|row| row.fate == Fate::OutOfReach);
    let notes: Vec<String> = missed.map(Row::told).collect();
    let broken = rows.iter().filter(|row| row.fate == Fate::Broken);
    let mut failures: Vec<String> = broken.map(Row::told).collect();
    if notes.len() * REACHED > rows.len() {
        failures.push(format!("{} places were not reached", notes.len()));
    }
    let certificate = Certificate {
        flow: trial.name(),
        backend,
        points,
        trials: rows.len() - notes.len(),
        failures,
        notes,
        seconds: started.elapsed().as_secs(),
        rows,
    };
    certificate.print();
    if let Some(out) = &options.out {
        let text = serde_json::to_string_pretty(&certificate)?;
        std::fs::write(out, text).with_context(|| out.display().to_string())?;
    }
    if !certificate.failures.is_empty() {
        bail!("{} promises are broken", certificate.failures.len());
    }
    Ok(())
}

impl Options {
    fn takes(&self, number: usize, place: &Place) -> bool {
        let text = place.to_string();
        self.only.is_none_or(|only| only == number)
            && self
                .matching
                .as_deref()
                .is_none_or(|part| text.contains(part))
            && (number + self.seed).is_multiple_of(self.every)
    }
}

async fn stop_everywhere(
    trial: &Trial,
    places: VecDeque<(usize, Place)>,
    at_once: usize,
) -> Result<Vec<Row>> {
    let places = Arc::new(Mutex::new(places));
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (trial, places) = (trial.clone(), Arc::clone(&places));
        workers.spawn(async move {
            let mut rows = Vec::new();
            loop {
                let next = places.lock().expect("nobody panics holding it").pop_front();
                let Some((number, place)) = next else {
                    return rows;
                };
                rows.push(stop_at(&trial, number, &place).await);
            }
        });
    }
    let mut rows = Vec::new();
    while let Some(ended) = workers.join_next().await {
        rows.extend(ended?);
    }
    Ok(rows)
}

async fn stop_at(trial: &Trial, number: usize, place: &Place) -> Row {
    for attempt in 1..=MOST_TRIES {
        match trial.stop(number, attempt, place).await {
            Ok(Some(ended)) => {
                return Row::new(
                    number,
                    place,
                    ended.outcome,
                    ended.told_after_ms,
                    Fate::Held,
                );
            }
            Ok(None) => {}
            Err(error) => {
                println!("{number:>3} {place} FAILED: {error:#}");
                let text = format!("{error:#}");
                let first = text.lines().next().unwrap_or_default().to_owned();
                return Row::new(number, place, first, 0, Fate::Broken);
            }
        }
    }
    let outcome = format!("not reached in {MOST_TRIES} runs");
    Row::new(number, place, outcome, 0, Fate::OutOfReach)
}

impl Row {
    fn new(number: usize, place: &Place, outcome: String, told_after_ms: u64, fate: Fate) -> Self {
        Self {
            number,
            place: place.to_string(),
            outcome,
            told_after_ms,
            fate,
        }
    }

    fn told(&self) -> String {
        format!("{} {}: {}", self.number, self.place, self.outcome)
    }
}

impl Certificate {
    fn print(&self) {
        let width = self.rows.iter().map(|row| row.place.len()).max();
        let width = width.unwrap_or_default();
        for row in &self.rows {
            println!(
                "{:>3} {:<width$}  {} ({} ms)",
                row.number, row.place, row.outcome, row.told_after_ms
            );
        }
        println!(
            "{} on {}: {} points, {} stops, {} failures, {} s",
            self.flow,
            self.backend,
            self.points,
            self.trials,
            self.failures.len(),
            self.seconds
        );
    }
}
