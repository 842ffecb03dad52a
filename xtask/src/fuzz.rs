//! `cargo xtask fuzz`: schemathesis sends generated requests, good ones and bad ones, for every operation of a fresh
//! server, and holds the answers against all its checks (`xtask/fuzz`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;

/// The fuzzer, installed into a virtual environment below the target directory.
const SCHEMATHESIS: &str = "schemathesis>=4.32,<5";

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
    let (email, password) = administrator(&folder.join("data/demo-accounts.txt"))?;
    let api = format!("http://127.0.0.1:{}", stack.ports.api);
    let settings = root.join("xtask/fuzz");
    let mut command = Command::new(&fuzzer);
    command
        .arg("--config-file")
        .arg(settings.join("schemathesis.toml"))
        .args(["run", &format!("{api}/openapi.json")])
        .args(["--max-time", &options.seconds.to_string(), "--no-shrink"])
        .current_dir(&folder)
        .env("PYTHONPATH", &settings)
        .envs([
            ("TENON_API", api),
            ("TENON_EMAIL", email),
            ("TENON_PASSWORD", password),
        ]);
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

/// Who signs in to send the requests: an administrator may do the most.
fn administrator(accounts: &Path) -> Result<(String, String)> {
    let accounts = fs::read_to_string(accounts)?;
    let mut words = accounts
        .lines()
        .find_map(|line| line.strip_prefix("admin"))
        .context("an account of an administrator")?
        .split_whitespace();
    match (words.next(), words.next()) {
        (Some(email), Some(password)) => Ok((email.to_owned(), password.to_owned())),
        _ => bail!("the account of the administrator cannot be read"),
    }
}

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
