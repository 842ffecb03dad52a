//! Every event type is in its crate's list, and every contract crate has its documents.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::check::{Finding, rust_text};
use crate::workspace::{Kind, Package, Workspace};

/// Finds event types that no list names: the documents are made from the lists.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for package in &workspace.packages {
        let sources = package.sources(&workspace.root)?;
        let mut defined = Vec::new();
        let mut listed = String::new();
        for (file, text) in &sources {
            let (_, code) = rust_text::split(text);
            // Tests stand last in a file and define events of their own.
            let code = code.split("#[cfg(test)]").next().unwrap_or_default();
            for (line, name) in events(code) {
                defined.push((file.clone(), line, name));
            }
            if let Some((_, list)) = code.split_once("pub static EVENTS:") {
                listed.push_str(list.split(';').next().unwrap_or_default());
            }
        }
        for (file, line, name) in defined {
            let finding = |what| Finding {
                rule: "event-is-listed",
                file: file.clone(),
                line,
                what,
            };
            if package.kind == Kind::Module || package.kind == Kind::App {
                let what = format!("{name} belongs into the contract: consumers have to know it");
                findings.push(finding(what));
            } else if !listed.contains(&format!("of::<{name}>()")) {
                let what = format!(
                    "{name} is missing in `pub static EVENTS`: add `EventShape::of::<{name}>()`"
                );
                findings.push(finding(what));
            }
        }
    }
    Ok(findings)
}

/// Names of the types that implement `Event`, with their lines.
fn events(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let identifier = |text: &str| -> String {
        let text = text.trim_start();
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    for (mark, before) in [("event!(", "macro_rules"), ("Event for ", "trait")] {
        for (at, _) in code.match_indices(mark) {
            let line = code[..at].matches('\n').count();
            let text = code.lines().nth(line).unwrap_or_default();
            let name = identifier(&code[at + mark.len()..]);
            let is_call = !text.contains(before) && !name.is_empty();
            let is_impl = mark == "event!(" || text.contains("impl");
            if is_call && is_impl {
                found.push((line + 1, name));
            }
        }
    }
    found
}

/// Finds contract crates whose document the program of documents does not print.
pub(super) fn has_documents(workspace: &Workspace, today: &Map<String, Value>) -> Vec<Finding> {
    let has = |package: &&Package, path: &str| {
        let module = package.name.trim_end_matches("-contract");
        let wanted = format!("{module}/{path}");
        today.keys().any(|key| key.starts_with(&wanted))
    };
    let mut findings = Vec::new();
    for package in workspace.of(Kind::Contract) {
        let defines_events = package.sources(&workspace.root).is_ok_and(|sources| {
            sources
                .iter()
                .any(|(_, text)| text.contains("pub static EVENTS:"))
        });
        for (path, wanted) in [("v", true), ("events", defines_events)] {
            if wanted && !has(&package, path) {
                findings.push(Finding {
                    rule: "contract-has-a-document",
                    file: "apps/contracts/src/published.rs".into(),
                    line: 0,
                    what: format!("{} is not in the list ({path})", package.name),
                });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn workspace(event: &str) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let contract = folder.path().join("crates/tea/contract");
        fs::create_dir_all(contract.join("src")).expect("writable");
        fs::write(
            contract.join("Cargo.toml"),
            "[package]\nname = \"tea-contract\"\n",
        )
        .expect("writable");
        fs::write(contract.join("src/event.rs"), event).expect("writable");
        let workspace = Workspace::read(folder.path()).expect("readable");
        (folder, workspace)
    }

    #[test]
    fn an_event_that_is_not_listed_is_found_however_it_is_implemented() {
        let list = "pub static EVENTS: &[EventShape] = &[EventShape::of::<Brewed>()];\n";
        let brewed = "event!(Brewed, \"tea.brewed\", 1, id);\n";
        let found = |text: &str| check(&workspace(text).1).expect("readable").len();
        assert_eq!(found(&format!("{brewed}{list}")), 0);
        assert_eq!(found(brewed), 1);
        assert_eq!(
            found(&format!(
                "{brewed}event!(\n    Drunk,\n \"x\", 1, id);\n{list}"
            )),
            1
        );
        assert_eq!(
            found(&format!(
                "{brewed}impl tenon_seam::Event for Spilt {{}}\n{list}"
            )),
            1
        );
        let in_tests =
            format!("{brewed}{list}#[cfg(test)]\nmod tests {{ event!(T, \"t\", 1, id); }}");
        assert_eq!(found(&in_tests), 0);
    }

    #[test]
    fn a_contract_without_document_is_found() {
        let (_folder, workspace) = workspace("pub static EVENTS: &[EventShape] = &[];");
        assert_eq!(has_documents(&workspace, &Map::new()).len(), 2);
        let documents = ["tea/v1.json", "tea/events.json"].map(|key| (key.to_owned(), Value::Null));
        assert_eq!(has_documents(&workspace, &Map::from_iter(documents)), []);
    }
}
