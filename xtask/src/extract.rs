//! `cargo xtask extract <module>`: writes what a module needs to run as a service, and takes it back again.

mod deploy;
mod facts;
mod identities;
mod ledger;
mod proof;
mod service;
mod settings;
mod standalone;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use self::facts::Facts;
use self::identities::{Identities, Issue};
use self::ledger::Ledger;
use crate::process;
use crate::stack::Backend;
use crate::workspace::Workspace;

/// Where the files of extracted modules are, beside their apps.
pub(crate) const FOLDER: &str = "deploy/services";

/// Options of `cargo xtask extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The module.
    #[arg(required_unless_present = "all")]
    module: Option<String>,
    /// Shows with real processes that the module can leave, and writes nothing but the report: answers, data under
    /// load, a kill, latency.
    #[arg(long, conflicts_with_all = ["undo", "out", "force", "dry_run"])]
    prove: bool,
    /// With --prove: every module, and six services behind a gateway.
    #[arg(long, requires = "prove", conflicts_with = "module")]
    all: bool,
    /// With --prove: engine of the stores.
    #[arg(long, requires = "prove", value_enum, default_value = "sqlite")]
    backend: Backend,
    /// With --prove: runs the tests of the module and its contract too.
    #[arg(long, requires = "prove")]
    tests: bool,
    /// Takes everything back: the tree is as before.
    #[arg(long, conflicts_with = "out")]
    undo: bool,
    /// Lists what would be written or removed, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// Overwrites or removes files that were edited since they were written.
    #[arg(long)]
    force: bool,
    /// Writes a repository of its own for the module's team into this folder instead.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where that repository finds the platform and the contracts: `path=DIR` or `git=URL`; this workspace by default.
    #[arg(long, requires = "out", value_name = "SOURCE")]
    platform: Option<standalone::Platform>,
}

/// Extracts a module, or takes it back.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if options.prove {
        let request = proof::Request {
            module: options.module.as_deref(),
            backend: options.backend,
            tests: options.tests,
        };
        return proof::run(root, request);
    }
    let module = options.module.as_deref().context("a module")?;
    let workspace = Workspace::read(root)?;
    let facts = Facts::read(&workspace)?;
    if facts.find(module).is_none() {
        bail!(
            "there is no module {}; there are: {}",
            module,
            facts.names().join(", ")
        );
    }
    if let Some(folder) = &options.out {
        let files = standalone::files(root, &facts, module, options.platform.as_ref())?;
        if options.dry_run {
            for path in files.keys() {
                println!("write  {}", folder.join(path).display());
            }
            return Ok(());
        }
        return standalone::write(root, folder, &files);
    }
    let ledger = Ledger::read(root)?;
    let mut extracted = ledger.modules.clone();
    let is_new = if options.undo {
        if !extracted.remove(module) {
            bail!("{module} is not extracted");
        }
        false
    } else {
        extracted.insert(module.to_owned())
    };
    let issue: Issue<'_> = &|services| identities::issue(root, services);
    let identities = if options.dry_run {
        Identities::unknown(&extracted)
    } else {
        Identities::of(root, &extracted, issue)?
    };
    let files = tree::files(&facts, &extracted, &identities)?;
    let changes = ledger.changes(root, &files, options.force)?;
    changes.print();
    if options.dry_run {
        println!("nothing was written");
        return Ok(());
    }
    changes.apply(root)?;
    Ledger::new(extracted.clone(), &files).write(root)?;
    identities::forget(root, &extracted)?;
    // The lock file learns of the new package, or forgets it; nothing is fetched.
    process::output(process::cargo(root).args(["update", "--quiet", "--workspace", "--offline"]))?;
    if options.undo {
        println!("{module} is part of the monolith again");
    } else {
        let word = if is_new { "extracted" } else { "written again" };
        println!("{module} is {word}: next, read {FOLDER}/{module}/MOVE.md");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
