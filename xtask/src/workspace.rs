//! The workspace as text: manifests, sources and migrations, read without building anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What a package is to the architecture; follows from its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Platform,
    Contract,
    Module,
    /// A part of one module in a crate of its own, so that no other compiles against its libraries.
    Part,
    App,
    Task,
}

/// One package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Folder, relative to the root.
    pub(crate) folder: PathBuf,
    /// Dependencies of every kind (normal, dev, build), by package name.
    pub(crate) dependencies: BTreeSet<String>,
    /// `package.metadata.tenon.uses`: contracts it calls.
    pub(crate) uses: BTreeSet<String>,
    /// `package.metadata.tenon.listens`: contracts whose events it takes.
    pub(crate) listens: BTreeSet<String>,
    pub(crate) manifest: toml::Table,
}

/// All packages of a workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
}

impl Workspace {
    /// Reads every manifest below the known folders.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut packages = Vec::new();
        for folder in folders(&root.join("crates"))? {
            if folder.file_name().is_some_and(|name| name == "platform") {
                for package in folders(&folder)? {
                    packages.extend(Package::read(root, &package, Kind::Platform)?);
                }
            } else {
                packages.extend(Package::read(
                    root,
                    &folder.join("contract"),
                    Kind::Contract,
                )?);
                packages.extend(Package::read(root, &folder.join("module"), Kind::Module)?);
                for part in folders(&folder)? {
                    let name = part.file_name().unwrap_or_default();
                    if name != "contract" && name != "module" {
                        packages.extend(Package::read(root, &part, Kind::Part)?);
                    }
                }
            }
        }
        for folder in folders(&root.join("apps"))? {
            packages.extend(Package::read(root, &folder, Kind::App)?);
        }
        packages.extend(Package::read(root, &root.join("xtask"), Kind::Task)?);
        Ok(Self {
            root: root.to_owned(),
            packages,
        })
    }

    /// Packages of one kind.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(move |package| package.kind == kind)
    }

    /// Kinds by package name.
    pub(crate) fn kinds(&self) -> BTreeMap<&str, Kind> {
        self.packages
            .iter()
            .map(|package| (package.name.as_str(), package.kind))
            .collect()
    }
}

impl Package {
    fn read(root: &Path, folder: &Path, kind: Kind) -> Result<Option<Self>> {
        let path = folder.join("Cargo.toml");
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let manifest: toml::Table = text.parse().with_context(|| path.display().to_string())?;
        let package = manifest.get("package").and_then(toml::Value::as_table);
        let name = package
            .and_then(|package| package.get("name"))
            .and_then(toml::Value::as_str)
            .with_context(|| format!("{} names no package", path.display()))?
            .to_owned();
        let tenon = package
            .and_then(|package| package.get("metadata"))
            .and_then(|metadata| metadata.get("tenon"));
        let list = |key: &str| -> BTreeSet<String> {
            let items = tenon
                .and_then(|tenon| tenon.get(key))
                .and_then(toml::Value::as_array);
            items
                .into_iter()
                .flatten()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        };
        Ok(Some(Self {
            name,
            kind,
            folder: folder.strip_prefix(root).unwrap_or(folder).to_owned(),
            dependencies: all_dependencies(&manifest),
            uses: list("uses"),
            listens: list("listens"),
            manifest,
        }))
    }

    /// Rust files below the package's `src`, with their text.
    pub(crate) fn sources(&self, root: &Path) -> Result<Vec<(PathBuf, String)>> {
        files(&root.join(&self.folder).join("src"), "rs")?
            .into_iter()
            .map(|path| {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                Ok((path.strip_prefix(root).unwrap_or(&path).to_owned(), text))
            })
            .collect()
    }
}

fn all_dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut collect = |table: Option<&toml::Value>| {
        for (key, value) in table.and_then(toml::Value::as_table).into_iter().flatten() {
            let renamed = value.get("package").and_then(toml::Value::as_str);
            names.insert(renamed.unwrap_or(key).to_owned());
        }
    };
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        collect(manifest.get(section));
        for (_, target) in manifest
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
        {
            collect(target.get(section));
        }
    }
    names
}

/// Folders directly below one, sorted; none if it does not exist.
pub(crate) fn folders(below: &Path) -> Result<Vec<PathBuf>> {
    if !below.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(below).with_context(|| below.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Files with an ending anywhere below a folder, sorted.
pub(crate) fn files(below: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut queue = vec![below.to_owned()];
    while let Some(folder) = queue.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                queue.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The root of the workspace this program was built in.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
