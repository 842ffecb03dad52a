//! A table of the source beside its counterpart at the destination.

use std::collections::BTreeMap;

use tenon_store::Engine;

use crate::error::{RelocationError, Result};
use crate::schema::{Kind, Table};

/// The one table whose shape differs between the engines: on SQLite its row id is the position in the feed, on
/// PostgreSQL the position is given after the commit (`feedposition`, counted in `feed_head`).
pub(crate) const OUTBOX: &str = "outbox";
/// The last position given. SQLite has it in the counter of [`OUTBOX`].
pub(crate) const FEED_HEAD: &str = "feed_head";

/// A table and how its rows cross.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) columns: Vec<PairColumn>,
    /// Places of the key's columns in `columns`. For the outbox it is subject and sequence, which are unique and the
    /// same on both engines.
    pub(crate) key: Vec<usize>,
    /// The counting column of the destination.
    pub(crate) counter: Option<String>,
    /// Rows whose place in the feed is not given yet take one on the way: outbox, PostgreSQL to SQLite.
    pub(crate) places_events: bool,
}

/// A column and how its values cross.
#[derive(Debug, Clone)]
pub(crate) struct PairColumn {
    /// Its name at the source.
    pub(crate) source: String,
    /// Its name at the destination.
    pub(crate) target: String,
    pub(crate) kind: Kind,
}

/// Pairs the tables of both sides; a table or column that only one has is refused by name.
pub(crate) fn pairs(
    engines: (Engine, Engine),
    mut source: BTreeMap<String, Table>,
    target: BTreeMap<String, Table>,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (name, target) in target {
        match source.remove(&name) {
            Some(source) => pairs.push(pair(engines, &source, &target)?),
            None if name == FEED_HEAD && engines == (Engine::Sqlite, Engine::Postgres) => {}
            None => return Err(differ(format!("{name} is at the destination only"))),
        }
    }
    let extra = source
        .into_keys()
        .find(|name| !(name == FEED_HEAD && engines == (Engine::Postgres, Engine::Sqlite)));
    match extra {
        Some(name) => Err(differ(format!("{name} is at the source only"))),
        None => Ok(pairs),
    }
}

fn pair(engines: (Engine, Engine), source: &Table, target: &Table) -> Result<Pair> {
    let name = target.name.clone();
    let is_outbox = name == OUTBOX;
    let mut columns = Vec::new();
    for column in &target.columns {
        let wanted = match (is_outbox, engines, column.name.as_str()) {
            (true, (Engine::Sqlite, Engine::Postgres), "feedposition") => "id",
            (true, (Engine::Postgres, Engine::Sqlite), "id") => "feedposition",
            (.., name) => name,
        };
        let Some(found) = source.columns.iter().find(|found| found.name == wanted) else {
            return Err(differ(format!(
                "{name}.{} is at the destination only",
                column.name
            )));
        };
        let kind = crossing(engines, found.kind, column.kind).ok_or_else(|| {
            differ(format!(
                "{name}.{} holds {:?} at the source and {:?} at the destination",
                column.name, found.kind, column.kind
            ))
        })?;
        columns.push(PairColumn {
            source: wanted.to_owned(),
            target: column.name.clone(),
            kind,
        });
    }
    let extra = source.columns.iter().find(|column| {
        let has_counterpart = target.columns.iter().any(|other| other.name == column.name)
            || (is_outbox && column.name == "feedposition");
        !has_counterpart
    });
    if let Some(column) = extra {
        return Err(differ(format!(
            "{name}.{} is at the source only",
            column.name
        )));
    }
    if !is_outbox && source.key != target.key {
        return Err(differ(format!("the primary keys of {name} differ")));
    }
    let key: Vec<&str> = if is_outbox {
        vec!["subject", "sequence"]
    } else {
        target.key.iter().map(String::as_str).collect()
    };
    let key = key
        .iter()
        .map(|name| columns.iter().position(|column| column.target == *name))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| differ(format!("{name} lacks a column of its key")))?;
    Ok(Pair {
        counter: target.counter.clone(),
        places_events: is_outbox && engines == (Engine::Postgres, Engine::Sqlite),
        name,
        columns,
        key,
    })
}

/// What crosses between two columns. Where PostgreSQL is on either side its type says what the bytes mean.
fn crossing(engines: (Engine, Engine), source: Kind, target: Kind) -> Option<Kind> {
    let (sqlite, postgres) = match engines {
        (Engine::Sqlite, Engine::Postgres) => (source, target),
        (Engine::Postgres, Engine::Sqlite) => (target, source),
        _ => return (source == target).then_some(source),
    };
    let stored_as = match postgres {
        Kind::Integer | Kind::Boolean | Kind::Time => Kind::Integer,
        Kind::Text | Kind::Json => Kind::Text,
        Kind::Bytes | Kind::Uuid => Kind::Bytes,
    };
    (sqlite == stored_as).then_some(postgres)
}

fn differ(what: String) -> RelocationError {
    RelocationError::Schema { what }
}
