//! The security catalogue: every test that `docs/security` names exists, and every requirement has its row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};

use super::Finding;
use super::failure_table::test_names;
use crate::workspace::{Workspace, files};

const FOLDER: &str = "docs/security";
const CATALOGUE: &str = "docs/security/asvs.md";
const TESTS: &str = "security-tests-exist";
const WHOLE: &str = "security-catalogue-is-whole";
/// How many requirements there are. A row may say "not yet", but it may not be left out.
const ROWS: usize = 95;
/// Cells of a row: number, requirement, ASVS number, level, state, proof.
const CELLS: usize = 6;
/// What stands in place of a proof where there is none.
const NONE: &str = "—";

pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let root = &workspace.root;
    if !root.join(FOLDER).is_dir() {
        return Ok(Vec::new());
    }
    let tests = tests(workspace)?;
    let mut findings = Vec::new();
    for path in files(&root.join(FOLDER), "md")? {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let file = path.strip_prefix(root).unwrap_or(&path).to_owned();
        for (number, line) in text.lines().enumerate() {
            let unknown = named(line).filter_map(|(test, package)| untruth(&tests, test, package));
            findings.extend(unknown.map(|what| Finding {
                rule: TESTS,
                file: file.clone(),
                line: number + 1,
                what,
            }));
        }
    }
    let catalogue = fs::read_to_string(root.join(CATALOGUE)).context(CATALOGUE)?;
    findings.extend(rows(&catalogue).into_iter().map(|(line, what)| Finding {
        rule: WHOLE,
        file: CATALOGUE.into(),
        line,
        what,
    }));
    Ok(findings)
}

/// Names of tests by package.
fn tests(workspace: &Workspace) -> Result<BTreeMap<&str, BTreeSet<String>>> {
    let mut tests = BTreeMap::new();
    for package in &workspace.packages {
        let of_package: &mut BTreeSet<String> = tests.entry(package.name.as_str()).or_default();
        for folder in ["src", "tests"] {
            for path in files(&workspace.root.join(&package.folder).join(folder), "rs")? {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                of_package.extend(test_names(&text).map(str::to_owned));
            }
        }
    }
    Ok(tests)
}

/// Tests with their packages: a name in backticks, and behind it a package in brackets.
fn named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<&str> = line.split('`').collect();
    (1..parts.len()).step_by(2).filter_map(move |at| {
        let (package, _) = parts.get(at + 1)?.strip_prefix(" (")?.split_once(')')?;
        is_name(parts[at]).then_some((parts[at], package))
    })
}

fn is_name(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    text.contains('_') && text.bytes().all(is_part)
}

fn untruth(tests: &BTreeMap<&str, BTreeSet<String>>, test: &str, package: &str) -> Option<String> {
    match tests.get(package) {
        None => Some(format!("there is no package {package}")),
        Some(tests) if !tests.contains(test) => {
            Some(format!("there is no test {test} in {package}"))
        }
        Some(_) => None,
    }
}

/// What is wrong with the rows of the catalogue.
fn rows(catalogue: &str) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    let mut next = 1;
    for (at, line) in catalogue.lines().enumerate() {
        let Some(row) = line.strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
            continue;
        };
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let Ok(number) = cells[0].parse::<usize>() else {
            continue;
        };
        if number != next {
            wrong.push((at + 1, format!("row {next} should stand here")));
        }
        next = number + 1;
        if cells.len() != CELLS {
            wrong.push((at + 1, format!("a row has {CELLS} cells")));
            continue;
        }
        let proof = cells[CELLS - 1];
        let proofs = named(proof).count() + proof.matches("`cargo ").count();
        let quoted = proof.matches('`').count() / 2;
        match cells[CELLS - 2] {
            "held" | "partly" if proofs == 0 => {
                wrong.push((at + 1, "names no proof".to_owned()));
            }
            "held" | "partly" if proofs != quoted => {
                wrong.push((at + 1, "a test stands without its crate".to_owned()));
            }
            "held" | "partly" => {}
            "not yet" if proof == NONE => {}
            "not yet" => wrong.push((at + 1, format!("what is not yet there is proved by {NONE}"))),
            state => wrong.push((at + 1, format!("{state} is no state"))),
        }
    }
    if next != ROWS + 1 {
        wrong.push((0, format!("there are {ROWS} rows")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! Tests.\n#[tokio::test]\nasync fn a_forgery_is_refused() {}\n";
    const PROOF: &str = "`a_forgery_is_refused` (orders)";

    fn catalogue() -> String {
        let row = |number| format!("| {number} | it holds | 1.1.1 | 1 | held | {PROOF} |\n");
        (1..=ROWS).map(row).collect()
    }

    fn found(catalogue: &str, model: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
            fs::write(path, text).expect("writable");
        };
        let manifest = "[package]\nname = \"orders\"\n";
        write("crates/orders/module/Cargo.toml", manifest);
        write("crates/orders/module/tests/it/main.rs", SOURCE);
        write(CATALOGUE, catalogue);
        write("docs/security/threat-model.md", model);
        let workspace = Workspace::read(folder.path()).expect("readable");
        let findings = check(&workspace).expect("readable").into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn a_true_catalogue_passes_and_each_untruth_is_named() {
        let good = catalogue();
        assert_eq!(found(&good, PROOF), Vec::<String>::new());
        let with = |row: &str| good.replacen("| 1 | it holds | 1.1.1 | 1 | held |", row, 1);
        let not_yet = good.replacen(&format!("held | {PROOF}"), "not yet | —", 1);
        assert_eq!(found(&not_yet, ""), Vec::<String>::new());
        let command = good.replacen(PROOF, "`cargo xtask check deploy`", 1);
        assert_eq!(found(&command, ""), Vec::<String>::new());
        for (catalogue, untruth) in [
            (
                good.replacen("a_forgery_is", "a_forgery_was", 1),
                "there is no test a_forgery_was_refused in orders",
            ),
            (
                good.replacen("(orders)", "(payments)", 1),
                "there is no package payments",
            ),
            (good.replacen(" (orders)", "", 1), "names no proof"),
            (
                good.replacen(PROOF, &format!("{PROOF}, `another_test`"), 1),
                "a test stands without its crate",
            ),
            (
                with("| 1 | it holds | 1.1.1 | 1 | mostly |"),
                "mostly is no state",
            ),
            (
                with("| 1 | it holds | 1.1.1 | 1 | not yet |"),
                "what is not yet there is proved by —",
            ),
            (with("| 1 | it holds | 1.1.1 | held |"), "a row has 6 cells"),
            (
                with("| 2 | it holds | 1.1.1 | 1 | held |"),
                "row 1 should stand here",
            ),
            (
                good.trim_end()
                    .rsplit_once('\n')
                    .expect("rows")
                    .0
                    .to_owned(),
                "there are 95 rows",
            ),
        ] {
            let found = found(&catalogue, "");
            assert!(
                found.iter().any(|what| what == untruth),
                "{untruth}: {found:?}"
            );
        }
        let elsewhere = found(&good, "`a_forgery_is_welcome` (orders)");
        assert_eq!(
            elsewhere,
            ["there is no test a_forgery_is_welcome in orders"]
        );
    }
}
