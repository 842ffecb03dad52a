//! Who reaches past the contract: implementation edges, foreign tables.

use anyhow::Result;

use super::module::Module;
use super::report::Report;
use crate::check::{Finding, boundaries};
use crate::workspace::{Kind, Workspace};

pub(super) fn check(workspace: &Workspace, module: &Module, report: &mut Report) -> Result<()> {
    for package in &workspace.packages {
        let is_outside = package.kind != Kind::App && package.name != module.name;
        if is_outside && package.dependencies.contains(&module.name) {
            report.blocks.push(Finding {
                rule: "no-implementation-edge",
                file: package.folder.join("Cargo.toml"),
                line: line_of(workspace, package, &module.name),
                what: format!(
                    "{} depends on the implementation of {}",
                    package.name, module.name
                ),
            });
        }
    }
    for broken in boundaries::check(workspace)? {
        let is_own = broken.file.starts_with(&module.folder);
        let names_own_table = broken
            .what
            .ends_with(&format!("it belongs to {}", module.name));
        if broken.rule.starts_with("sql-") && (is_own || names_own_table) {
            report.blocks.push(Finding {
                rule: "no-foreign-sql",
                ..broken
            });
        }
    }
    if module.document.is_null() {
        report.blocks.push(Finding {
            rule: "contract-is-blessed",
            file: module.manifest.clone(),
            line: 0,
            what: "there is no contract document: cargo xtask check contracts --bless".to_owned(),
        });
    }
    Ok(())
}

fn line_of(workspace: &Workspace, package: &crate::workspace::Package, dependency: &str) -> usize {
    let path = workspace.root.join(&package.folder).join("Cargo.toml");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let names = |line: &str| {
        line.strip_prefix(dependency)
            .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    text.lines().position(names).map_or(0, |at| at + 1)
}
