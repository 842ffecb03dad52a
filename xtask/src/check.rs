//! Checks of the architecture: each reads the tree as text, names file and line, and can fail.

pub(crate) mod boundaries;
mod deps;
mod docs;
mod failure_table;
mod lock;
mod migrations;
pub(crate) mod rust_text;
mod security;
mod sql;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Name of the rule, as in docs/ARCHITECTURE.md.
    pub(crate) rule: &'static str,
    pub(crate) file: PathBuf,
    /// From 1; 0 for the whole file.
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: [{}] {}",
            self.file.display(),
            self.line,
            self.rule,
            self.what
        )
    }
}

/// What to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Topic {
    /// Who may know whom; SQL stays in its module; pure domains.
    Boundaries,
    /// Every dependency once, with lints and metadata inherited, from the one registry.
    Deps,
    /// Append-only, both engines at the same step.
    Migrations,
    /// The OpenAPI document is the committed one.
    Openapi,
    /// The AsyncAPI document is the committed one.
    Asyncapi,
    /// The settings sample and schema are the committed ones.
    Settings,
    /// Error pages, links, file headers, tests that documents name.
    Docs,
    /// Container image and compose file.
    Deploy,
    /// Blessed documents of contracts and events.
    Contracts,
    /// No release carries crash points or planted bugs.
    Chaos,
}

/// All topics, in the order of their cost.
pub(crate) const ALL: [Topic; 10] = [
    Topic::Boundaries,
    Topic::Deps,
    Topic::Migrations,
    Topic::Docs,
    Topic::Deploy,
    Topic::Chaos,
    Topic::Contracts,
    Topic::Settings,
    Topic::Openapi,
    Topic::Asyncapi,
];

/// Runs checks; fails if any rule is broken. `bless` rewrites generated files instead of comparing them.
pub(crate) fn run(root: &Path, topics: &[Topic], bless: bool) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let mut findings = Vec::new();
    for topic in topics {
        let found = match topic {
            Topic::Boundaries => boundaries::check(&workspace)?,
            Topic::Deps => {
                let mut found = deps::check(&workspace)?;
                found.extend(lock::check(root)?);
                found
            }
            Topic::Migrations => migrations::check(root)?,
            Topic::Docs => docs::check(&workspace)?,
            Topic::Deploy => crate::deploy::check(root)?,
            Topic::Contracts => crate::contracts::check(&workspace, bless)?,
            Topic::Chaos => crate::chaos::release::check(&workspace)?,
            Topic::Settings => crate::generated::settings(root, bless)?,
            Topic::Openapi => crate::generated::openapi(root, bless)?,
            Topic::Asyncapi => crate::generated::asyncapi(root, bless)?,
        };
        let word = if found.is_empty() { "ok" } else { "BROKEN" };
        println!("check {:<12} {word}", format!("{topic:?}").to_lowercase());
        findings.extend(found);
    }
    findings.sort();
    for finding in &findings {
        println!("  {finding}");
    }
    if findings.is_empty() {
        Ok(())
    } else {
        bail!("{} broken rules", findings.len())
    }
}
