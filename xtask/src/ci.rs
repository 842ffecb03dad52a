//! `cargo xtask ci`: what CI runs, in the order of cost, and the fuzzer, foreign client libraries and the SDK, which
//! `.ci/run` leaves out for time.

use std::path::Path;

use anyhow::Result;

use crate::stack::Backend;
use crate::topology::Topology;
use crate::{chaos, check, fuzz, golden, interop, node, process, readiness, scenario, sdk, test};

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
    process::run(process::cargo(root).args(["fmt", "--all", "--check"]))?;
    let quick = [
        check::Topic::Boundaries,
        check::Topic::Deps,
        check::Topic::Migrations,
        check::Topic::Docs,
        check::Topic::Deploy,
    ];
    check::run(root, &quick, false)?;
    readiness::run(root, &readiness::Options::all())?;
    process::run(process::cargo(root).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    if !options.skip_tests {
        test::run(root, &test::Options::all())?;
    }
    check::run(
        root,
        &[
            check::Topic::Contracts,
            check::Topic::Settings,
            check::Topic::Openapi,
            check::Topic::Asyncapi,
        ],
        false,
    )?;
    for (backend, topology) in [
        (Backend::Sqlite, Topology::Local),
        (Backend::Sqlite, Topology::Wire),
        (Backend::Postgres, Topology::Local),
    ] {
        scenario::run(root, &scenario::Options::first_order(backend, topology))?;
    }
    for backend in [Backend::Sqlite, Backend::Postgres] {
        golden::run(root, &golden::Options::quick(backend))?;
    }
    for topology in [Topology::Local, Topology::Remote] {
        let table = scenario::Options::failure_table(Backend::Sqlite, topology);
        scenario::run(root, &table)?;
    }
    chaos::run(root, &chaos::Options::quick())?;
    if !options.skip_fuzz {
        fuzz::run(root, &fuzz::Options::quick())?;
        interop::run(root, &interop::Options::quick())?;
        match node::expect() {
            Ok(()) => sdk::run(root, &sdk::Options::quick())?,
            Err(missing) => println!("!! The SDK is not checked: {missing}"),
        }
    }
    println!("\nCI is green.");
    Ok(())
}
