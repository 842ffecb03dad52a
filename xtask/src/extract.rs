//! `cargo xtask extract <module>`: writes what a module needs to run as a service, and takes it back again.

mod deploy;
mod facts;
mod identities;
mod ledger;
mod service;
mod settings;
mod standalone;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::facts::Facts;
use self::identities::{Identities, Issue};
use self::ledger::Ledger;
use crate::process;
use crate::workspace::Workspace;

/// Where the files of extracted modules are, beside their apps.
pub(crate) const FOLDER: &str = "deploy/services";

/// Options of `cargo xtask extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The module.
    module: String,
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
    let workspace = Workspace::read(root)?;
    let facts = Facts::read(&workspace)?;
    if facts.find(&options.module).is_none() {
        bail!(
            "there is no module {}; there are: {}",
            options.module,
            facts.names().join(", ")
        );
    }
    if let Some(folder) = &options.out {
        let files = standalone::files(root, &facts, &options.module, options.platform.as_ref())?;
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
        if !extracted.remove(&options.module) {
            bail!("{} is not extracted", options.module);
        }
        false
    } else {
        extracted.insert(options.module.clone())
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
        println!("{} is part of the monolith again", options.module);
    } else {
        let word = if is_new { "extracted" } else { "written again" };
        println!(
            "{} is {word}: next, read {FOLDER}/{}/MOVE.md",
            options.module, options.module
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
