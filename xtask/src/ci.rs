//! `cargo xtask ci`: what CI runs, in the order of cost, and the fuzzer, foreign client libraries and the SDK, which
//! `.ci/run` leaves out for time.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::stack::Backend;
use crate::topology::Topology;
use crate::{
    chaos, check, fuzz, golden, interop, node, postman, process, programs, readiness, scenario,
    sdk, test,
};

/// Options of `cargo xtask ci`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Everything but the generated requests, the foreign client libraries and the SDK.
    #[arg(long)]
    skip_fuzz: bool,
    /// Everything but the tests, which `cargo xtask test` runs.
    #[arg(long)]
    skip_tests: bool,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    steps.take("format", || {
        process::run(process::cargo(root).args(["fmt", "--all", "--check"]))
    })?;
    let quick = [
        check::Topic::Boundaries,
        check::Topic::Deps,
        check::Topic::Migrations,
        check::Topic::Docs,
        check::Topic::Deploy,
    ];
    steps.take("quick checks", || check::run(root, &quick, false))?;
    steps.take("clippy", || {
        process::run(process::cargo(root).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    steps.take("build", || programs::everything(root))?;
    steps.take("readiness", || {
        readiness::run(root, &readiness::Options::all())
    })?;
    if !options.skip_tests {
        steps.take("tests", || test::run(root, &test::Options::all()))?;
    }
    let generated = [
        check::Topic::Contracts,
        check::Topic::Settings,
        check::Topic::Openapi,
        check::Topic::Asyncapi,
    ];
    steps.take("generated files", || check::run(root, &generated, false))?;
    steps.take("scenarios", || scenarios(root))?;
    steps.take("golden", || {
        golden::run(root, &golden::Options::quick(Backend::Sqlite))?;
        golden::run(root, &golden::Options::quick(Backend::Postgres))
    })?;
    steps.take("failure tables", || {
        for topology in [Topology::Local, Topology::Remote] {
            let table = scenario::Options::failure_table(Backend::Sqlite, topology);
            scenario::run(root, &table)?;
        }
        Ok(())
    })?;
    steps.take("chaos", || chaos::run(root, &chaos::Options::quick()))?;
    if !options.skip_fuzz {
        steps.take("generated requests", || {
            fuzz::run(root, &fuzz::Options::quick())
        })?;
        steps.take("client libraries", || {
            let quick = interop::Options::quick();
            quick
                .iter()
                .try_for_each(|options| interop::run(root, options))
        })?;
        match node::expect() {
            Ok(()) => steps.take("SDK and collection", || {
                sdk::run(root, &sdk::Options::quick())?;
                postman::run(root, &postman::Options::quick())
            })?,
            Err(missing) => println!("!! SDK and Postman collection are not checked: {missing}"),
        }
    }
    println!("\nCI is green. {steps}");
    Ok(())
}

fn scenarios(root: &Path) -> Result<()> {
    for (backend, topology) in [
        (Backend::Sqlite, Topology::Local),
        (Backend::Sqlite, Topology::Wire),
        (Backend::Postgres, Topology::Local),
    ] {
        scenario::run(root, &scenario::Options::first_order(backend, topology))?;
    }
    Ok(())
}

/// What was done, and how long each took: CI has a limit.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn take(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        #[expect(clippy::disallowed_methods, reason = "measures other programs")]
        let began = Instant::now();
        let outcome = step();
        self.0.push((name, began.elapsed()));
        outcome.with_context(|| format!("{name} failed. {self}"))
    }
}

impl Display for Steps {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Seconds:")?;
        for (name, took) in &self.0 {
            write!(f, " {name} {},", took.as_secs())?;
        }
        let all: Duration = self.0.iter().map(|(_, took)| took).sum();
        write!(f, " together {}.", all.as_secs())
    }
}
