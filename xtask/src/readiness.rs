//! `cargo xtask readiness [module]`: what stands between a module and a service of its own. Computed, never written by hand.

mod calls;
mod code;
mod commands;
mod coverage;
mod edges;
mod errors;
mod latency;
mod local_state;
mod module;
mod payloads;
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::module::Landscape;
use self::report::Report;
use crate::check::Finding;
use crate::workspace::{Kind, Workspace};

/// Options of `cargo xtask readiness`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this module.
    module: Option<String>,
    /// Names file and line of everything found.
    #[arg(long)]
    explain: bool,
    /// A golden recording: its counted calls replace the reading of the code.
    #[arg(long)]
    recording: Option<PathBuf>,
    /// What a call to another process was measured to cost: `{"per_call_us": 0, "source": "…"}`.
    #[arg(long, default_value = "docs/measurements/remote-call.json")]
    per_call: PathBuf,
}

impl Options {
    /// One module, from the code alone.
    pub(crate) fn of(module: &str) -> Self {
        Self {
            module: Some(module.to_owned()),
            ..Self::all()
        }
    }

    /// All modules, from the code alone.
    pub(crate) fn all() -> Self {
        Self {
            module: None,
            explain: false,
            recording: None,
            per_call: PathBuf::from("docs/measurements/remote-call.json"),
        }
    }
}

/// Calls to another process that one request makes on average once `module` has left, its own forwarding included: by
/// operation, as a golden recording counted them.
pub(crate) fn hops(root: &Path, module: &str, recording: &Path) -> Result<BTreeMap<String, f64>> {
    let workspace = Workspace::read(root)?;
    let recorded = latency::recording(recording)?;
    let reports = reports(&workspace, &[], Some(&recorded), None)?;
    let report = reports.into_iter().find(|report| report.module == module);
    let endpoints = report.into_iter().flat_map(|report| report.endpoints);
    Ok(endpoints
        .map(|endpoint| (endpoint.operation.clone(), endpoint.hops()))
        .collect())
}

/// Computes the reports; fails if a module is blocked.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let recorded = match &options.recording {
        Some(path) => Some(latency::recording(path)?),
        None => None,
    };
    let per_call = latency::per_call(&root.join(&options.per_call))?;
    let contracts = crate::contracts::check(&workspace, false)?;
    let reports = reports(&workspace, &contracts, recorded.as_ref(), per_call.as_ref())?;
    let wanted = |report: &&Report| {
        options
            .module
            .as_ref()
            .is_none_or(|name| *name == report.module)
    };
    let reports: Vec<&Report> = reports.iter().filter(wanted).collect();
    if reports.is_empty() {
        bail!(
            "no such module; there are: {}",
            names(&workspace).join(", ")
        );
    }
    for report in &reports {
        report.print(options.explain);
    }
    let blocked = reports.iter().filter(|report| !report.is_ready()).count();
    println!(
        "{} of {} modules are ready",
        reports.len() - blocked,
        reports.len()
    );
    if blocked > 0 {
        bail!("{blocked} blocked");
    }
    Ok(())
}

/// The report of every module; `contracts` is what `cargo xtask check contracts` found.
fn reports(
    workspace: &Workspace,
    contracts: &[Finding],
    recorded: Option<&latency::Recorded>,
    per_call: Option<&latency::PerCall>,
) -> Result<Vec<Report>> {
    let landscape = Landscape::read(workspace)?;
    let mut reports = Vec::new();
    for module in &landscape.modules {
        let mut report = Report::new(&module.name);
        edges::check(workspace, module, &mut report)?;
        let documents = Path::new(crate::contracts::FOLDER).join(&module.name);
        let broken = contracts
            .iter()
            .filter(|it| it.file.starts_with(&documents));
        report.blocks.extend(broken.map(|finding| Finding {
            rule: "contract-is-blessed",
            what: format!("[{}] {}", finding.rule, finding.what),
            ..finding.clone()
        }));
        coverage::check(workspace, module, &mut report)?;
        local_state::check(module, &mut report);
        errors::check(module, &mut report);
        commands::check(&landscape, module, &mut report);
        payloads::check(module, &mut report);
        calls::check(&landscape, module, recorded, &mut report);
        latency::predict(per_call, &mut report);
        reports.push(report);
    }
    Ok(reports)
}

fn names(workspace: &Workspace) -> Vec<String> {
    let modules = workspace.of(Kind::Module);
    modules.map(|package| package.name.clone()).collect()
}

#[cfg(test)]
mod tests;
