//! Certificates and keys for development: one authority, one identity for each service, below `var/`, never committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::facts::MONOLITH;
use crate::{process, programs};

/// Where they are kept.
const FOLDER: &str = "var/identities";

/// Makes what is missing for these services.
pub(crate) type Issue<'i> = &'i dyn Fn(&[String]) -> Result<()>;

/// The public keys of services.
#[derive(Debug)]
pub(crate) struct Identities(BTreeMap<String, String>);

impl Identities {
    /// Reads them; has missing ones made.
    pub(crate) fn of(root: &Path, extracted: &BTreeSet<String>, issue: Issue<'_>) -> Result<Self> {
        let wanted = services(extracted);
        let missing: Vec<String> = wanted
            .iter()
            .filter(|it| !public_key(root, it).is_file())
            .cloned()
            .collect();
        if !missing.is_empty() {
            issue(&missing)?;
        }
        let mut keys = BTreeMap::new();
        for service in wanted {
            let path = public_key(root, &service);
            let key = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            keys.insert(service, key.trim().to_owned());
        }
        Ok(Self(keys))
    }

    /// Stand-ins for a dry run.
    pub(crate) fn unknown(extracted: &BTreeSet<String>) -> Self {
        let keys = services(extracted)
            .into_iter()
            .map(|service| (service, "not made yet".to_owned()));
        Self(keys.collect())
    }

    pub(crate) fn public_key(&self, service: &str) -> &str {
        self.0.get(service).map_or("", String::as_str)
    }
}

/// Runs the development authority; keys that exist stay as they are.
pub(crate) fn issue(root: &Path, services: &[String]) -> Result<()> {
    let mut command = programs::quiet(root, "authority", "authority");
    process::run(command.arg(FOLDER).args(services))
}

/// Removes the identities of services that are no longer there, and the authority with the last of them.
pub(crate) fn forget(root: &Path, extracted: &BTreeSet<String>) -> Result<()> {
    let folder = root.join(FOLDER);
    if extracted.is_empty() {
        if folder.is_dir() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        return super::ledger::remove_empty(root, &folder);
    }
    let wanted = services(extracted);
    for entry in crate::workspace::folders(&folder)? {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !wanted.contains(&name) {
            fs::remove_dir_all(&entry).with_context(|| entry.display().to_string())?;
        }
    }
    Ok(())
}

fn services(extracted: &BTreeSet<String>) -> BTreeSet<String> {
    let own = extracted.iter().map(|module| format!("{module}-service"));
    let monolith = (!extracted.is_empty()).then(|| MONOLITH.to_owned());
    own.chain(monolith).collect()
}

fn public_key(root: &Path, service: &str) -> PathBuf {
    root.join(FOLDER).join(service).join("public.txt")
}
