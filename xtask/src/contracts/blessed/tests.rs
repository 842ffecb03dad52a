//! Blessing: what may be written, what must not, and that editing by hand is noticed.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::check;
use crate::contracts::FOLDER;
use crate::workspace::files;

fn document(timeout: u64, members: Value) -> Value {
    json!({
        "document": "tenon contract",
        "module": "tea",
        "version": 1,
        "methods": { "brew": {
            "kind": "query", "timeout_ms": timeout, "max_request": 10, "max_response": 10,
            "request": { "type": "object", "properties": members, "required": [] },
            "response": { "type": "object" },
            "error": { "type": "object" },
        }},
        "$defs": {},
    })
}

fn run(root: &Path, document: &Value, bless: bool) -> Vec<String> {
    let today = Map::from_iter([("tea/v1.json".to_owned(), document.clone())]);
    let found = check(root, &today, bless).expect("readable documents");
    found
        .iter()
        .map(|finding| finding.rule.to_owned())
        .collect()
}

fn blessed() -> (TempDir, Value) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = document(300, json!({ "leaf": { "type": "string" } }));
    assert_eq!(run(folder.path(), &first, false), ["document-is-current"]);
    assert_eq!(run(folder.path(), &first, true), [""; 0]);
    assert_eq!(run(folder.path(), &first, false), [""; 0]);
    (folder, first)
}

#[test]
fn a_compatible_change_is_blessed_and_the_document_of_before_is_kept() {
    let (folder, first) = blessed();
    let root = folder.path();
    let second = document(
        300,
        json!({ "leaf": { "type": "string" }, "cup": { "type": "string" } }),
    );
    assert_eq!(run(root, &second, false), ["document-is-current"]);
    assert_eq!(run(root, &second, true), [""; 0]);
    assert_eq!(run(root, &second, false), [""; 0]);

    let kept = files(&root.join(FOLDER).join("tea/superseded"), "json").expect("readable");
    let record = super::read(&kept[0]).expect("JSON");
    assert_eq!(kept.len(), 1);
    assert_eq!(record["deploy"], "owner first");
    assert_eq!(record["document"], super::seal(&first));

    // Going back is breaking for those who send the new member, and the record would no longer hold.
    assert_eq!(run(root, &first, true), ["contract-stays-compatible"]);
}

#[test]
fn a_breaking_change_is_never_blessed_not_even_against_a_superseded_document() {
    let (folder, _) = blessed();
    let root = folder.path();
    let breaking = document(300, json!({ "leaf": { "type": "integer" } }));
    assert_eq!(run(root, &breaking, true), ["contract-stays-compatible"]);
    assert_eq!(run(root, &breaking, false), ["contract-stays-compatible"]);

    let wider = document(400, json!({ "leaf": { "type": ["string", "null"] } }));
    assert_eq!(run(root, &wider, true), [""; 0]);
    fs::remove_file(root.join(FOLDER).join("tea/v1.json")).expect("it is there");
    assert_eq!(run(root, &breaking, true), ["contract-stays-compatible"]);
}

#[test]
fn a_document_edited_by_hand_is_noticed_and_not_overwritten() {
    let (folder, first) = blessed();
    let path = folder.path().join(FOLDER).join("tea/v1.json");
    let text = fs::read_to_string(&path).expect("blessed");
    fs::write(&path, text.replace("300", "30000")).expect("writable");
    assert_eq!(run(folder.path(), &first, false), ["document-is-intact"]);
    assert_eq!(run(folder.path(), &first, true), ["document-is-intact"]);
}

#[test]
fn a_document_without_code_is_found() {
    let (folder, _) = blessed();
    let found = check(folder.path(), &Map::new(), false).expect("readable");
    assert_eq!(found[0].rule, "document-has-its-code");
}
