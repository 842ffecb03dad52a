//! `cargo xtask postman check`: the Postman collection follows from the committed documents, and its workflows buy.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;
use crate::{generated, node, process};

/// The generator, as it is committed.
const PACKAGE: &str = "apps/postman-collection";
/// What it writes.
const COLLECTION: &str = "docs/postman.json";
/// What it reads.
const DOCUMENTS: [&str; 2] = ["docs/openapi.json", "docs/arazzo/checkout.json"];

/// Options of `cargo xtask postman`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Generates, compares, and plays the workflows against a fresh server.
    Check {
        /// Rewrites the collection instead of comparing it.
        #[arg(long)]
        bless: bool,
        /// Without playing it, which needs a server.
        #[arg(long)]
        no_server: bool,
    },
}

impl Options {
    /// For CI.
    pub(crate) fn quick() -> Self {
        Self {
            action: Action::Check {
                bless: false,
                no_server: false,
            },
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let Action::Check { bless, no_server } = options.action;
    node::expect()?;
    generate(root, bless)?;
    if no_server {
        println!("\nThe collection is current.");
        return Ok(());
    }
    play(root)?;
    println!("\nThe collection is current, and its workflows buy.");
    Ok(())
}

fn generate(root: &Path, bless: bool) -> Result<()> {
    let fresh = process::target_dir(root)?.join("postman.json");
    let mut command = Command::new("node");
    command.arg(root.join(PACKAGE).join("generate.mjs"));
    command.args(DOCUMENTS.map(|document| root.join(document)));
    process::run(command.arg(&fresh))?;
    let made = fs::read_to_string(&fresh).with_context(|| fresh.display().to_string())?;
    if let Some(line) = generated::differing_line(root, COLLECTION, &made, bless)? {
        bail!(
            "{COLLECTION}:{line} differs from what {} give: cargo xtask postman check --bless",
            DOCUMENTS.join(" and ")
        );
    }
    Ok(())
}

/// Where the server is and who buys; a file, since command lines are printed.
fn variables(stack: &Stack) -> Result<Value> {
    let accounts = stack.accounts();
    let accounts = fs::read_to_string(&accounts).with_context(|| accounts.display().to_string())?;
    let mut words = accounts
        .lines()
        .find_map(|line| line.strip_prefix("buyer "))
        .context("the demo shop has a buyer")?
        .split_whitespace();
    let (Some(email), Some(password)) = (words.next(), words.next()) else {
        bail!("the line of the buyer names no e-mail and password");
    };
    let api = format!("http://127.0.0.1:{}", stack.ports.api);
    Ok(json!({ "name": "a fresh server", "values": [
        { "key": "base_url", "value": api, "enabled": true },
        { "key": "email", "value": email, "enabled": true },
        { "key": "password", "value": password, "enabled": true },
    ] }))
}

/// Newman, the runner of Postman's makers, plays the workflows.
fn play(root: &Path) -> Result<()> {
    let workshop = process::target_dir(root)?.join("postman-collection");
    fs::create_dir_all(&workshop)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(root.join(PACKAGE).join(file), workshop.join(file)).context(file)?;
    }
    node::install(&workshop)?;
    let plan = Plan::fresh(root, "postman", Backend::Sqlite, Topology::Local)?;
    let folder = plan.folder.clone();
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let environment = folder.join("environment.json");
    fs::write(&environment, variables(&stack)?.to_string())?;
    let mut newman = Command::new("npx");
    newman.args(["--no-install", "newman", "run", "--folder", "workflows"]);
    newman.args(["--reporters", "cli", "--color", "off", "--bail", "failure"]);
    newman.arg("--environment").arg(&environment);
    newman.arg(root.join(COLLECTION));
    process::run(newman.current_dir(&workshop))?;
    stack.verify()
}
