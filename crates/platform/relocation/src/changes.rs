//! Which rows have changed since a moment of the source, and bringing them over.
//!
//! A moment is a snapshot: on SQLite the last number of the log, because commits come one after the other; on
//! PostgreSQL `pg_current_snapshot()`, because a transaction may note a key early and commit late. The changed rows
//! are read in the newer snapshot and replaced in one transaction of the destination: first all are deleted, then
//! those that still exist are inserted. So the destination goes from one state the source really had to the next,
//! and no order of rows can break a unique rule.

use std::collections::{BTreeMap, BTreeSet};

use tenon_store::Engine;

use crate::error::Result;
use crate::link::Link;
use crate::pair::Pair;
use crate::sql::End;
use crate::state::{Marker, Turn};

/// Rows of a statement.
pub(crate) const CHUNK: usize = 500;

const POSITION_SQLITE: &str = "SELECT CAST(COALESCE(MAX(seq), 0) AS text) FROM relocation_log";
const POSITION_POSTGRES: &str = "SELECT pg_current_snapshot()::text";

const SINCE_SQLITE: &str = "
    SELECT DISTINCT json_array(table_name, row_key) FROM relocation_log WHERE seq > CAST($1 AS INTEGER)";
const SINCE_POSTGRES: &str = "
    SELECT DISTINCT json_build_array(table_name, row_key)::text
      FROM relocation_log
     WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)";

/// Changed keys by table.
pub(crate) type Changes = BTreeMap<String, BTreeSet<String>>;

/// The moment that the open snapshot shows.
pub(crate) async fn position(snapshot: &mut Link) -> Result<String> {
    let sql = match snapshot.engine() {
        Engine::Sqlite => POSITION_SQLITE,
        Engine::Postgres => POSITION_POSTGRES,
    };
    Ok(snapshot.text(sql, &[]).await?.unwrap_or_default())
}

/// What has changed between `since` and the open snapshot.
pub(crate) async fn since(snapshot: &mut Link, position: &str) -> Result<Changes> {
    let sql = match snapshot.engine() {
        Engine::Sqlite => SINCE_SQLITE,
        Engine::Postgres => SINCE_POSTGRES,
    };
    let mut changes = Changes::new();
    for line in snapshot.texts(sql, &[position]).await? {
        let (table, key): (String, String) =
            serde_json::from_str(&line).map_err(|error| crate::RelocationError::Value {
                table: "relocation_log".to_owned(),
                problem: error.to_string(),
            })?;
        changes.entry(table).or_default().insert(key);
    }
    Ok(changes)
}

/// How many keys.
pub(crate) fn count(changes: &Changes) -> usize {
    changes.values().map(BTreeSet::len).sum()
}

/// Brings changed rows of the given tables over, in one transaction of the destination.
pub(crate) async fn apply(
    snapshot: &mut Link,
    target: &mut Link,
    pairs: &[&Pair],
    changes: &Changes,
    turn: &Turn,
    marker: &Marker,
    fenced: bool,
) -> Result<()> {
    target.doing("bringing changes over");
    target.begin_write().await?;
    let outcome = async {
        turn.mark(target, marker).await?;
        for pair in pairs {
            for keys in chunks(changes, pair) {
                let delete = pair.delete_keys(target.engine());
                target
                    .doing(format!("replacing rows of {}", pair.name))
                    .execute(delete, &[&keys])
                    .await?;
            }
        }
        for pair in pairs {
            for keys in chunks(changes, pair) {
                let select = pair.select_keys(snapshot.engine(), End::Source { fenced });
                let rows = snapshot
                    .doing(format!("reading changed rows of {}", pair.name))
                    .texts(select, &[&keys])
                    .await?;
                insert(target, pair, &rows).await?;
            }
        }
        target.commit().await
    }
    .await;
    if outcome.is_err() {
        target.rollback().await;
    }
    outcome
}

/// Inserts rows as they crossed.
pub(crate) async fn insert(target: &mut Link, pair: &Pair, rows: &[String]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = format!("[{}]", rows.join(","));
    let sql = pair.insert(target.engine());
    target
        .doing(format!("inserting into {}", pair.name))
        .execute(sql, &[&rows])
        .await
        .map(drop)
}

/// Keys of a table as JSON arrays of at most [`CHUNK`].
fn chunks(changes: &Changes, pair: &Pair) -> Vec<String> {
    let keys: Vec<&str> = changes
        .get(&pair.name)
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    keys.chunks(CHUNK)
        .map(|keys| format!("[{}]", keys.join(",")))
        .collect()
}
