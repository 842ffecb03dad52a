//! `--out`: a repository of its own for a module's team, which finds the platform and the other contracts elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};

use super::facts::{Facts, Module};
use super::ledger::put;
use super::service;
use super::tree::{Files, formatted};
use crate::process;
use crate::workspace::files as files_below;

/// Where the platform comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Platform {
    /// A checkout of this repository.
    Path(PathBuf),
    /// A repository that cargo fetches.
    Git(String),
}

/// Files that are the same in every repository.
const COPIED: [&str; 8] = [
    ".cargo/config.toml",
    ".config/nextest.toml",
    ".gitignore",
    "Cargo.lock",
    "clippy.toml",
    "deny.toml",
    "rust-toolchain.toml",
    "rustfmt.toml",
];

impl FromStr for Platform {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some(("git", url)) if !url.is_empty() => Ok(Self::Git(url.to_owned())),
            Some(("path", path)) if !path.is_empty() => Ok(Self::Path(path.into())),
            _ => Err("expected path=DIR or git=URL".to_owned()),
        }
    }
}

/// Every file of the repository, by its path in it.
pub(crate) fn files(
    root: &Path,
    facts: &Facts,
    name: &str,
    platform: Option<&Platform>,
) -> Result<Files> {
    let module = facts
        .find(name)
        .with_context(|| format!("there is no module {name}"))?;
    let platform = match platform {
        Some(Platform::Path(path)) => Platform::Path(
            path.canonicalize()
                .with_context(|| path.display().to_string())?,
        ),
        Some(git @ Platform::Git(_)) => git.clone(),
        None => Platform::Path(root.to_owned()),
    };
    let mut files = Files::new();
    for folder in [
        format!("crates/{name}"),
        format!("migrations/{name}"),
        format!("docs/contracts/{name}"),
    ] {
        copy_folder(root, &folder, &mut files)?;
    }
    for path in files_below(&root.join("docs/errors"), "md")? {
        let page = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let owner = page
            .trim_end_matches(".md")
            .split_once('.')
            .map(|(owner, _)| owner);
        if owner.is_none_or(|owner| owner == name) {
            copy(root, &PathBuf::from("docs/errors").join(page), &mut files)?;
        }
    }
    for path in COPIED {
        if root.join(path).is_file() {
            copy(root, Path::new(path), &mut files)?;
        }
    }
    for (path, stranger) in [
        (".cargo/config.toml", "[alias]"),
        (".config/nextest.toml", "package("),
    ] {
        if let Some(text) = files.get_mut(Path::new(path)) {
            *text = without(stranger, text);
        }
    }
    let app = PathBuf::from("apps").join(module.service());
    files.insert(app.join("Cargo.toml"), service::manifest(module));
    files.insert(app.join("src/main.rs"), formatted(&service::main(module))?);
    files.insert(
        app.join("src/installation.rs"),
        formatted(&service::installation(facts, module))?,
    );
    let used = used(&files)?;
    let text = fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
    files.insert(
        "Cargo.toml".into(),
        manifest(&text, module, &used, &platform),
    );
    files.insert("README.md".into(), readme(module, &platform));
    Ok(files)
}

/// Writes them into an empty folder; the lock file forgets what is no longer needed.
pub(crate) fn write(root: &Path, folder: &Path, files: &Files) -> Result<()> {
    if folder.is_dir() && fs::read_dir(folder)?.next().is_some() {
        bail!("{} is not empty", folder.display());
    }
    for (path, text) in files {
        put(&folder.join(path), text)?;
    }
    let mut cargo = process::cargo(root);
    cargo.current_dir(folder);
    process::output(cargo.args(["update", "--quiet", "--workspace", "--offline"]))?;
    println!(
        "{} files in {}; try: cargo nextest run",
        files.len(),
        folder.display()
    );
    Ok(())
}

fn copy_folder(root: &Path, folder: &str, files: &mut Files) -> Result<()> {
    let mut queue = vec![root.join(folder)];
    while let Some(folder) = queue.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                queue.push(path);
            } else {
                copy(root, path.strip_prefix(root).unwrap_or(&path), files)?;
            }
        }
    }
    Ok(())
}

fn copy(root: &Path, path: &Path, files: &mut Files) -> Result<()> {
    let text = fs::read_to_string(root.join(path)).with_context(|| path.display().to_string())?;
    files.insert(path.to_owned(), text);
    Ok(())
}

/// Settings without the blocks that name what is not there: tasks, packages.
fn without(stranger: &str, text: &str) -> String {
    let blocks = text.split("\n\n").filter(|block| !block.contains(stranger));
    let kept: Vec<&str> = blocks.map(str::trim_end).collect();
    kept.join("\n\n") + "\n"
}

/// Names of everything that the manifests of these files depend on.
fn used(files: &Files) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.ends_with("Cargo.toml"))
    {
        let manifest: toml::Table = text.parse().with_context(|| path.display().to_string())?;
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get(section).and_then(toml::Value::as_table);
            names.extend(table.into_iter().flatten().map(|(name, _)| name.clone()));
        }
    }
    Ok(names)
}

/// The root manifest: same versions, lints and profiles; own crates here, the others at the platform's place.
fn manifest(text: &str, module: &Module, used: &BTreeSet<String>, platform: &Platform) -> String {
    let name = &module.name;
    let mut out = format!(
        "# The {name} module and its service, taken out of Tenon. Versions, lints and profiles are Tenon's.

[workspace]
resolver = \"3\"
members = [\"apps/*\", \"crates/{name}/contract\", \"crates/{name}/module\"]
"
    );
    let mut section = String::new();
    for line in text.lines() {
        if line.starts_with('[') {
            line.trim_matches(['[', ']']).clone_into(&mut section);
            if keeps(&section) {
                out.push('\n');
            }
        }
        if !keeps(&section) || line.is_empty() || line.starts_with('#') {
            continue;
        }
        if section == "workspace.dependencies" && !line.starts_with('[') {
            let (dependency, _) = line.split_once(" =").unwrap_or((line, ""));
            if !used.contains(dependency) {
                continue;
            }
            out.push_str(&elsewhere(line, name, platform));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

fn keeps(section: &str) -> bool {
    ["workspace.package", "workspace.dependencies"].contains(&section)
        || section.starts_with("workspace.lints")
        || section.starts_with("profile")
}

/// A dependency's line with its path turned to where the platform is.
fn elsewhere(line: &str, name: &str, platform: &Platform) -> String {
    let Some((before, rest)) = line.split_once("path = \"") else {
        return line.to_owned();
    };
    let Some((path, after)) = rest.split_once('"') else {
        return line.to_owned();
    };
    if path.starts_with(&format!("crates/{name}/")) {
        return line.to_owned();
    }
    match platform {
        Platform::Path(root) => format!("{before}path = \"{}\"{after}", root.join(path).display()),
        Platform::Git(url) => format!("{before}git = \"{url}\"{after}"),
    }
}

fn readme(module: &Module, platform: &Platform) -> String {
    let (name, service) = (&module.name, module.service());
    let place = match platform {
        Platform::Path(_) => "a checkout of Tenon (the paths in `Cargo.toml`)".to_owned(),
        Platform::Git(url) => format!("<{url}>"),
    };
    format!(
        "# {name}

The {name} module of Tenon and the service that hosts it. The platform (`tenon-*`) and the contracts of other modules come from {place};
nothing of their implementations is needed: tests use the fakes in their contracts.

```text
cargo nextest run                                    tests on SQLite and PostgreSQL (needs its server binaries)
cargo run --package {service} -- --config <file>     the service
```

`crates/{name}/contract` is the promise to the others: a change that `docs/contracts/{name}` does not allow breaks them.
"
    )
}
