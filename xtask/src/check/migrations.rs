//! Migrations: both engines at the same step, named and explained, never changed once released.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::workspace::{files, folders};

/// Statements that lose data or block: an expand-then-contract migration says why in its header.
const CONTRACTING: [&str; 4] = ["DROP TABLE", "DROP COLUMN", "RENAME COLUMN", "RENAME TO"];

/// Column types that lose money.
const FLOATS: [&str; 5] = ["REAL", "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE"];

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for module in folders(&root.join("migrations"))? {
        let mut steps: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for engine in ["sqlite", "postgres"] {
            for file in files(&module.join(engine), "sql")? {
                let relative = file.strip_prefix(root).unwrap_or(&file).to_owned();
                let name = file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                findings.extend(step(&relative, &name, engine, &text));
                steps.entry(name).or_default().insert(engine.to_owned());
            }
        }
        for (name, engines) in steps {
            if engines.len() < 2 {
                findings.push(Finding {
                    rule: "engines-move-together",
                    file: module.strip_prefix(root).unwrap_or(&module).join(&name),
                    line: 0,
                    what: format!(
                        "exists for {} only",
                        engines.into_iter().next().unwrap_or_default()
                    ),
                });
            }
        }
    }
    findings.extend(changed_since_release(root));
    Ok(findings)
}

fn step(file: &Path, name: &str, engine: &str, text: &str) -> Vec<Finding> {
    let finding = |rule, line, what: &str| Finding {
        rule,
        file: file.to_owned(),
        line,
        what: what.to_owned(),
    };
    let mut findings = Vec::new();
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 4 || name.as_bytes().get(4) != Some(&b'_') {
        findings.push(finding("migration-is-named", 0, "name it NNNN_what.sql"));
    }
    if !text.starts_with("-- ") {
        findings.push(finding(
            "migration-says-why",
            1,
            "the first line is a comment that says why",
        ));
    }
    for (number, line) in text.lines().enumerate() {
        let line = line
            .split("--")
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        if FLOATS.iter().any(|word| {
            line.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|found| found == *word)
        }) {
            findings.push(finding(
                "no-floats",
                number + 1,
                "money and counts are integers",
            ));
        }
        if CONTRACTING.iter().any(|word| line.contains(word)) && !text.contains("-- contract:") {
            findings.push(finding(
                "expand-then-contract",
                number + 1,
                "say `-- contract: why nothing reads it any more`",
            ));
        }
    }
    if engine == "sqlite" {
        for (number, line) in unstrict_tables(text) {
            findings.push(finding(
                "sqlite-is-strict",
                number,
                &format!("{line} is not STRICT"),
            ));
        }
    }
    findings
}

/// Tables of a SQLite migration whose statement does not end in STRICT.
fn unstrict_tables(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.split("--").next().unwrap_or_default().trim();
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            open = Some((
                number + 1,
                rest.split(['(', ' ']).next().unwrap_or_default().to_owned(),
            ));
        }
        if line.ends_with(';')
            && let Some(table) = open.take()
            && !line.contains("STRICT")
        {
            found.push(table);
        }
    }
    found
}

/// A migration that stands in a release tag is never edited; without a release nothing is frozen yet.
fn changed_since_release(root: &Path) -> Vec<Finding> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(arguments)
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(tag) = git(&["describe", "--tags", "--abbrev=0", "--match", "v*"]) else {
        return Vec::new();
    };
    let changed = git(&[
        "diff",
        "--name-only",
        "--diff-filter=MDR",
        &tag,
        "--",
        "migrations",
    ])
    .unwrap_or_default();
    changed
        .lines()
        .map(|file| Finding {
            rule: "migrations-are-append-only",
            file: PathBuf::from(file),
            line: 0,
            what: format!("was released with {tag}: write a new step instead"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "-- Carts.\nCREATE TABLE carts (\n  id BLOB PRIMARY KEY\n) STRICT;\n";

    fn rules(sqlite: &str, postgres: Option<&str>, name: &str) -> Vec<&'static str> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (engine, text) in [("sqlite", Some(sqlite)), ("postgres", postgres)] {
            let at = folder.path().join("migrations/orders").join(engine);
            fs::create_dir_all(&at).expect("the folder can be made");
            if let Some(text) = text {
                fs::write(at.join(name), text).expect("writable");
            }
        }
        check(folder.path())
            .expect("readable")
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    #[test]
    fn good_steps_break_no_rule() {
        assert_eq!(
            rules(GOOD, Some(GOOD), "1001_carts.sql"),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn each_rule_can_break() {
        assert_eq!(
            rules(GOOD, None, "1001_carts.sql"),
            ["engines-move-together"]
        );
        assert_eq!(
            rules(&GOOD.replace(" STRICT", ""), Some(GOOD), "1001_carts.sql"),
            ["sqlite-is-strict"]
        );
        assert_eq!(
            rules(&GOOD[10..], Some(GOOD), "1001_carts.sql"),
            ["migration-says-why"]
        );
        assert_eq!(
            rules(&GOOD.replace("BLOB", "REAL"), Some(GOOD), "1001_carts.sql"),
            ["no-floats"]
        );
        let drop = format!("{GOOD}DROP TABLE carts;\n");
        assert_eq!(
            rules(&drop, Some(GOOD), "1001_carts.sql"),
            ["expand-then-contract"]
        );
        assert_eq!(
            rules(GOOD, Some(GOOD), "carts.sql"),
            ["migration-is-named", "migration-is-named"]
        );
    }

    #[test]
    fn a_released_step_cannot_change() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
            let status = Command::new("git")
                .arg("-C")
                .arg(folder.path())
                .args(identity)
                .args(arguments)
                .output();
            assert!(status.expect("git runs").status.success(), "{arguments:?}");
        };
        let at = folder.path().join("migrations/orders/sqlite");
        fs::create_dir_all(&at).expect("the folder can be made");
        fs::write(at.join("1001_a.sql"), GOOD).expect("writable");
        git(&["init", "-q"]);
        git(&["add", "."]);
        git(&["commit", "-qm", "a"]);
        git(&["tag", "v0.1.0"]);
        assert_eq!(changed_since_release(folder.path()), []);
        fs::write(at.join("1001_a.sql"), GOOD.replace("carts", "charts")).expect("writable");
        assert_eq!(changed_since_release(folder.path()).len(), 1);
    }
}
