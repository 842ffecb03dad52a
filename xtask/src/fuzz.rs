//! `cargo xtask fuzz`: schemathesis sends generated requests for every operation of a fresh server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::scenario::free_block;
use crate::stack::{Backend, Plan, Stack, Topology};

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
        Self { seconds: 60, seed: Some(1) }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let fuzzer = install(root)?;
    let folder = root.join("var/fuzz");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let plan = Plan {
        backend: Backend::Sqlite,
        topology: Topology::Wire,
        port: free_block(),
        folder: folder.clone(),
        release: false,
        show_server_log: false,
    };
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let token = process::output(&mut Command::new(stack.program("scenarios")).args([
        "admin-token",
        "--api",
        &format!("http://127.0.0.1:{}", stack.ports.api),
        "--accounts",
        &stack.plan.folder.join("data/demo-accounts.txt").display().to_string(),
    ]))?;
    let config = folder.join("schemathesis.toml");
    fs::write(&config, CONFIG).with_context(|| config.display().to_string())?;
    let mut command = Command::new("timeout");
    command.args(["--signal=INT", "--preserve-status", &format!("{}s", options.seconds)]).arg(&fuzzer);
    command.arg("--config-file").arg(&config);
    command.args(["run", &format!("http://127.0.0.1:{}/openapi.json", stack.ports.api)]);
    command.args(["--header", &format!("Authorization: Bearer {}", token.trim())]);
    command.args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--max-examples", "2000"]);
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    println!("$ schemathesis for {} s against port {}", options.seconds, stack.ports.api);
    let output = command.output().context("schemathesis")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = folder.join("report.txt");
    fs::write(&report, &text)?;
    let tail: Vec<&str> = text.lines().rev().take(40).collect();
    println!("{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
    if stack.server_has_ended() {
        bail!("the server ended under generated requests; see {}", folder.join("server.log").display());
    }
    if text.contains("FAILURES") || text.contains("ERRORS ") {
        bail!("generated requests found failures; see {}", report.display());
    }
    if !text.contains("SUMMARY") {
        bail!("the fuzzer did not come to its summary: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Checks that any operation must pass: no 5xx, no undocumented status, type or body, no hidden member accepted.
const CONFIG: &str = r"
[checks]
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_schema_conformance.enabled = true
response_headers_conformance.enabled = true
unsupported_method.enabled = true
# Needs knowledge of the data: covered by the module tests.
positive_data_acceptance.enabled = false
";

fn install(root: &Path) -> Result<PathBuf> {
    let folder = process::target_dir(root)?.join("schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.is_file() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        process::run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", SCHEMATHESIS]))?;
    }
    Ok(program)
}
