//! The committed documents: sealed with a hash of their content, kept when they are superseded.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::difference::{self, Difference, Severity};
use super::{FOLDER, documents};
use crate::check::Finding;
use crate::workspace::files;

/// What stands where the superseded documents are.
const SUPERSEDED: &str = "superseded";

/// Compares what the code publishes with what is blessed; with `bless`, writes what may be written.
pub(super) fn check(root: &Path, today: &Map<String, Value>, bless: bool) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, document) in today {
        findings.extend(one(root, Path::new(path), document, bless)?);
    }
    for file in files(&root.join(FOLDER), "json")? {
        let path = file.strip_prefix(root.join(FOLDER)).unwrap_or(&file);
        let is_old = path
            .parent()
            .is_some_and(|folder| folder.ends_with(SUPERSEDED));
        if !is_old && !today.contains_key(&path.to_string_lossy().into_owned()) {
            let what = "no code publishes this any more: delete the document when nobody speaks that version";
            findings.push(finding("document-has-its-code", path, what.to_owned()));
        }
    }
    Ok(findings)
}

fn one(root: &Path, path: &Path, today: &Value, bless: bool) -> Result<Vec<Finding>> {
    let file = root.join(FOLDER).join(path);
    let mut findings = Vec::new();
    let committed = if file.is_file() {
        let document = read(&file)?;
        if !is_intact(&document) {
            let what = "was edited by hand: its hash is not that of its content; restore it from version control";
            return Ok(vec![finding("document-is-intact", path, what.to_owned())]);
        }
        Some(document)
    } else if bless {
        None
    } else {
        let what = "is not blessed yet: cargo xtask check contracts --bless".to_owned();
        return Ok(vec![finding("document-is-current", path, what)]);
    };
    let mut earlier: Vec<(PathBuf, Value)> = committed
        .iter()
        .map(|document| (path.to_owned(), document.clone()))
        .collect();
    for file in superseded(root, path)? {
        let record = read(&file)?;
        let relative = file.strip_prefix(root.join(FOLDER)).unwrap_or(&file);
        let document = record.get("document");
        if let Some(document) = document.filter(|document| is_intact(document)) {
            earlier.push((relative.to_owned(), document.clone()));
        } else {
            let what = "was edited by hand: restore it from version control, or delete it when nobody speaks it";
            findings.push(finding("document-is-intact", relative, what.to_owned()));
        }
    }
    for (source, document) in &earlier {
        findings.extend(
            documents::compare(document, today)
                .iter()
                .filter(|difference| difference.severity == Severity::Breaking)
                .map(|difference| {
                    finding("contract-stays-compatible", source, difference.to_string())
                }),
        );
    }
    if !findings.is_empty() {
        return Ok(findings);
    }
    let sealed = seal(today);
    let is_current = committed
        .as_ref()
        .is_some_and(|document| *document == sealed);
    let records = earlier.iter().filter(|(source, _)| source != path);
    let mut outdated = Vec::new();
    for (source, document) in records {
        let wanted = record(document, &documents::compare(document, today));
        if read(&root.join(FOLDER).join(source))? != wanted {
            outdated.push((source.clone(), wanted));
        }
    }
    if bless {
        if let Some(before) = committed.filter(|_| !is_current) {
            let differences = documents::compare(&before, today);
            if !differences.is_empty() {
                let file = root.join(FOLDER).join(superseded_path(path, &before));
                write(&file, &record(&before, &differences))?;
            }
        }
        for (source, wanted) in outdated {
            write(&root.join(FOLDER).join(source), &wanted)?;
        }
        if !is_current {
            write(&file, &sealed)?;
        }
    } else {
        if !is_current {
            let what = "differs compatibly from what the code publishes: cargo xtask check contracts --bless";
            findings.push(finding("document-is-current", path, what.to_owned()));
        }
        for (source, _) in outdated {
            let what = "names another deploy order than today's code has: cargo xtask check contracts --bless";
            findings.push(finding("document-is-current", &source, what.to_owned()));
        }
    }
    Ok(findings)
}

/// A superseded document with what the step to today's code means.
fn record(document: &Value, differences: &[Difference]) -> Value {
    sorted(&json!({
        "deploy": difference::order(differences).word(),
        "differences": differences.iter().map(Difference::to_string).collect::<Vec<_>>(),
        "document": document,
    }))
}

/// Adds the hash of its content to a document, members sorted.
pub(super) fn seal(document: &Value) -> Value {
    let members = document.as_object().into_iter().flatten();
    let content: Map<String, Value> = members
        .filter(|(name, _)| *name != "hash")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let hash = hash(&sorted(&Value::Object(content.clone())));
    let mut sealed = content;
    sealed.insert("hash".to_owned(), Value::String(hash));
    sorted(&Value::Object(sealed))
}

fn is_intact(document: &Value) -> bool {
    seal(document) == sorted(document)
}

fn hash(document: &Value) -> String {
    use std::fmt::Write as _;
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(document.to_string()) {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}

/// The same value with the members of every object in order, whatever order the reader kept.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let ordered = names
                .into_iter()
                .map(|name| (name.clone(), sorted(&members[name])));
            Value::Object(ordered.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

fn superseded_path(path: &Path, document: &Value) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let hash = document
        .get("hash")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let short: String = hash
        .trim_start_matches("sha256:")
        .chars()
        .take(12)
        .collect();
    path.with_file_name(SUPERSEDED)
        .join(format!("{stem}-{short}.json"))
}

fn superseded(root: &Path, path: &Path) -> Result<Vec<PathBuf>> {
    let stem = format!(
        "{}-",
        path.file_stem().unwrap_or_default().to_string_lossy()
    );
    let folder = root.join(FOLDER).join(path.with_file_name(SUPERSEDED));
    let belongs = |file: &PathBuf| {
        file.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(&stem))
    };
    Ok(files(&folder, "json")?
        .into_iter()
        .filter(belongs)
        .collect())
}

pub(super) fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}

fn write(file: &Path, document: &Value) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::write(file, format!("{document:#}\n")).with_context(|| file.display().to_string())
}

fn finding(rule: &'static str, path: &Path, what: String) -> Finding {
    Finding {
        rule,
        file: Path::new(FOLDER).join(path),
        line: 0,
        what,
    }
}

#[cfg(test)]
mod tests;
