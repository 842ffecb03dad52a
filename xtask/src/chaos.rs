//! `cargo xtask chaos`: puts every promise of reliability to the test, and says how sure that makes us.

mod experiments;
mod journal;
mod planted;
pub(crate) mod release;
mod report;
mod run;
mod seeds;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

use self::experiments::{EXPERIMENTS, Experiment};
use self::journal::Journal;
pub(crate) use self::journal::state;
pub(crate) use self::report::today;
use self::report::{Report, Row};
use crate::stack::Backend;

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
            seed: Some(101), // not where the test suite begins, which plays some of the same tests
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
    // A night is measured, in CI time is short: experiments wait more than they work.
    let lanes = if options.full {
        vec![chosen]
    } else {
        lanes(chosen)
    };
    let every: Vec<&Experiment> = lanes.iter().flatten().copied().collect();
    let run = Run {
        root,
        full: options.full,
        resume: options.resume,
        seed,
        journal: Journal::open(root, kind),
        bench: run::Bench::prepare(root, &every, lanes.len() > 1)?,
        broke_off: AtomicBool::new(false),
    };
    let mut rows = Vec::new();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = lanes
            .iter()
            .map(|lane| scope.spawn(|| run.lane(lane)))
            .collect();
        for lane in lanes {
            rows.push(lane.join().expect("a lane does not panic"));
        }
    });
    let mut report = Report::new(kind, seed);
    for row in rows.into_iter().collect::<Result<Vec<_>>>()?.concat() {
        report.add(row);
    }
    report.write(root, options.keep)?;
    report.verdict()
}

/// What can run side by side: whatever shares the database server stays in one lane, since one experiment kills it.
fn lanes(chosen: Vec<&Experiment>) -> Vec<Vec<&Experiment>> {
    let (sharing, alone): (Vec<_>, Vec<_>) = chosen
        .into_iter()
        .partition(|experiment| experiment.how.backend() == Some(Backend::Postgres));
    [sharing, alone]
        .into_iter()
        .filter(|lane| !lane.is_empty())
        .collect()
}

/// What all lanes of a run have in common.
struct Run<'r> {
    root: &'r Path,
    full: bool,
    resume: bool,
    seed: u64,
    journal: Journal,
    bench: run::Bench,
    /// Something cannot be run: the other lanes need not go on.
    broke_off: AtomicBool,
}

impl Run<'_> {
    /// One experiment after the other.
    fn lane(&self, lane: &[&Experiment]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for experiment in lane {
            for seed in seeds::of(self.root, experiment.id)?
                .into_iter()
                .chain([self.seed])
            {
                if self.broke_off.load(Ordering::Relaxed) {
                    return Ok(rows);
                }
                let row = self.experiment(experiment, seed);
                self.broke_off.fetch_or(row.is_err(), Ordering::Relaxed);
                rows.push(row?);
            }
        }
        Ok(rows)
    }

    fn experiment(&self, experiment: &Experiment, seed: u64) -> Result<Row> {
        if self.resume
            && let Some(row) = self.journal.row(experiment, seed)?
        {
            return Ok(row);
        }
        let count = if self.full {
            experiment.full
        } else {
            experiment.quick
        };
        let mut row = self.bench.run(experiment, count, seed)?;
        self.journal.commit().clone_into(&mut row.commit);
        self.journal.note(&row)?;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_shares_the_database_server_is_in_one_lane_and_nothing_is_left_out() {
        let lanes = lanes(EXPERIMENTS.iter().collect());
        assert_eq!(lanes.len(), 2);
        let shares = |lane: &[&Experiment]| {
            let sharing = lane
                .iter()
                .map(|experiment| experiment.how.backend() == Some(Backend::Postgres));
            sharing.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(shares(&lanes[0]), [true].into());
        assert_eq!(shares(&lanes[1]), [false].into());
        assert_eq!(lanes.concat().len(), EXPERIMENTS.len());
    }
}
