//! Statements made from tables: how a row becomes a JSON array of text, and text a row again.
//!
//! A row crosses as `[1, "a", "00ff", true, null]`: integers and times (microseconds since 1970) as numbers, bytes
//! and uuids in lower-case hex, booleans as such, JSON documents as strings. Names come from the database's own
//! catalog and are quoted.

use tenon_store::Engine;

use crate::pair::{FEED_HEAD, OUTBOX, Pair};
use crate::schema::Kind;

/// Which side's names and types a statement uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The source. `fenced`: no event is without its place in the feed any more, as nobody can write.
    Source {
        fenced: bool,
    },
    Target,
}

/// `"name"`
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `'text'`
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Pair {
    /// All rows of the table in the order of its key.
    pub(crate) fn select_all(&self, engine: Engine, end: End) -> String {
        format!(
            "SELECT {} FROM {} AS t ORDER BY {}",
            self.row(engine, end, "t."),
            self.relation(end),
            self.order(engine, end)
        )
    }

    /// The rows with the keys in `$1`, a JSON array of [`Pair::key_row`]s.
    pub(crate) fn select_keys(&self, engine: Engine, end: End) -> String {
        format!(
            "SELECT {} FROM {} AS t WHERE {}",
            self.row(engine, end, "t."),
            self.relation(end),
            self.key_is_given(engine, end)
        )
    }

    /// Deletes the rows with the keys in `$1` at the destination.
    pub(crate) fn delete_keys(&self, engine: Engine) -> String {
        format!(
            "DELETE FROM {} AS t WHERE {}",
            quoted(&self.name),
            self.key_is_given(engine, End::Target)
        )
    }

    /// Inserts the rows in `$1`, a JSON array of rows, at the destination.
    pub(crate) fn insert(&self, engine: Engine) -> String {
        let names: Vec<_> = self
            .columns
            .iter()
            .map(|column| quoted(&column.target))
            .collect();
        let values: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| decode(engine, column.kind, place))
            .collect();
        let (names, values) = (names.join(", "), values.join(", "));
        let table = quoted(&self.name);
        match engine {
            Engine::Sqlite => {
                format!("INSERT INTO {table} ({names}) SELECT {values} FROM json_each($1) AS given")
            }
            Engine::Postgres => format!(
                "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE
                 SELECT {values} FROM jsonb_array_elements($1::jsonb) AS given"
            ),
        }
    }

    /// Keys of events that have no place in the feed yet.
    pub(crate) fn select_unplaced_keys(&self, engine: Engine) -> String {
        format!(
            "SELECT {} FROM {} AS t WHERE feedposition IS NULL",
            self.key_row(engine, "t."),
            quoted(OUTBOX)
        )
    }

    /// The key of a row as JSON; `prefix` is `t.`, `NEW.` or `OLD.`. Names and types are the source's.
    pub(crate) fn key_row(&self, engine: Engine, prefix: &str) -> String {
        let key = self.key.iter().map(|place| {
            let column = &self.columns[*place];
            encode(
                engine,
                column.kind,
                &format!("{prefix}{}", quoted(&column.source)),
            )
        });
        array(engine, key)
    }

    /// Names of the key's columns at the source.
    pub(crate) fn key_names(&self) -> impl Iterator<Item = String> {
        self.key
            .iter()
            .map(|place| quoted(&self.columns[*place].source))
    }

    fn row(&self, engine: Engine, end: End, prefix: &str) -> String {
        let values = self.columns.iter().map(|column| {
            let name = match end {
                End::Source { .. } => &column.source,
                End::Target => &column.target,
            };
            encode(engine, column.kind, &format!("{prefix}{}", quoted(name)))
        });
        array(engine, values)
    }

    /// Text sorts by its bytes on both engines, so both sides come in the same order.
    fn order(&self, engine: Engine, end: End) -> String {
        let columns: Vec<_> = self
            .key
            .iter()
            .map(|place| {
                let column = &self.columns[*place];
                let name = match end {
                    End::Source { .. } => &column.source,
                    End::Target => &column.target,
                };
                let collation = match (engine, column.kind) {
                    (Engine::Postgres, Kind::Text) => " COLLATE \"C\"",
                    _ => "",
                };
                format!("t.{}{collation}", quoted(name))
            })
            .collect();
        columns.join(", ")
    }

    fn key_is_given(&self, engine: Engine, end: End) -> String {
        let names: Vec<_> = self
            .key
            .iter()
            .map(|place| match end {
                End::Source { .. } => format!("t.{}", quoted(&self.columns[*place].source)),
                End::Target => format!("t.{}", quoted(&self.columns[*place].target)),
            })
            .collect();
        let values: Vec<_> = self
            .key
            .iter()
            .enumerate()
            .map(|(place, column)| decode(engine, self.columns[*column].kind, place))
            .collect();
        let given = match engine {
            Engine::Sqlite => "json_each($1) AS given",
            Engine::Postgres => "jsonb_array_elements($1::jsonb) AS given",
        };
        format!(
            "({}) IN (SELECT {} FROM {given})",
            names.join(", "),
            values.join(", ")
        )
    }

    /// What is read at an end. Towards SQLite an event without place in the feed waits until there is a fence; then it
    /// gets the place that the positioner would give it: after the head, in the order of ids.
    fn relation(&self, end: End) -> String {
        let table = quoted(&self.name);
        match end {
            End::Source { fenced } if self.places_events => {
                let names: Vec<_> = self
                    .columns
                    .iter()
                    .filter(|column| column.source != "feedposition")
                    .map(|column| quoted(&column.source))
                    .collect();
                let names = names.join(", ");
                let placed = format!(
                    "SELECT {names}, feedposition FROM {table} WHERE feedposition IS NOT NULL"
                );
                if !fenced {
                    return format!("({placed})");
                }
                let head = quoted(FEED_HEAD);
                format!(
                    "({placed} UNION ALL
                      SELECT {names}, (SELECT position FROM {head}) + row_number() OVER (ORDER BY id)
                        FROM {table} WHERE feedposition IS NULL)"
                )
            }
            _ => table,
        }
    }
}

fn array(engine: Engine, values: impl Iterator<Item = String>) -> String {
    let values: Vec<_> = values.collect();
    match engine {
        Engine::Sqlite => format!("json_array({})", values.join(", ")),
        Engine::Postgres => format!("json_build_array({})::text", values.join(", ")),
    }
}

/// A value as an element of a JSON array.
fn encode(engine: Engine, kind: Kind, value: &str) -> String {
    match (engine, kind) {
        (Engine::Sqlite, Kind::Bytes | Kind::Uuid) => {
            format!("CASE WHEN {value} IS NOT NULL THEN lower(hex({value})) END")
        }
        // Anything but 0 and 1 stays what it is, and PostgreSQL refuses it.
        (Engine::Sqlite, Kind::Boolean) => {
            format!(
                "CASE {value} WHEN 0 THEN json('false') WHEN 1 THEN json('true') ELSE {value} END"
            )
        }
        (Engine::Postgres, Kind::Bytes) => format!("encode({value}, 'hex')"),
        (Engine::Postgres, Kind::Uuid) => format!("encode(uuid_send({value}), 'hex')"),
        (Engine::Postgres, Kind::Time) => {
            format!("(extract(epoch FROM {value}) * 1000000)::bigint")
        }
        (Engine::Postgres, Kind::Json) => format!("{value}::text"),
        _ => value.to_owned(),
    }
}

/// The value at a place of the array `given`.
fn decode(engine: Engine, kind: Kind, place: usize) -> String {
    let value = match engine {
        Engine::Sqlite => format!("json_extract(given.value, '$[{place}]')"),
        Engine::Postgres => format!("(given.value ->> {place})"),
    };
    match (engine, kind) {
        (Engine::Sqlite, Kind::Bytes | Kind::Uuid) => format!("unhex({value})"),
        (Engine::Sqlite, _) | (_, Kind::Text) => value,
        (_, Kind::Integer) => format!("{value}::bigint"),
        (_, Kind::Boolean) => format!("{value}::boolean"),
        (_, Kind::Uuid) => format!("{value}::uuid"),
        (_, Kind::Bytes) => format!("decode({value}, 'hex')"),
        (_, Kind::Json) => format!("{value}::jsonb"),
        // In two parts, because an interval is multiplied by a double, which holds 53 bits: each part is exact.
        (_, Kind::Time) => format!(
            "('epoch'::timestamptz + ({value}::bigint / 1000000) * interval '1 second'
              + ({value}::bigint % 1000000) * interval '1 microsecond')"
        ),
    }
}
