//! `cargo xtask interop`: programs of others that know nothing of us, against a fresh server or a committed document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::node;
use crate::process;
use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;

/// What foreign programs consist of; installed into virtual environments below the target directory.
const AUTHLIB: [&str; 2] = ["authlib>=1.6,<1.7", "requests>=2.32,<3"]; // its interface to keys and tokens is that of 1.x
const VALIDATOR: [&str; 2] = ["jsonschema[format]>=4,<5", "openapi-spec-validator>=0.7,<1"];

/// Options of `cargo xtask interop`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which protocol.
    #[arg(value_enum)]
    protocol: Protocol,
    /// Engine of the stores.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Where the modules run.
    #[arg(long, default_value = "wire")]
    topology: Topology,
}

/// What clients speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// OpenID Connect and OAuth 2, by Authlib; passkeys, by Chromium.
    Oidc,
    /// The document of the public events, by AsyncAPI's own parser. Needs no server.
    Asyncapi,
    /// The document of the REST API, by a validator of its own and one of JSON Schema, which reads the examples. Needs no
    /// server.
    Openapi,
}

impl Options {
    /// For CI.
    pub(crate) fn quick() -> [Self; 2] {
        [Protocol::Openapi, Protocol::Oidc].map(|protocol| Self {
            protocol,
            backend: Backend::Sqlite,
            topology: Topology::Wire,
        })
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    match options.protocol {
        Protocol::Oidc => oidc(root, options),
        Protocol::Asyncapi => asyncapi(root),
        Protocol::Openapi => openapi(root),
    }
}

fn asyncapi(root: &Path) -> Result<()> {
    node::expect()?;
    let workshop = process::target_dir(root)?.join("documents");
    fs::create_dir_all(&workshop)?;
    for part in ["package.json", "package-lock.json", "asyncapi.mjs"] {
        fs::copy(root.join("xtask/documents").join(part), workshop.join(part))
            .with_context(|| part.to_owned())?;
    }
    node::install(&workshop)?;
    let mut parser = Command::new("node");
    parser
        .arg("asyncapi.mjs")
        .arg(root.join("docs/asyncapi.json"));
    process::run(parser.current_dir(workshop))?;
    println!("docs/asyncapi.json is what AsyncAPI 3.0 asks for.");
    Ok(())
}

fn openapi(root: &Path) -> Result<()> {
    let python = install(root, "validator", &VALIDATOR)?;
    let mut validator = Command::new(python);
    validator
        .arg(root.join("xtask/interop/openapi.py"))
        .arg(root.join("docs/openapi.json"));
    process::run(&mut validator)
}

fn oidc(root: &Path, options: &Options) -> Result<()> {
    let python = install(root, "interop", &AUTHLIB)?;
    let plan = Plan::fresh(root, "interop", options.backend, options.topology)?;
    let folder = plan.folder.clone();
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let accounts = folder.join("data/demo-accounts.txt");
    let mut client = Command::new(python);
    client
        .env("PYTHONDONTWRITEBYTECODE", "1") // nothing is written beside the sources
        .arg(root.join("xtask/interop/oidc.py"))
        .arg(format!("http://localhost:{}", stack.ports.api))
        .arg(accounts);
    let played = process::run(&mut client);
    if stack.server_has_ended() {
        bail!(
            "the server ended; see {}",
            folder.join("server.log").display()
        );
    }
    played?;
    stack.verify()
}

fn install(root: &Path, name: &str, libraries: &[&str]) -> Result<PathBuf> {
    let folder = process::target_dir(root)?.join(name);
    let python = folder.join("bin/python");
    if !python.is_file() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let pip = folder.join("bin/pip");
    process::run(
        Command::new(pip)
            .args(["install", "--quiet"])
            .args(libraries),
    )?;
    Ok(python)
}
