//! Every method of the contract has a fake, and a test that calls it.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};

use super::module::Module;
use super::report::Report;
use crate::check::{Finding, rust_text};
use crate::workspace::{Workspace, files};

pub(super) fn check(workspace: &Workspace, module: &Module, report: &mut Report) -> Result<()> {
    let called = called_in_tests(workspace)?;
    for (method, _) in module.methods() {
        let (file, line) = module.declared_at(method);
        let finding = |what: String| Finding {
            rule: "methods-are-covered",
            file: file.clone(),
            line,
            what,
        };
        let is_faked = module.fakes.iter().any(|source| {
            source
                .places(method)
                .any(|at| at > 0 && source.word(at - 1) == "fn")
        });
        if !is_faked {
            report.blocks.push(finding(format!(
                "{method} has no fake: callers cannot be tested without the module"
            )));
        }
        if !called.contains(method) {
            report
                .blocks
                .push(finding(format!("no test calls {method}")));
        }
    }
    Ok(())
}

/// Names of the methods that tests call: files below `tests/`, and what stands behind `#[cfg(test)]`.
fn called_in_tests(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let mut called = BTreeSet::new();
    for package in &workspace.packages {
        let folder = workspace.root.join(&package.folder);
        for (below, all) in [("tests", true), ("src", false)] {
            for file in files(&folder.join(below), "rs")? {
                let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                let (_, code) = rust_text::split(&text);
                let tests = if all {
                    Some(code.as_str())
                } else {
                    code.split_once("#[cfg(test)]").map(|(_, tests)| tests)
                };
                called.extend(tests.map(methods).into_iter().flatten());
            }
        }
    }
    Ok(called)
}

/// Names that stand between a `.` and a `(`.
fn methods(code: &str) -> BTreeSet<String> {
    code.split('.')
        .skip(1)
        .filter_map(|rest| {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            rest[name.len()..].starts_with('(').then_some(name)
        })
        .collect()
}
