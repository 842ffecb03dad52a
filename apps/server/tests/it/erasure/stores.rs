//! Looking into every table of every store.

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::fleet::MODULES;
use crate::server::Installation;
use crate::sqlite_tables::tables_of;

/// The tables in which one of the marks stands, as `module.table`: in a text, or in the bytes of something else.
pub(super) async fn places_of(server: &Installation, marks: &[&str]) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    let mut note = |place: String, rows: &str| {
        let rows = rows.to_lowercase();
        let stands = |mark: &&str| {
            let bytes: String = mark
                .bytes()
                .fold(String::new(), |bytes, byte| format!("{bytes}{byte:02x}"));
            rows.contains(&mark.to_lowercase()) || rows.contains(&bytes)
        };
        if marks.iter().any(stands) {
            places.insert(place);
        }
    };
    match &server.database {
        Some(database) => {
            let mut connection = PgConnection::connect(database.url())
                .await
                .expect("connects");
            for (module, table, rows) in of_database(&mut connection).await {
                note(format!("{module}.{table}"), &rows);
            }
        }
        None => {
            for module in MODULES {
                let name = format!("{module}.db");
                let files = server.processes.iter().map(|it| it.data_dir.join(&name));
                for file in files.filter(|file| file.exists()) {
                    for (table, (_, rows)) in tables_of(&file).await {
                        note(format!("{module}.{table}"), &rows);
                    }
                }
            }
        }
    }
    places
}

async fn of_database(connection: &mut PgConnection) -> Vec<(String, String, String)> {
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("tables");
    let mut tables = Vec::new();
    for (schema, table) in names {
        let rows = format!(
            "SELECT string_agg(row_of::text, chr(10)) FROM \"{schema}\".\"{table}\" AS row_of"
        );
        let rows: Option<String> = sqlx::query_scalar(AssertSqlSafe(rows))
            .fetch_one(&mut *connection)
            .await
            .expect("readable");
        tables.push((schema, table, rows.unwrap_or_default()));
    }
    assert!(tables.len() > 80, "only {} tables", tables.len());
    tables
}
