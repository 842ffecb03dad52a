//! `cargo xtask contracts order`: what changed, and which side may be deployed first.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::Value;

use super::difference::{Order, order};
use super::{FOLDER, blessed, documents};

/// Options of `cargo xtask contracts`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Prints the differences and the deploy order that is safe for them.
    Order {
        /// Two documents, old and new; without them, what a revision blessed against today's code.
        #[arg(num_args = 2)]
        documents: Vec<PathBuf>,
        /// The revision that is deployed.
        #[arg(long, default_value = "HEAD")]
        since: String,
    },
}

/// Runs `cargo xtask contracts`; fails if a change needs a new version.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let Action::Order { documents, since } = &options.action;
    let orders = if let [old, new] = documents.as_slice() {
        let (old, new) = (blessed::read(old)?, blessed::read(new)?);
        vec![print(
            old["module"].as_str().unwrap_or("the module"),
            &old,
            &new,
        )]
    } else {
        let mut orders = Vec::new();
        let mut same = 0;
        for (path, today) in super::today(root)? {
            let module = path.split('/').next().unwrap_or_default().to_owned();
            match at_revision(root, since, &path)? {
                Some(old) if documents::compare(&old, &today).is_empty() => same += 1,
                Some(old) => {
                    println!("{path}");
                    orders.push(print(&module, &old, &today));
                }
                None => println!("{path}: not blessed at {since}: deploy {module} first"),
            }
        }
        println!("{same} documents say what they said at {since}.");
        orders
    };
    if orders.contains(&Order::NewVersion) {
        bail!("a change breaks peers that are deployed");
    }
    Ok(())
}

fn print(module: &str, old: &Value, new: &Value) -> Order {
    let differences = documents::compare(old, new);
    for difference in &differences {
        println!("  {difference}");
    }
    let order = order(&differences);
    println!("  => {}", order.advice(module));
    order
}

fn at_revision(root: &Path, revision: &str, path: &str) -> Result<Option<Value>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["show", &format!("{revision}:{FOLDER}/{path}")])
        .output()?;
    if !output.status.success() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}
