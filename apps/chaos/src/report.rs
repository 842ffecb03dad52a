//! What an experiment came to, as `cargo xtask chaos` reads it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tokio::time::Instant;

/// What every experiment with running servers is given.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Setup {
    /// The built `tenon`.
    #[arg(long)]
    pub(crate) program: PathBuf,
    /// Holds the installations; emptied first.
    #[arg(long)]
    pub(crate) folder: PathBuf,
    /// Owner of a PostgreSQL cluster, without a database: `postgres://owner@127.0.0.1:5432`. SQLite without it.
    #[arg(long)]
    pub(crate) postgres: Option<String>,
    /// How often.
    #[arg(long, default_value_t = 5)]
    pub(crate) count: u32,
    /// Chooses moments and faults.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where the result is written.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// The result of an experiment.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// How often the promise was put to the test.
    pub(crate) trials: u64,
    /// What was broken: nothing, if all is well.
    pub(crate) failures: Vec<String>,
    /// What was measured beside, for people.
    pub(crate) notes: Vec<String>,
    seconds: u64,
    #[serde(skip)]
    began: Option<Instant>,
}

impl Report {
    pub(crate) fn begin() -> Self {
        Self {
            trials: 0,
            failures: Vec::new(),
            notes: Vec::new(),
            seconds: 0,
            began: Some(Instant::now()),
        }
    }

    /// Notes a broken promise.
    pub(crate) fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.failures.push(what());
        }
    }

    /// Prints it and writes it down; fails if a promise is broken.
    pub(crate) fn end(mut self, name: &str, out: Option<&Path>) -> Result<()> {
        self.seconds = self.began.map_or(0, |began| began.elapsed().as_secs());
        for failure in &self.failures {
            println!("BROKEN: {failure}");
        }
        for note in &self.notes {
            println!("{note}");
        }
        println!(
            "{name}: {} trials, {} failures, {} s",
            self.trials,
            self.failures.len(),
            self.seconds
        );
        if let Some(out) = out {
            let text = serde_json::to_string_pretty(&self)?;
            std::fs::write(out, text).with_context(|| out.display().to_string())?;
        }
        if self.failures.is_empty() {
            return Ok(());
        }
        bail!("{} promises are broken", self.failures.len())
    }
}
