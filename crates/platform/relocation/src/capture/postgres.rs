//! Triggers on PostgreSQL.

use tenon_store::Engine;

use super::FENCE_TEXT;
use crate::pair::Pair;
use crate::sql::{literal, quoted};

/// Numbers are given before the commit, so they say nothing about its order: `xid` tells which snapshot sees a line.
pub(super) const LOG: &str = "
    CREATE TABLE IF NOT EXISTS relocation_log (
        seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        xid        xid8   NOT NULL DEFAULT pg_current_xact_id(),
        table_name text   NOT NULL,
        row_key    text   NOT NULL
    );
    CREATE INDEX IF NOT EXISTS relocation_log_by_xid ON relocation_log (xid)";

/// Tables with triggers like `$1`.
pub(super) const TABLES: &str = "
    SELECT DISTINCT c.relname::text
      FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
     WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgname LIKE $1";

/// Functions like `$1`.
pub(super) const FUNCTIONS: &str = "
    SELECT proname::text FROM pg_proc
     WHERE pronamespace = current_schema()::regnamespace AND proname LIKE $1";

pub(super) fn fence_function(module: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION {}.relocation_fence() RETURNS trigger LANGUAGE plpgsql AS $fence$
         BEGIN
             RAISE EXCEPTION USING ERRCODE = 'TN001', MESSAGE = {};
         END;
         $fence$",
        quoted(module),
        literal(FENCE_TEXT)
    )
}

/// A row that changes its key is noted under both.
pub(super) fn capture_function(module: &str, pair: &Pair) -> String {
    let schema = quoted(module);
    let note = |prefix: &str| {
        format!(
            "INSERT INTO {schema}.relocation_log (table_name, row_key) VALUES ({}, {});",
            literal(&pair.name),
            pair.key_row(Engine::Postgres, prefix)
        )
    };
    let changed: Vec<_> = pair
        .key_names()
        .map(|name| format!("OLD.{name} IS DISTINCT FROM NEW.{name}"))
        .collect();
    format!(
        "CREATE OR REPLACE FUNCTION {schema}.{}() RETURNS trigger LANGUAGE plpgsql AS $capture$
         BEGIN
             IF TG_OP = 'INSERT' THEN
                 {new}
             ELSIF TG_OP = 'DELETE' THEN
                 {old}
             ELSE
                 {new}
                 IF {} THEN
                     {old}
                 END IF;
             END IF;
             RETURN NULL;
         END;
         $capture$",
        quoted(&function(&pair.name)),
        changed.join(" OR "),
        new = note("NEW."),
        old = note("OLD."),
    )
}

/// `TRUNCATE` fires no trigger for its rows, so it is refused from the beginning.
pub(super) fn capture(module: &str, table: &str) -> String {
    let (schema, name) = (quoted(module), quoted(table));
    format!(
        "CREATE OR REPLACE TRIGGER relocation_capture AFTER INSERT OR UPDATE OR DELETE ON {schema}.{name}
             FOR EACH ROW EXECUTE FUNCTION {schema}.{}();
         CREATE OR REPLACE TRIGGER relocation_capture_truncate BEFORE TRUNCATE ON {schema}.{name}
             FOR EACH STATEMENT EXECUTE FUNCTION {schema}.relocation_fence()",
        quoted(&function(table))
    )
}

/// For each statement: it refuses even one that would change no row.
pub(super) fn fence(module: &str, table: &str) -> String {
    let (schema, table) = (quoted(module), quoted(table));
    format!(
        "CREATE OR REPLACE TRIGGER relocation_fence BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {schema}.{table}
             FOR EACH STATEMENT EXECUTE FUNCTION {schema}.relocation_fence()"
    )
}

pub(super) fn lift(module: &str, table: &str, keep_fence: bool) -> String {
    let on = format!("ON {}.{}", quoted(module), quoted(table));
    let mut names = vec!["relocation_capture", "relocation_capture_truncate"];
    if !keep_fence {
        names.push("relocation_fence");
    }
    let drops: Vec<_> = names
        .iter()
        .map(|name| format!("DROP TRIGGER IF EXISTS {name} {on};"))
        .collect();
    drops.concat()
}

fn function(table: &str) -> String {
    format!("relocation_capture_{table}")
}
