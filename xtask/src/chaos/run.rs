//! Runs one experiment: a program against running servers, or tests by name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::experiments::{Experiment, How};
use super::report::Row;
use crate::cluster::Cluster;
use crate::stack::Backend;
use crate::{crash, process};

/// Lines that are shown of a test that failed.
const MOST_LINES: usize = 60;
/// Installations of a certificate that run at once.
const AT_ONCE: &str = "6";

/// What experiments are run with.
pub(crate) struct Bench {
    root: PathBuf,
    programs: PathBuf,
    cluster: Option<Cluster>,
    /// Others print at the same time: what a program prints is shown in one piece, when it has ended.
    side_by_side: bool,
}

impl Bench {
    /// Builds programs and starts a cluster, as far as these experiments need them.
    pub(crate) fn prepare(
        root: &Path,
        experiments: &[&Experiment],
        side_by_side: bool,
    ) -> Result<Self> {
        let backends = experiments
            .iter()
            .filter_map(|experiment| experiment.how.backend());
        let backends: Vec<Backend> = backends.collect();
        let programs = if backends.is_empty() {
            PathBuf::new()
        } else {
            crash::build(root)?
        };
        let cluster = if backends.contains(&Backend::Postgres) {
            crash::cluster(root, Backend::Postgres)?
        } else {
            None
        };
        fs::create_dir_all(root.join("var/chaos"))?;
        Ok(Self {
            root: root.to_owned(),
            programs,
            cluster,
            side_by_side,
        })
    }

    /// Runs it; a broken promise is a row of the report, not an error.
    pub(crate) fn run(&self, experiment: &Experiment, count: u32, seed: u64) -> Result<Row> {
        println!(
            "\n== {} {} (seed {seed}) ==",
            experiment.id, experiment.name
        );
        #[expect(clippy::disallowed_methods, reason = "measures other programs")]
        let began = Instant::now();
        let mut row = match experiment.how {
            How::Tests(tests) => self.tests(experiment, count, seed, tests),
            How::Program(command, backend) => self.program(
                experiment,
                command,
                backend,
                &["--count", &count.to_string()],
                seed,
            ),
            How::Certificate(flow, backend) => {
                let every = count.to_string();
                let more = [flow, "--every", &every, "--at-once", AT_ONCE];
                self.program(experiment, "crash", backend, &more, seed % 1_000_000)
            }
        }?;
        row.seconds = began.elapsed().as_secs();
        row.seed = seed;
        Ok(row)
    }

    fn program(
        &self,
        experiment: &Experiment,
        command: &str,
        backend: Backend,
        more: &[&str],
        seed: u64,
    ) -> Result<Row> {
        let out = self.root.join(format!("var/chaos/{}.json", experiment.id));
        if out.exists() {
            fs::remove_file(&out)?;
        }
        let cluster = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => self.cluster.as_ref(),
        };
        let mut program =
            crash::program(&self.root, &self.programs, command, experiment.id, cluster);
        program.args(more).args(["--seed", &seed.to_string()]);
        program.arg("--out").arg(&out);
        let ended = if self.side_by_side {
            process::run_apart(&mut program)
        } else {
            process::run(&mut program)
        };
        let told = fs::read_to_string(&out).ok();
        let told: Option<Value> = told.and_then(|text| serde_json::from_str(&text).ok());
        let mut row = Row::of(experiment);
        let Some(told) = told else {
            row.failures = 1;
            row.notes = vec![format!("{:#}", ended.err().context("it says nothing")?)];
            return Ok(row);
        };
        row.trials = told["trials"].as_u64().context("trials")?;
        row.failures = match &told["failures"] {
            Value::Array(failures) => failures.len() as u64,
            failures => failures.as_u64().context("failures")?,
        };
        let notes = [&told["failures"], &told["notes"]];
        let notes = notes.into_iter().filter_map(Value::as_array).flatten();
        row.notes = notes.filter_map(Value::as_str).map(str::to_owned).collect();
        if row.failures == 0 {
            ended?;
            let folder = crash::folder(&self.root, experiment.id);
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(row)
    }

    fn tests(
        &self,
        experiment: &Experiment,
        count: u32,
        seed: u64,
        tests: &[(&str, &str)],
    ) -> Result<Row> {
        let mut row = Row::of(experiment);
        row.trials = u64::from(count);
        for (package, test) in tests {
            if !run_test(&self.root, package, test, count, seed)? {
                row.failures += 1;
                row.notes.push(format!("{package}: {test}"));
            }
        }
        Ok(row)
    }
}

/// Runs one test by its whole name; whether it passed. A name that no test has is an error.
///
/// Always of the whole workspace: that is how the tests are built already.
fn run_test(root: &Path, package: &str, test: &str, rounds: u32, seed: u64) -> Result<bool> {
    let mut command = process::cargo(root);
    command.args(["nextest", "run", "--profile", "chaos", "--workspace"]);
    command.args(["-E", &format!("package({package}) & test(={test})")]);
    command.env("TENON_ROUNDS", rounds.to_string());
    command.env("TENON_SEED", seed.to_string());
    outcome(&mut command, package, test)
}

/// Runs a nextest command for one test; whether the test passed.
pub(super) fn outcome(command: &mut Command, package: &str, test: &str) -> Result<bool> {
    let output = command.output().context("cargo nextest")?;
    let told = String::from_utf8_lossy(&output.stderr);
    let summary = told.lines().rev().find(|line| line.contains("Summary"));
    let summary = summary.with_context(|| format!("no test ran:\n{told}"))?;
    println!("{package} {test}:{summary}");
    if !output.status.success() {
        let lines: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
        println!(
            "{}",
            lines[lines.len().saturating_sub(MOST_LINES)..].join("\n")
        );
    }
    ensure!(
        !summary.contains(" 0 tests run"),
        "{package} has no test {test}"
    );
    Ok(output.status.success())
}
