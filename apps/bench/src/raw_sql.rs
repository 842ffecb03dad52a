//! The database work of a run without anything around it: as many commits and statements, by sqlx alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use tokio::task::JoinSet;

/// Database work of one module.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Committed transactions.
    pub(crate) units: u64,
    /// Statements in all of them, and reads outside.
    pub(crate) statements: u64,
}

/// What an average row of the measured tables holds.
const PAYLOAD: &str = "{\"lines\":[{\"sku\":\"TEA-0001\",\"quantity\":1,\"unit_price\":{\"amount\":1290,\"currency\":\"EUR\"}}],\
    \"totals\":{\"subtotal\":1290,\"shipping\":490,\"tax\":284},\"note\":\"as much text as a row of the real tables has\"}";

/// Does the work of all modules at once; returns how long it took.
pub(crate) async fn run(
    folder: &Path,
    postgres: Option<&str>,
    work: &BTreeMap<String, Work>,
) -> Result<Duration> {
    match postgres {
        None => on_sqlite(folder, work).await,
        Some(url) => on_postgres(url, work).await,
    }
}

async fn on_sqlite(folder: &Path, work: &BTreeMap<String, Work>) -> Result<Duration> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let mut pools = Vec::new();
    for (module, work) in work {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(format!("{module}.db")))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        sqlx::query("CREATE TABLE work (id INTEGER PRIMARY KEY, state TEXT NOT NULL, payload TEXT NOT NULL) STRICT")
            .execute(&pool)
            .await?;
        pools.push((pool, *work));
    }
    let start = Instant::now();
    let mut modules = JoinSet::new();
    for (pool, work) in pools {
        modules.spawn(async move { sqlite_module(&pool, work).await });
    }
    while let Some(module) = modules.join_next().await {
        module??;
    }
    Ok(start.elapsed())
}

async fn sqlite_module(pool: &SqlitePool, work: Work) -> Result<()> {
    for unit in 0..work.units {
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in 0..share(work, unit) {
            match statement % 3 {
                0 => sqlx::query("INSERT INTO work (state, payload) VALUES ($1, $2)")
                    .bind("new")
                    .bind(PAYLOAD)
                    .execute(&mut *tx)
                    .await?
                    .rows_affected(),
                1 => sqlx::query("UPDATE work SET state = $2 WHERE id = $1")
                    .bind(id(unit))
                    .bind("done")
                    .execute(&mut *tx)
                    .await?
                    .rows_affected(),
                _ => {
                    sqlx::query("SELECT state, payload FROM work WHERE id = $1")
                        .bind(id(unit))
                        .fetch_optional(&mut *tx)
                        .await?;
                    0
                }
            };
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn on_postgres(url: &str, work: &BTreeMap<String, Work>) -> Result<Duration> {
    let options: PgConnectOptions = url.parse()?;
    let mut pools = Vec::new();
    for (module, work) in work {
        let schema = format!("raw_{module}");
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .connect_with(options.clone().options([("search_path", schema.as_str())]))
            .await?;
        for statement in [
            format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
            format!("CREATE SCHEMA {schema}"),
            format!(
                "CREATE TABLE {schema}.work (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL, payload text NOT NULL)"
            ),
        ] {
            sqlx::query(AssertSqlSafe(statement)).execute(&pool).await?;
        }
        pools.push((pool, *work));
    }
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for (pool, work) in pools {
        let next = Arc::new(AtomicU64::new(0));
        for _ in 0..10 {
            let (pool, next) = (pool.clone(), Arc::clone(&next));
            workers.spawn(async move { postgres_worker(&pool, work, &next).await });
        }
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(start.elapsed())
}

async fn postgres_worker(pool: &PgPool, work: Work, next: &AtomicU64) -> Result<()> {
    loop {
        let unit = next.fetch_add(1, Ordering::Relaxed);
        if unit >= work.units {
            return Ok(());
        }
        let mut tx = pool.begin_with("BEGIN").await?;
        for statement in 0..share(work, unit) {
            match statement % 3 {
                0 => sqlx::query("INSERT INTO work (state, payload) VALUES ($1, $2)")
                    .bind("new")
                    .bind(PAYLOAD)
                    .execute(&mut *tx)
                    .await?
                    .rows_affected(),
                1 => sqlx::query("UPDATE work SET state = $2 WHERE id = $1")
                    .bind(id(unit))
                    .bind("done")
                    .execute(&mut *tx)
                    .await?
                    .rows_affected(),
                _ => {
                    sqlx::query("SELECT state, payload FROM work WHERE id = $1")
                        .bind(id(unit))
                        .fetch_optional(&mut *tx)
                        .await?;
                    0
                }
            };
        }
        tx.commit().await?;
    }
}

/// Statements of one unit, so that all units together send them all.
fn share(work: Work, unit: u64) -> u64 {
    work.statements * (unit + 1) / work.units - work.statements * unit / work.units
}

fn id(unit: u64) -> i64 {
    i64::try_from(unit / 2 + 1).unwrap_or(i64::MAX)
}
