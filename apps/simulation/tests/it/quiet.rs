//! Whether anything is left to do, seen from beside the processes while the simulated time stands still.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::feeds::{FEEDS, Feed};
use crate::template::MODULES;

/// What no module may have open in the end.
const OPEN: [(&str, &str); 3] = [
    (
        "jobs",
        "SELECT COUNT(*) FROM jobs WHERE state IN ('pending', 'running')",
    ),
    (
        "events to handle",
        "SELECT COUNT(*) FROM inbox WHERE state IN ('pending', 'running')",
    ),
    (
        "sagas",
        "SELECT COUNT(*) FROM sagas WHERE status IN ('running', 'compensating')",
    ),
];
const HEADS: &str = "SELECT type, MAX(id) FROM outbox GROUP BY type";
const CURSOR: &str = "SELECT COALESCE(MAX(position), 0) FROM event_cursors WHERE source = $1";

/// What is left to do: `orders: 2 jobs`.
pub(crate) fn left(stores: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let left = runtime.expect("starts").block_on(look(stores));
    left.expect("the stores can be read")
}

async fn look(stores: &Path) -> Result<Vec<String>, sqlx::Error> {
    let mut left = Vec::new();
    for module in MODULES {
        let mut store = open(stores, module).await?;
        for (what, sql) in OPEN {
            let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut store).await?;
            if count > 0 {
                left.push(format!("{module}: {count} {what}"));
            }
        }
        store.close().await?;
    }
    for feed in &FEEDS {
        let Feed {
            consumer, source, ..
        } = feed;
        let mut store = open(stores, source).await?;
        let heads: Vec<(String, i64)> = sqlx::query_as(HEADS).fetch_all(&mut store).await?;
        store.close().await?;
        let mut store = open(stores, consumer).await?;
        let cursor = sqlx::query_scalar(CURSOR).bind(source);
        let cursor: i64 = cursor.fetch_one(&mut store).await?;
        store.close().await?;
        for (kind, head) in heads {
            if feed.takes(&kind) && cursor < head {
                left.push(format!("{consumer}: {kind} at {head}, after {cursor}"));
            }
        }
    }
    Ok(left)
}

/// Beside the owner of the file: it is only read.
async fn open(stores: &Path, module: &str) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(stores.join(format!("{module}.db")))
        .read_only(true);
    options.connect().await
}
