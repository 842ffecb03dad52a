//! What was written, with a hash of each file: so that undoing is exact and nobody's edits are lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::FOLDER;
use super::tree::Files;

/// `deploy/services/extraction.json`
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Names of the extracted modules.
    pub(crate) modules: BTreeSet<String>,
    hashes: BTreeMap<PathBuf, String>,
}

/// What has to be done to a tree.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    write: Files,
    remove: BTreeSet<PathBuf>,
}

impl Ledger {
    pub(crate) fn new(modules: BTreeSet<String>, files: &Files) -> Self {
        let hashes = files
            .iter()
            .map(|(path, text)| (path.clone(), hash(text.as_bytes())));
        Self {
            modules,
            hashes: hashes.collect(),
        }
    }

    pub(crate) fn read(root: &Path) -> Result<Self> {
        let path = place(root);
        if !path.is_file() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let document: Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let modules = document.get("modules").and_then(Value::as_array);
        let files = document.get("files").and_then(Value::as_object);
        let (Some(modules), Some(files)) = (modules, files) else {
            bail!("{}: `modules` and `files` are needed", path.display());
        };
        Ok(Self {
            modules: modules
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            hashes: files
                .iter()
                .filter_map(|(path, hash)| Some((path.into(), hash.as_str()?.to_owned())))
                .collect(),
        })
    }

    /// Writes it, or removes it if nothing is extracted.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        let path = place(root);
        if self.modules.is_empty() {
            if path.is_file() {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
            return remove_empty(root, &path);
        }
        let files: BTreeMap<String, &String> = self
            .hashes
            .iter()
            .map(|(path, hash)| (path.display().to_string(), hash))
            .collect();
        let document = json!({ "files": files, "modules": self.modules });
        put(&path, &format!("{document:#}\n"))
    }

    /// What leads from the tree to these files; refuses to touch what somebody edited, unless forced.
    pub(crate) fn changes(&self, root: &Path, files: &Files, force: bool) -> Result<Changes> {
        let mut edited = Vec::new();
        let mut changes = Changes::default();
        for (path, text) in files {
            let found = fs::read(root.join(path)).ok();
            if found.as_deref() == Some(text.as_bytes()) {
                continue;
            }
            match (found, self.hashes.get(path)) {
                (None, _) => {}
                (Some(found), Some(written)) if hash(&found) == *written => {}
                (Some(_), _) => edited.push(path),
            }
            changes.write.insert(path.clone(), text.clone());
        }
        for (path, written) in self
            .hashes
            .iter()
            .filter(|(path, _)| !files.contains_key(*path))
        {
            let found = fs::read(root.join(path)).ok();
            if found.is_some_and(|found| hash(&found) != *written) {
                edited.push(path);
            }
            changes.remove.insert(path.clone());
        }
        if !edited.is_empty() && !force {
            let list: Vec<String> = edited
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            bail!(
                "edited since they were written: {}; --force overwrites or removes them",
                list.join(", ")
            );
        }
        Ok(changes)
    }
}

impl Changes {
    pub(crate) fn print(&self) {
        for path in self.write.keys() {
            println!("write  {}", path.display());
        }
        for path in &self.remove {
            println!("remove {}", path.display());
        }
    }

    pub(crate) fn apply(&self, root: &Path) -> Result<()> {
        for (path, text) in &self.write {
            put(&root.join(path), text)?;
        }
        for path in &self.remove {
            let path = root.join(path);
            if path.is_file() {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
            remove_empty(root, &path)?;
        }
        Ok(())
    }
}

/// Writes a file and the folders above it.
pub(super) fn put(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// Removes the folders above a removed file that nothing is left in.
pub(super) fn remove_empty(root: &Path, path: &Path) -> Result<()> {
    for folder in path
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != root)
    {
        let is_empty = folder.is_dir() && fs::read_dir(folder)?.next().is_none();
        if is_empty {
            fs::remove_dir(folder).with_context(|| folder.display().to_string())?;
        } else if folder.is_dir() {
            break;
        }
    }
    Ok(())
}

fn place(root: &Path) -> PathBuf {
    root.join(FOLDER).join("extraction.json")
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes all");
            text
        })
}
