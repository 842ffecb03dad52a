//! `cargo xtask extract <module> --prove`: shows with real processes that a module can leave, and writes what was seen.

mod latency;
mod live;
mod report;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use self::report::Proof;
use crate::golden::{self, Compared};
use crate::process;
use crate::readiness;
use crate::scenario;
use crate::stack::Backend;
use crate::topology::{MODULES, Topology};

/// Where reports are kept.
const REPORTS: &str = "docs/extraction";

/// What to prove.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// `None`: every module, and all of them at once.
    pub(super) module: Option<&'a str>,
    pub(super) backend: Backend,
    /// Runs the tests of contract and module too.
    pub(super) tests: bool,
}

/// A folder of the run's own, with the recording that everything is compared with.
struct Run<'a> {
    root: &'a Path,
    folder: PathBuf,
    local: PathBuf,
    request: Request<'a>,
}

/// Proves; fails on any loss, double, difference or broken invariant.
pub(super) fn run(root: &Path, request: Request<'_>) -> Result<()> {
    let subjects: Vec<Topology> = if let Some(module) = request.module {
        vec![Topology::with_service(module)?]
    } else {
        let each = MODULES.into_iter().map(Topology::RemoteOne);
        each.chain([Topology::Remote]).collect()
    };
    let folder = root.join(match request.backend {
        Backend::Sqlite => "var/proof",
        Backend::Postgres => "var/proof-postgres",
    });
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let run = Run {
        root,
        local: folder.join("local.json"),
        folder,
        request,
    };
    golden::record_fresh(
        root,
        request.backend,
        Topology::Local,
        &run.folder,
        &run.local,
    )?;
    let mut failed = Vec::new();
    for topology in subjects {
        let proof = match run.prove(topology) {
            Ok(proof) => proof,
            Err(error) => {
                println!("{topology}: {error:#}");
                failed.push(topology.to_string());
                continue;
            }
        };
        proof.print();
        proof.write(&root.join(REPORTS))?;
        if !proof.failures().is_empty() {
            failed.push(topology.to_string());
        }
    }
    if !failed.is_empty() {
        bail!("not proved: {}", failed.join(", "));
    }
    Ok(())
}

impl Run<'_> {
    fn prove(&self, topology: Topology) -> Result<Proof> {
        let Request { backend, tests, .. } = self.request;
        let module = match topology {
            Topology::RemoteOne(module) => Some(module),
            _ => None,
        };
        if let Some(module) = module {
            readiness::run(self.root, &readiness::Options::of(module))?;
            if tests {
                let contract = format!("{module}-contract");
                let mut command = process::cargo(self.root);
                process::run(command.args(["nextest", "run", "-p", &contract, "-p", module]))?;
            }
        }
        let name = topology.to_string().replace(':', "-");
        let remote = self.folder.join(format!("{name}.json"));
        golden::record_fresh(self.root, backend, topology, &self.folder, &remote)?;
        let compared: Compared = golden::compared(self.root, &self.local, &remote)?;
        scenario::run(
            self.root,
            &scenario::Options::first_order(backend, topology),
        )?;
        let live = match module {
            Some(module) => {
                let folder = self.folder.join(format!("{name}-live"));
                Some(live::run(self.root, module, backend, &folder)?)
            }
            None => None,
        };
        let per_call = live.as_ref().map(live::Live::per_call_us);
        let latency =
            latency::read(self.root, module, &self.local, &remote, per_call).context("latency")?;
        Ok(Proof {
            topology,
            backend,
            tested: tests,
            compared,
            live,
            latency,
        })
    }
}

#[cfg(test)]
mod tests;
