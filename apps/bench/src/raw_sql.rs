//! The same SQL run raw: the recorded statements with their arguments and commits, by sqlx alone.
//!
//! Every module's work runs at once, as in the server: on SQLite one writer for each file, in the recorded order,
//! beside readers; on PostgreSQL several connections for each module, where what belongs to one trace stays in order.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Either, Executor as _};
use tenon_store::{Arguments, Step, StepKind};
use tokio::task::JoinSet;

/// Connections for reads beside the writer of a SQLite file.
const READERS: usize = 4;
/// Connections for each module on PostgreSQL that are tried, up to as many as the server has; the fastest counts.
pub(crate) const CONNECTIONS: [usize; 3] = [2, 5, 10];

/// How the raw run went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Replay {
    /// How long it took.
    pub(crate) took: Duration,
    /// Committed units of work.
    pub(crate) commits: usize,
    /// Statements in all units, and reads outside of any.
    pub(crate) statements: usize,
    /// Statements that changed or returned as many rows as when they were recorded.
    pub(crate) alike: usize,
}

/// One unit of work, or one read outside of any.
struct Work {
    trace: [u8; 16],
    statements: Vec<Statement>,
    end: End,
}

struct Statement {
    sql: &'static str,
    arguments: Arguments,
    rows: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing: it is a read.
    None,
    Commit,
    Rollback,
}

/// Does what was recorded on a copy of the SQLite files that it was recorded on.
pub(crate) async fn on_sqlite(folder: &Path, steps: Vec<Step>) -> Result<Replay> {
    let mut lanes = Vec::new();
    for (module, works) in by_module(steps) {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(format!("{module}.db")))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let (reads, units): (Vec<_>, Vec<_>) =
            works.into_iter().partition(|work| work.end == End::None);
        let mut queues = vec![units];
        queues.resize_with(1 + READERS, Vec::new);
        for (place, read) in reads.into_iter().enumerate() {
            queues[1 + place % READERS].push(read);
        }
        let pool = SqlitePoolOptions::new()
            .max_connections(u32::try_from(queues.len())?)
            .connect_with(options)
            .await?;
        for queue in queues {
            lanes.push((pool.acquire().await?, queue));
        }
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (mut connection, queue) in lanes {
        running.spawn(async move {
            let mut replay = Replay::default();
            for work in queue {
                sqlite_work(&mut connection, work, &mut replay).await?;
            }
            Ok(replay)
        });
    }
    sum(start, running).await
}

/// Does what was recorded on a copy of the PostgreSQL database that it was recorded on.
pub(crate) async fn on_postgres(url: &str, steps: Vec<Step>, connections: usize) -> Result<Replay> {
    let options: PgConnectOptions = url.parse()?;
    let mut lanes = Vec::new();
    for (module, works) in by_module(steps) {
        let pool: PgPool = PgPoolOptions::new()
            .max_connections(u32::try_from(connections)?)
            .connect_with(options.clone().options([("search_path", module)]))
            .await?;
        let mut queues: Vec<Vec<Work>> = Vec::new();
        queues.resize_with(connections, Vec::new);
        for work in works {
            let lane = usize::from(work.trace[15]) % connections;
            queues[lane].push(work);
        }
        for queue in queues {
            lanes.push((pool.acquire().await?, queue));
        }
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (mut connection, queue) in lanes {
        running.spawn(async move {
            let mut replay = Replay::default();
            for work in queue {
                postgres_work(&mut connection, work, &mut replay).await?;
            }
            Ok(replay)
        });
    }
    sum(start, running).await
}

async fn sum(start: Instant, mut running: JoinSet<Result<Replay>>) -> Result<Replay> {
    let mut sum = Replay::default();
    while let Some(part) = running.join_next().await {
        let part = part??;
        sum.commits += part.commits;
        sum.statements += part.statements;
        sum.alike += part.alike;
    }
    sum.took = start.elapsed();
    Ok(sum)
}

/// Writes the same for either engine; only its types differ.
macro_rules! work_on {
    ($name:ident, $connection:ty, $variant:ident, $begin:literal) => {
        async fn $name(
            connection: &mut $connection,
            work: Work,
            replay: &mut Replay,
        ) -> Result<()> {
            if work.end != End::None {
                connection.execute($begin).await?;
            }
            let mut is_broken = false;
            for statement in work.statements {
                let Arguments::$variant(arguments) = statement.arguments else {
                    anyhow::bail!("recorded on another engine");
                };
                let (mut rows, mut changed) = (0, 0);
                let query = sqlx::query_with(statement.sql, arguments);
                let sent = async {
                    let mut answers = (&mut *connection).fetch_many(query);
                    while let Some(answer) = answers.try_next().await? {
                        match answer {
                            Either::Left(done) => changed += done.rows_affected(),
                            Either::Right(_) => rows += 1,
                        }
                    }
                    Ok::<_, sqlx::Error>(())
                };
                // In another order a row may be taken already: the statement ran, and the unit is undone.
                is_broken |= sent.await.is_err();
                replay.statements += 1;
                let count = if rows > 0 { rows } else { changed };
                replay.alike += usize::from(!is_broken && count == statement.rows);
                if is_broken && work.end == End::None {
                    anyhow::bail!("a recorded read fails: {}", statement.sql);
                }
                if is_broken {
                    break;
                }
            }
            match work.end {
                End::None => {}
                End::Commit if !is_broken => {
                    connection.execute("COMMIT").await?;
                    replay.commits += 1;
                }
                End::Commit | End::Rollback => {
                    connection.execute("ROLLBACK").await?;
                }
            }
            Ok(())
        }
    };
}

work_on!(sqlite_work, SqliteConnection, Sqlite, "BEGIN IMMEDIATE");
work_on!(postgres_work, PgConnection, Postgres, "BEGIN");

/// Puts the steps of each unit together, in the order in which units began; those that did not end are left out.
fn by_module(steps: Vec<Step>) -> Vec<(&'static str, Vec<Work>)> {
    let mut modules: Vec<(&'static str, Vec<Work>)> = Vec::new();
    let mut places: HashMap<u64, (usize, usize)> = HashMap::new();
    for step in steps {
        let module = modules
            .iter()
            .position(|(module, _)| *module == step.module)
            .unwrap_or_else(|| {
                modules.push((step.module, Vec::new()));
                modules.len() - 1
            });
        let works = &mut modules[module].1;
        let unit = step.unit.and_then(|unit| places.get(&unit).copied());
        match step.kind {
            StepKind::Begin => {
                if let Some(unit) = step.unit {
                    places.insert(unit, (module, works.len()));
                    works.push(Work {
                        trace: step.trace,
                        statements: Vec::new(),
                        end: End::Rollback,
                    });
                }
            }
            StepKind::Statement {
                sql,
                arguments,
                rows: Some(rows),
            } => {
                let statement = Statement {
                    sql,
                    arguments,
                    rows,
                };
                match unit {
                    Some((_, place)) => works[place].statements.push(statement),
                    None if step.unit.is_none() => works.push(Work {
                        trace: step.trace,
                        statements: vec![statement],
                        end: End::None,
                    }),
                    None => {}
                }
            }
            StepKind::Statement { rows: None, .. } | StepKind::Rollback => {}
            StepKind::Commit => {
                if let Some((_, place)) = unit {
                    works[place].end = End::Commit;
                }
            }
        }
    }
    modules
}

/// Copies the database that a URL names; nobody may be connected to it.
pub(crate) async fn copy_database(url: &str, copy: &str) -> Result<String> {
    let (base, name) = url.rsplit_once('/').context("a database in the URL")?;
    let admin = PgPoolOptions::new()
        .max_connections(1)
        .connect(&format!("{base}/postgres"))
        .await?;
    for statement in [
        format!("DROP DATABASE IF EXISTS {copy} WITH (FORCE)"),
        format!("CREATE DATABASE {copy} TEMPLATE {name}"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&admin)
            .await?;
    }
    admin.close().await;
    Ok(format!("{base}/{copy}"))
}
