//! The tables of a store, as its database describes them.

use std::collections::BTreeMap;

use tenon_store::Engine;

use crate::error::{RelocationError, Result};
use crate::link::Link;

/// What a column holds, whatever its engine calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 64 bits, signed.
    Integer,
    Text,
    Bytes,
    Boolean,
    Uuid,
    /// Microseconds since 1970 on SQLite, `timestamptz` on PostgreSQL.
    Time,
    Json,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Names of the primary key's columns, in its order.
    pub(crate) key: Vec<String>,
    /// The column that counts up by itself and never gives a number again: `AUTOINCREMENT`, `IDENTITY`.
    pub(crate) counter: Option<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As its own engine sees it: SQLite knows integers, text and bytes only.
    pub(crate) kind: Kind,
}

/// Table, column, type, key position or 0, counts, computed, unusable.
type Described = (String, String, String, i64, i64, i64, i64);

/// What stays: the history, as each store is migrated by itself; who works on the store, as others will on the next;
/// what its workers found there; what is the mover's own.
const NOT_MOVED: [&str; 7] = [
    HISTORY,
    "worker_lease",
    "worker_instances",
    "invariant_watch",
    "relocation_state",
    "relocation_log",
    "relocation_parked",
];

/// The history of migrations.
pub(crate) const HISTORY: &str = "_sqlx_migrations";

const TABLES_SQLITE: &str = "
    SELECT json_array(m.name, x.name, x.type, x.pk, m.sql LIKE '%AUTOINCREMENT%' AND x.pk > 0, x.hidden <> 0,
                      m.sql LIKE 'CREATE VIRTUAL%')
      FROM sqlite_master AS m
      JOIN pragma_table_xinfo(m.name) AS x
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY m.name, x.cid";

const TABLES_POSTGRES: &str = "
    SELECT json_build_array(c.relname, a.attname, format_type(a.atttypid, NULL),
                            COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0),
                            (a.attidentity <> '')::int, (a.attgenerated <> '')::int, (c.relkind <> 'r')::int)::text
      FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f')
     ORDER BY c.relname, a.attnum";

/// Lists the tables of a module, refusing by name what cannot be moved.
pub(crate) async fn tables(link: &mut Link) -> Result<BTreeMap<String, Table>> {
    let side = link.side();
    let sql = match link.engine() {
        Engine::Sqlite => TABLES_SQLITE,
        Engine::Postgres => TABLES_POSTGRES,
    };
    let rows = link.doing("listing its tables").texts(sql, &[]).await?;
    let mut tables: BTreeMap<String, (Table, BTreeMap<i64, String>)> = BTreeMap::new();
    for row in rows {
        let (table, column, declared, key, counts, computed, unusable): Described =
            serde_json::from_str(&row).map_err(|error| RelocationError::Value {
                table: "the catalog".to_owned(),
                problem: error.to_string(),
            })?;
        if NOT_MOVED.contains(&table.as_str()) {
            continue;
        }
        let refuse = |problem: String| RelocationError::Table {
            side,
            table: table.clone(),
            problem,
        };
        if unusable != 0 {
            return Err(refuse("it is partitioned, foreign or virtual".to_owned()));
        }
        if computed != 0 {
            return Err(refuse(format!("its column {column} is computed")));
        }
        let kind = kind_of(link.engine(), &declared).ok_or_else(|| {
            refuse(format!(
                "its column {column} is of the type {declared:?}, which is not known here"
            ))
        })?;
        let (entry, keys) = tables.entry(table.clone()).or_insert_with(|| {
            let table = Table {
                name: table.clone(),
                columns: Vec::new(),
                key: Vec::new(),
                counter: None,
            };
            (table, BTreeMap::new())
        });
        if key > 0 {
            keys.insert(key, column.clone());
        }
        if counts != 0 {
            entry.counter = Some(column.clone());
        }
        entry.columns.push(Column { name: column, kind });
    }
    tables
        .into_iter()
        .map(|(name, (mut table, keys))| {
            if keys.is_empty() {
                return Err(RelocationError::Table {
                    side,
                    table: name,
                    problem: "it has no primary key, so its changes cannot be followed; add one"
                        .to_owned(),
                });
            }
            table.key = keys.into_values().collect();
            Ok((name, table))
        })
        .collect()
}

fn kind_of(engine: Engine, declared: &str) -> Option<Kind> {
    let declared = declared.to_ascii_lowercase();
    match engine {
        Engine::Sqlite => Some(match declared.as_str() {
            "integer" | "bigint" | "int" => Kind::Integer,
            "text" => Kind::Text,
            "blob" => Kind::Bytes,
            _ => return None,
        }),
        Engine::Postgres => Some(match declared.as_str() {
            "bigint" | "integer" | "smallint" => Kind::Integer,
            "text" | "character varying" => Kind::Text,
            "bytea" => Kind::Bytes,
            "boolean" => Kind::Boolean,
            "uuid" => Kind::Uuid,
            "timestamp with time zone" => Kind::Time,
            "jsonb" => Kind::Json,
            _ => return None,
        }),
    }
}
