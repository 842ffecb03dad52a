//! Rows as test data, written as literals of either engine.

use std::fmt::Write as _;

use tenon_store::{Engine, RawConnection};

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum V {
    Null,
    /// An integer.
    I(i64),
    /// Text.
    T(String),
    /// A uuid made from a number.
    U(i64),
    /// Bytes: so many, made from a number.
    X(usize, i64),
    /// A boolean.
    B(bool),
    /// Microseconds since 1970.
    At(i64),
    /// A JSON document.
    J(String),
}

/// Text, as a value.
pub(crate) fn t(text: impl Into<String>) -> V {
    V::T(text.into())
}

/// A JSON document, as a value.
pub(crate) fn j(text: impl Into<String>) -> V {
    V::J(text.into())
}

/// A table and the values of a row, in the order of its columns.
pub(crate) type Row = (&'static str, Vec<V>);

/// Inserts rows in their order.
pub(crate) async fn insert(raw: &mut RawConnection, rows: &[Row]) {
    let engine = raw.engine();
    raw.begin_write(std::time::Duration::from_secs(30))
        .await
        .expect("begins");
    for (table, values) in rows {
        let values: Vec<_> = values.iter().map(|value| literal(engine, value)).collect();
        let overriding = match engine {
            Engine::Sqlite => "",
            Engine::Postgres => "OVERRIDING SYSTEM VALUE",
        };
        let sql = format!(
            "INSERT INTO {table} {overriding} VALUES ({})",
            values.join(", ")
        );
        if let Err(error) = raw.script(sql.clone()).await {
            panic!("{sql}: {error:?}");
        }
    }
    raw.commit().await.expect("commits");
}

/// Inserts a row of named columns, so that the database counts the others by itself.
pub(crate) async fn insert_named(
    raw: &mut RawConnection,
    table: &str,
    columns: &str,
    values: &[V],
) {
    let engine = raw.engine();
    let values: Vec<_> = values.iter().map(|value| literal(engine, value)).collect();
    let sql = format!(
        "INSERT INTO {table} {columns} VALUES ({})",
        values.join(", ")
    );
    raw.script(sql).await.expect("inserts");
}

fn literal(engine: Engine, value: &V) -> String {
    let postgres = engine == Engine::Postgres;
    match value {
        V::Null => "NULL".to_owned(),
        V::I(number) => number.to_string(),
        V::U(number) if postgres => format!("'{number:032x}'::uuid"),
        V::U(number) => format!("X'{number:032x}'"),
        V::X(length, number) => bytes(engine, *length, *number),
        V::B(truth) if postgres => truth.to_string(),
        V::B(truth) => i64::from(*truth).to_string(),
        V::At(micros) if postgres => format!(
            "'epoch'::timestamptz + ({micros}::bigint / 1000000) * interval '1 second'
              + ({micros}::bigint % 1000000) * interval '1 microsecond'"
        ),
        V::At(micros) => micros.to_string(),
        V::J(text) if postgres => format!("{}::jsonb", quoted(text)),
        V::T(text) | V::J(text) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// So many bytes, counting up from a number.
pub(crate) fn bytes(engine: Engine, length: usize, number: i64) -> String {
    let mut hex = String::with_capacity(2 * length);
    for byte in (number..).take(length) {
        write!(hex, "{:02x}", byte & 0xff).expect("text can be written");
    }
    match engine {
        Engine::Sqlite => format!("X'{hex}'"),
        Engine::Postgres => format!("decode('{hex}', 'hex')"),
    }
}
