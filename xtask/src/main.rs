//! The project's own tasks: `cargo xtask <task>`.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod bench;
mod chaos;
mod check;
mod ci;
mod clock;
mod cluster;
mod contracts;
mod crash;
mod deploy;
mod dev;
mod drill;
mod extract;
mod fleet;
mod fuzz;
mod generated;
mod golden;
mod interop;
mod nightly;
mod node;
mod postman;
mod process;
mod programs;
mod readiness;
mod scenario;
mod sdk;
mod stack;
mod test;
mod topology;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tasks of the Tenon workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds, migrates, seeds and runs everything; rebuilds on change.
    Dev(dev::Options),
    /// Runs all tests.
    Test(test::Options),
    /// Runs exactly what CI runs.
    Ci(ci::Options),
    /// Checks the architecture; all topics unless named.
    Check {
        /// What to check.
        topics: Vec<check::Topic>,
        /// Rewrites generated files instead of comparing them.
        #[arg(long)]
        bless: bool,
    },
    /// Sets the clock of what `cargo xtask dev` runs forward.
    Clock(clock::Options),
    /// Looks at the contracts' documents.
    Contracts(contracts::Options),
    /// Makes a module a service of its own, or takes that back.
    Extract(extract::Options),
    /// Says what stands between a module and a service of its own.
    Readiness(readiness::Options),
    /// Plays a scripted user against a server.
    Scenario(scenario::Options),
    /// Records every operation of the REST API in several topologies and compares the answers.
    Golden(golden::Options),
    /// Lets a client library that knows nothing of us talk to a fresh server.
    Interop(interop::Options),
    /// Checks the Postman collection: generated, and its workflows played.
    Postman(postman::Options),
    /// Checks the TypeScript SDK: generated, compiled, tested, and a buyer through it.
    Sdk(sdk::Options),
    /// Puts every promise of reliability to the test.
    Chaos(chaos::Options),
    /// Stops the server at every commit and outgoing call of a request, and checks what comes of it.
    Crash(crash::Options),
    /// Loses data on purpose and brings it back.
    Drill(drill::Options),
    /// Measures, side by side in one run.
    Bench(bench::Options),
    /// Runs what takes too long for CI, and keeps a report.
    Nightly(nightly::Options),
    /// Sends generated requests for every operation (schemathesis).
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let root = workspace::root();
    match task {
        Task::Dev(options) => dev::run(&root, &options),
        Task::Test(options) => test::run(&root, &options),
        Task::Ci(options) => ci::run(&root, &options),
        Task::Check { topics, bless } => check::run(
            &root,
            if topics.is_empty() {
                &check::ALL
            } else {
                &topics
            },
            bless,
        ),
        Task::Clock(options) => clock::run(&options),
        Task::Contracts(options) => contracts::run(&root, &options),
        Task::Extract(options) => extract::run(&root, &options),
        Task::Readiness(options) => readiness::run(&root, &options),
        Task::Scenario(options) => scenario::run(&root, &options),
        Task::Golden(options) => golden::run(&root, &options),
        Task::Interop(options) => interop::run(&root, &options),
        Task::Postman(options) => postman::run(&root, &options),
        Task::Sdk(options) => sdk::run(&root, &options),
        Task::Chaos(options) => chaos::run(&root, &options),
        Task::Crash(options) => crash::run(&root, &options),
        Task::Drill(options) => drill::run(&root, &options),
        Task::Bench(options) => bench::run(&root, &options),
        Task::Nightly(options) => nightly::run(&root, &options),
        Task::Fuzz(options) => fuzz::run(&root, &options),
    }
}
