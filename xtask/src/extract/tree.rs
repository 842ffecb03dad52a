//! Every file that a set of extracted modules needs, by its path.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::facts::Facts;
use super::identities::Identities;
use super::{FOLDER, deploy, service, settings};

/// Texts by path below the root.
pub(crate) type Files = BTreeMap<PathBuf, String>;

/// What is written for these modules; nothing if there are none.
pub(crate) fn files(
    facts: &Facts,
    extracted: &BTreeSet<String>,
    identities: &Identities,
) -> Result<Files> {
    let mut files = Files::new();
    for name in extracted {
        let module = facts
            .find(name)
            .with_context(|| format!("{name} is extracted, but is no module"))?;
        let app = PathBuf::from("apps").join(module.service());
        files.insert(app.join("Cargo.toml"), service::manifest(module));
        let (main, installation) = (service::main(module), service::installation(facts, module));
        files.insert(app.join("src/main.rs"), formatted(&main)?);
        files.insert(app.join("src/installation.rs"), formatted(&installation)?);
        let folder = PathBuf::from(FOLDER).join(name);
        files.insert(
            folder.join("settings.toml"),
            settings::service(facts, module, extracted, identities),
        );
        files.insert(folder.join("Dockerfile"), deploy::dockerfile(module));
        files.insert(
            folder.join("kubernetes.yaml"),
            deploy::kubernetes(facts, module, extracted),
        );
        files.insert(folder.join("MOVE.md"), deploy::move_plan(facts, module));
    }
    if !extracted.is_empty() {
        let folder = PathBuf::from(FOLDER);
        files.insert(
            folder.join("tenon.toml"),
            settings::monolith(facts, extracted, identities),
        );
        files.insert(
            folder.join("compose.yaml"),
            deploy::compose(facts, extracted),
        );
    }
    Ok(files)
}

/// Source as `cargo fmt` leaves it.
pub(super) fn formatted(source: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt")?;
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(source.as_bytes()).context("rustfmt")?;
    }
    let output = rustfmt.wait_with_output().context("rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt does not take what was generated:\n{source}");
    }
    String::from_utf8(output.stdout).context("rustfmt")
}
