//! The failure table: each scenario and each test that `docs/failure-table.md` names exists, and no scenario is left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::workspace::{Workspace, files};

const TABLE: &str = "docs/failure-table.md";
const SCENARIOS: &str = "apps/scenarios/src/failures.rs";
const RULE: &str = "failure-table-is-true";
/// Cells of a row: case, result, scenario, tests.
const CELLS: usize = 4;
/// What a row says that has neither scenario nor test: the second cell tells why.
const NONE: &str = "—";

pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let root = &workspace.root;
    if !root.join(SCENARIOS).is_file() {
        return Ok(Vec::new());
    }
    let scenarios = scenarios(&read(root, SCENARIOS)?);
    let table = read(root, TABLE)?;
    let mut tests = BTreeSet::new();
    for package in &workspace.packages {
        for folder in ["src", "tests"].map(|folder| root.join(&package.folder).join(folder)) {
            for path in files(&folder, "rs")? {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                tests.extend(test_names(&text).map(str::to_owned));
            }
        }
    }
    let mut findings = Vec::new();
    let mut finding = |line: usize, what: String| {
        findings.push(Finding {
            rule: RULE,
            file: TABLE.into(),
            line,
            what,
        });
    };
    let mut named = BTreeSet::new();
    for (number, line) in table.lines().enumerate() {
        let number = number + 1;
        let Some(cells) = cells(line) else { continue };
        if cells.len() != CELLS {
            finding(
                number,
                format!("a row has {CELLS} cells: case, result, scenario, tests"),
            );
            continue;
        }
        for scenario in quoted(cells[2]) {
            if !scenarios.contains(scenario) {
                finding(number, format!("there is no scenario {scenario}"));
            }
            named.insert(scenario);
        }
        for test in quoted(cells[3]) {
            if !tests.contains(test) {
                finding(number, format!("there is no test {test}"));
            }
        }
        for (cell, what) in [(cells[2], "scenario"), (cells[3], "test")] {
            if quoted(cell).next().is_none() && cell != NONE {
                finding(number, format!("names no {what}"));
            }
        }
    }
    for scenario in scenarios
        .iter()
        .filter(|name| !named.contains(name.as_str()))
    {
        finding(0, format!("the scenario {scenario} has no row"));
    }
    Ok(findings)
}

fn read(root: &Path, file: &str) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| file.to_owned())
}

/// First arguments of `row(`.
fn scenarios(source: &str) -> BTreeSet<String> {
    let rows = source.split(" row(").skip(1);
    rows.filter_map(|row| row.trim_start().strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Names of functions that stand below a `#[test]` or `#[tokio::test…]`.
pub(super) fn test_names(source: &str) -> impl Iterator<Item = &str> {
    let mut lines = source.lines().map(str::trim);
    std::iter::from_fn(move || {
        lines
            .by_ref()
            .find(|line| *line == "#[test]" || line.starts_with("#[tokio::test"))?;
        let mut after = lines.by_ref().skip_while(|line| line.starts_with("#["));
        let (_, name) = after.next()?.split_once("fn ")?;
        name.split(['(', '<']).next()
    })
}

/// Cells of a row of the table; `None` for its head and for other text.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let is_head = cells[0] == "Case" || cells[0].starts_with("---");
    (!is_head).then_some(cells)
}

/// What stands in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str =
        "//! Rows.\n    row(\n        \"late-success\",\n        \"about\",\n    ),\n";
    const TESTS: &str = "//! Tests.\n#[tokio::test]\nasync fn late_money_goes_back() {}\n";
    const HEAD: &str = "| Case | Result | Scenario | Module tests |\n|---|---|---|---|\n";

    fn found(rows: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
            fs::write(path, text).expect("writable");
        };
        let manifest = "[package]\nname = \"scenarios\"\n";
        write("apps/scenarios/Cargo.toml", manifest);
        write(SCENARIOS, SOURCE);
        write("apps/scenarios/tests/it/late.rs", TESTS);
        write(TABLE, &format!("{HEAD}{rows}"));
        let workspace = Workspace::read(folder.path()).expect("readable");
        let findings = check(&workspace).expect("readable").into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn a_true_table_passes_and_each_untruth_is_named() {
        let good = "| Late | placed | `late-success` | `late_money_goes_back` |\n";
        assert_eq!(found(good), Vec::<String>::new());
        assert_eq!(
            found(&format!("{good}| Tax | not yet | — | — |\n")),
            Vec::<String>::new()
        );
        for (rows, untruth) in [
            (
                good.replace("-success", "-failure"),
                "there is no scenario late-failure",
            ),
            (
                good.replace("goes_back", "stays"),
                "there is no test late_money_stays",
            ),
            (
                good.replace("`late_money_goes_back`", "none"),
                "names no test",
            ),
            (good.replace("`late-success`", ""), "names no scenario"),
            (
                good.replace("| placed", ""),
                "a row has 4 cells: case, result, scenario, tests",
            ),
            (String::new(), "the scenario late-success has no row"),
        ] {
            let found = found(&rows);
            assert!(
                found.iter().any(|what| what == untruth),
                "{rows}: {found:?}"
            );
        }
    }
}
