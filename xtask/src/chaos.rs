//! `cargo xtask chaos`: puts every promise of reliability to the test, and says how sure that makes us.

mod experiments;
mod journal;
mod planted;
pub(crate) mod release;
mod report;
mod run;
mod seeds;

use std::path::Path;

use anyhow::{Result, bail};

use self::experiments::{EXPERIMENTS, Experiment};
use self::journal::Journal;
use self::report::Report;

/// Options of `cargo xtask chaos`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Every experiment a few times: what CI has time for. The default.
    #[arg(long, conflicts_with_all = ["full", "planted"])]
    quick: bool,
    /// Every experiment as often as its figure asks for: hours.
    #[arg(long)]
    full: bool,
    /// T00: plants known bugs, one after the other, and requires that the tests find each of them.
    #[arg(long, conflicts_with = "full")]
    planted: bool,
    /// Only these: `R01`, or with `--planted` the names of bugs.
    #[arg(long)]
    only: Vec<String>,
    /// Chooses moments and faults; the day's number unless given.
    #[arg(long)]
    seed: Option<u64>,
    /// Keeps the report in `docs/guarantees/<date>.md`.
    #[arg(long)]
    keep: bool,
    /// Takes over what held already, with this seed: after an interruption, in parts, or when something was mended.
    #[arg(long)]
    resume: bool,
    /// Says what there is and runs nothing.
    #[arg(long)]
    list: bool,
}

impl Options {
    /// What CI has time for, with the same seed each time: what is found there is found again.
    pub(crate) fn quick() -> Self {
        Self {
            quick: true,
            full: false,
            planted: false,
            only: Vec::new(),
            seed: Some(1),
            keep: false,
            resume: false,
            list: false,
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if options.planted {
        return planted::run(root, &options.only);
    }
    let chosen: Vec<&Experiment> = EXPERIMENTS
        .iter()
        .filter(|experiment| {
            options.only.is_empty() || options.only.iter().any(|id| id == experiment.id)
        })
        .collect();
    if chosen.is_empty() {
        bail!("there is no such experiment; --list says what there is");
    }
    if options.list {
        for experiment in chosen {
            println!(
                "{:<4} {:<28} {}",
                experiment.id, experiment.name, experiment.promise
            );
        }
        return Ok(());
    }
    let seed = options.seed.unwrap_or_else(report::days);
    let kind = if options.full { "full" } else { "quick" };
    let mut report = Report::new(kind, seed);
    let journal = Journal::open(root, kind);
    let bench = run::Bench::prepare(root, &chosen)?;
    for experiment in chosen {
        let count = if options.full {
            experiment.full
        } else {
            experiment.quick
        };
        for seed in seeds::of(root, experiment.id)?.into_iter().chain([seed]) {
            let before = if options.resume {
                journal.row(experiment, seed)?
            } else {
                None
            };
            if let Some(row) = before {
                report.add(row);
                continue;
            }
            let mut row = bench.run(experiment, count, seed)?;
            journal.commit().clone_into(&mut row.commit);
            journal.note(&row)?;
            report.add(row);
        }
    }
    report.write(root, options.keep)?;
    report.verdict()
}
