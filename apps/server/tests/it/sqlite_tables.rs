//! What stands in the file of a store.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

/// Tables of a file with their columns and all of their rows.
pub(crate) type Tables = BTreeMap<String, (Vec<String>, String)>;

pub(crate) async fn tables_of(file: &Path) -> Tables {
    let options = SqliteConnectOptions::new().filename(file);
    let options = options.busy_timeout(Duration::from_secs(10));
    let mut connection = options.connect().await.expect("opens");
    let names = text(&mut connection, "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").await;
    let mut tables = BTreeMap::new();
    for name in names.split(',') {
        let columns = format!("SELECT group_concat(name) FROM pragma_table_info('{name}')");
        let columns = text(&mut connection, &columns).await;
        let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
        let row = columns.iter().map(|column| format!("quote(\"{column}\")"));
        let row = row.collect::<Vec<_>>().join(" || ',' || ");
        let rows = format!("SELECT group_concat({row}, char(10)) FROM \"{name}\"");
        let rows = text(&mut connection, &rows).await;
        tables.insert(name.to_owned(), (columns, rows));
    }
    connection.close().await.expect("closes");
    tables
}

async fn text(connection: &mut SqliteConnection, sql: &str) -> String {
    let asked: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .expect("readable");
    asked.unwrap_or_default()
}
