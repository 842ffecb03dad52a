//! Triggers on SQLite, whose names are the file's and not the table's.

use tenon_store::Engine;

use super::FENCE_TEXT;
use crate::pair::Pair;
use crate::sql::{literal, quoted};

/// With one writer the order of numbers is the order of commits.
pub(super) const LOG: &str = "
    CREATE TABLE IF NOT EXISTS relocation_log (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        table_name TEXT NOT NULL,
        row_key    TEXT NOT NULL
    ) STRICT";

/// Names of triggers like `$1`.
pub(super) const TRIGGERS: &str =
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE $1 ESCAPE '\\'";

/// A row that changes its key is noted under both.
pub(super) fn capture(pair: &Pair) -> String {
    let table = quoted(&pair.name);
    let note = |prefix: &str| {
        format!(
            "INSERT INTO relocation_log (table_name, row_key) VALUES ({}, {});",
            literal(&pair.name),
            pair.key_row(Engine::Sqlite, prefix)
        )
    };
    let (old, new) = (note("OLD."), note("NEW."));
    [
        ("insert", new.clone()),
        ("update", format!("{old} {new}")),
        ("delete", old),
    ]
    .map(|(verb, body)| {
        let name = quoted(&format!("relocation_capture_{}_{verb}", pair.name));
        format!("CREATE TRIGGER IF NOT EXISTS {name} AFTER {verb} ON {table} BEGIN {body} END;")
    })
    .concat()
}

pub(super) fn fence(table: &str) -> String {
    ["insert", "update", "delete"]
        .map(|verb| {
            let name = quoted(&format!("relocation_fence_{table}_{verb}"));
            format!(
                "CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {} BEGIN SELECT RAISE(ABORT, {}); END;",
                quoted(table),
                literal(FENCE_TEXT)
            )
        })
        .concat()
}
