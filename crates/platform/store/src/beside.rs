//! Plain connections for a mover of data, which works beside the process that owns the store.
//!
//! A mover makes its statements from the tables it finds, so this is the one door through which SQL that is not
//! `&'static str` passes. Values cross as text; every query returns one text column.

use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tokio::time::Instant;

use crate::{Engine, StoreConfig, StoreError, postgres, sqlite};

/// Between two attempts to get SQLite's write lock. The owner's units follow each other closely: only who asks
/// often finds the gap between two of them.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(1);

/// A module's existing store, for who works beside its owner. Takes no lock that keeps a server out, and makes nothing.
#[derive(Clone)]
pub struct Beside {
    place: Place,
}

#[derive(Clone)]
enum Place {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

/// A connection with neither deadline nor statement timeout; dropped inside a transaction it rolls back.
pub struct RawConnection(Connected);

enum Connected {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs the same text for either engine; only its types differ.
macro_rules! on_either {
    ($raw:expr, |$connection:ident| $run:expr) => {
        match &mut $raw.0 {
            Connected::Sqlite($connection) => $run,
            Connected::Postgres($connection) => $run,
        }
    };
}

impl Beside {
    /// Finds the store of a module.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoStore`] if there is none that this configuration may enter.
    pub async fn find(config: &StoreConfig, module: &'static str) -> Result<Self, StoreError> {
        let place = match config {
            StoreConfig::Sqlite { directory, .. } => sqlite::beside(directory, module)
                .map(Place::Sqlite)
                .ok_or_else(|| "there is no such file".to_owned()),
            StoreConfig::Postgres { url, roles, .. } => postgres::beside(url, roles, module)
                .await?
                .map(Place::Postgres)
                .map_err(str::to_owned),
        };
        match place {
            Ok(place) => Ok(Self { place }),
            Err(problem) => Err(StoreError::NoStore { module, problem }),
        }
    }

    /// Opens a connection.
    pub async fn connect(&self) -> Result<RawConnection, StoreError> {
        Ok(RawConnection(match &self.place {
            Place::Sqlite(options) => Connected::Sqlite(options.connect().await?),
            Place::Postgres(options) => Connected::Postgres(options.connect().await?),
        }))
    }
}

impl RawConnection {
    /// Which engine it talks to.
    pub fn engine(&self) -> Engine {
        match self.0 {
            Connected::Sqlite(_) => Engine::Sqlite,
            Connected::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement with text parameters; returns the number of rows changed.
    pub async fn execute(&mut self, sql: String, binds: &[&str]) -> Result<u64, StoreError> {
        on_either!(self, |connection| {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for bind in binds {
                query = query.bind(*bind);
            }
            Ok(query.execute(connection).await?.rows_affected())
        })
    }

    /// Runs several statements without parameters.
    pub async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        on_either!(self, |connection| {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Returns the first column of all rows: text, or NULL.
    pub async fn texts(
        &mut self,
        sql: String,
        binds: &[&str],
    ) -> Result<Vec<Option<String>>, StoreError> {
        on_either!(self, |connection| {
            let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
            for bind in binds {
                query = query.bind(*bind);
            }
            Ok(query.fetch_all(connection).await?)
        })
    }

    /// Reads the first column of all rows, text, as they come.
    pub fn stream(&mut self, sql: String) -> BoxStream<'_, Result<String, StoreError>> {
        on_either!(self, |connection| {
            sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch(connection)
                .map(|row| row.map_err(StoreError::from))
                .boxed()
        })
    }

    /// Starts a transaction that writes; on SQLite it waits at most `patience` for the write lock.
    pub async fn begin_write(&mut self, patience: Duration) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            return self.script("BEGIN".to_owned()).await;
        }
        // SQLite itself would ask less and less often.
        self.script("PRAGMA busy_timeout = 10".to_owned()).await?;
        let asked = Instant::now();
        let outcome = loop {
            match self.script(sqlite::BEGIN.to_owned()).await {
                Err(StoreError::Contention(_)) if asked.elapsed() < patience => {
                    tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                }
                outcome => break outcome,
            }
        };
        self.script("PRAGMA busy_timeout = 5000".to_owned()).await?;
        outcome
    }

    /// Starts a transaction that sees the data as of now, however long it reads.
    pub async fn begin_snapshot(&mut self) -> Result<(), StoreError> {
        match self.engine() {
            Engine::Postgres => {
                self.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned())
                    .await
            }
            Engine::Sqlite => {
                // The first read chooses the snapshot, not BEGIN.
                self.script("BEGIN; SELECT name FROM sqlite_master LIMIT 1".to_owned())
                    .await
            }
        }
    }

    /// Commits.
    pub async fn commit(&mut self) -> Result<(), StoreError> {
        self.script("COMMIT".to_owned()).await
    }

    /// Rolls back.
    pub fn rollback(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.script("ROLLBACK".to_owned())
    }
}
