//! `cargo xtask fuzz`: schemathesis sends generated requests for every operation of a fresh server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;

/// The fuzzer, installed into a virtual environment below the target directory.
const SCHEMATHESIS: &str = "schemathesis>=4,<5";

/// Options of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long, in seconds.
    #[arg(long, default_value_t = 180)]
    seconds: u32,
    /// Repeats an earlier run.
    #[arg(long)]
    seed: Option<u64>,
}

impl Options {
    /// For CI.
    pub(crate) fn quick() -> Self {
        Self {
            seconds: 60,
            seed: Some(1),
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let fuzzer = install(root)?;
    let plan = Plan::fresh(root, "fuzz", Backend::Sqlite, Topology::Wire)?;
    let folder = plan.folder.clone();
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let printed = process::output(
        Command::new(stack.program("scenarios")).args([
            "admin-token",
            "--api",
            &format!("http://127.0.0.1:{}", stack.ports.api),
            "--accounts",
            &stack
                .plan
                .folder
                .join("data/demo-accounts.txt")
                .display()
                .to_string(),
        ]),
    )?;
    let token = printed.lines().last().unwrap_or_default();
    fs::write(folder.join("schemathesis.toml"), FUZZER_SETTINGS)?;
    let mut command = Command::new(&fuzzer);
    command.current_dir(&folder).args([
        "run",
        &format!("http://127.0.0.1:{}/openapi.json", stack.ports.api),
    ]);
    command.args([
        "--header",
        &format!("Authorization: Bearer {}", token.trim()),
    ]);
    command.args([
        "--checks",
        CHECKS,
        "--max-time",
        &options.seconds.to_string(),
    ]);
    command.args([
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        "--no-shrink",
    ]);
    for operation in ENDS_THE_SESSION.iter().chain(&NEVER_ENDS) {
        command.args(["--exclude-operation-id", operation]);
    }
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    println!(
        "$ schemathesis for {} s against port {}",
        options.seconds, stack.ports.api
    );
    let output = command.output().context("schemathesis")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = folder.join("report.txt");
    fs::write(&report, &text)?;
    let tail: Vec<&str> = text.lines().rev().take(40).collect();
    println!("{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
    if stack.server_has_ended() {
        bail!(
            "the server ended under generated requests; see {}",
            folder.join("server.log").display()
        );
    }
    if !text.contains("SUMMARY") {
        bail!(
            "the fuzzer did not come to its summary: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    if !output.status.success() {
        bail!(
            "generated requests found failures; see {}",
            report.display()
        );
    }
    Ok(())
}

/// What any answer must be: no 5xx, no undocumented status, type, header or body; nothing wrong accepted.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance,\
    negative_data_rejection";
/// A precondition is judged before the content (RFC 9110 §13.2.1): 412 is an answer to wrong content too.
const FUZZER_SETTINGS: &str = "
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 428, 429]
";
/// Calling these would leave the rest of the run without a valid token.
const ENDS_THE_SESSION: [&str; 2] = ["delete_current_session", "delete_my_session"];
/// The fuzzer reads an answer to its end, and a stream has none.
const NEVER_ENDS: [&str; 1] = ["stream_events"];

fn install(root: &Path) -> Result<PathBuf> {
    let folder = process::target_dir(root)?.join("schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.is_file() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        process::run(Command::new(folder.join("bin/pip")).args([
            "install",
            "--quiet",
            SCHEMATHESIS,
        ]))?;
    }
    Ok(program)
}
