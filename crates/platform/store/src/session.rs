//! A connection inside a transaction. Dropped without commit it rolls back and gives the connection back clean.

use std::time::Duration;

use sqlx::Transaction;
use sqlx::postgres::{PgConnection, Postgres};
use sqlx::sqlite::SqliteConnection;
use tenon_chaos::steady;
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;

use crate::{Engine, StoreError, postgres, sqlite};

/// The one writer of a SQLite file; `None` once the store is closed.
pub(crate) type Writer = OwnedMutexGuard<Option<SqliteConnection>>;

/// An open transaction that owns its connection.
pub(crate) enum Session {
    Sqlite(SqliteSession),
    /// The driver queues the rollback when it is dropped, in front of whatever the connection does next.
    Postgres(Transaction<'static, Postgres>),
}

/// The writer inside a transaction; `None` once the transaction has ended.
pub(crate) struct SqliteSession(Option<Writer>);

/// Where the next statement of a session goes.
pub(crate) enum Borrowed<'s> {
    Sqlite(&'s mut SqliteConnection),
    Postgres(&'s mut PgConnection),
}

impl Session {
    /// Takes over the writer after `BEGIN`.
    pub(crate) fn sqlite(writer: Writer) -> Self {
        Self::Sqlite(SqliteSession(Some(writer)))
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) fn connection(&mut self) -> Borrowed<'_> {
        match self {
            Self::Sqlite(session) => Borrowed::Sqlite(session.connection()),
            Self::Postgres(transaction) => Borrowed::Postgres(transaction),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => Ok(session.end("COMMIT").await?),
            Self::Postgres(transaction) => transaction.commit().await.map_err(|error| match error
                .into()
            {
                StoreError::Unavailable(error) => StoreError::CommitUnknown(error),
                error => error,
            }),
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => session.end("ROLLBACK").await?,
            Self::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// Rolls back and begins again on the same connection; on SQLite nobody gets in between.
    /// Run it in a task of its own, as any `BEGIN`.
    pub(crate) async fn restart(self, remaining: Option<Duration>) -> Result<Self, StoreError> {
        match self {
            Self::Sqlite(mut session) => {
                steady(sqlx::query("ROLLBACK").execute(session.connection())).await?;
                steady(sqlx::query(sqlite::BEGIN).execute(session.connection())).await?;
                Ok(Self::Sqlite(session))
            }
            Self::Postgres(mut transaction) => {
                let restart = postgres::restart_sql(remaining);
                sqlx::raw_sql(restart).execute(&mut *transaction).await?;
                Ok(Self::Postgres(transaction))
            }
        }
    }
}

impl SqliteSession {
    fn connection(&mut self) -> &mut SqliteConnection {
        let writer = self.0.as_mut().and_then(|writer| writer.as_mut());
        writer.expect("only an open transaction is handed out, and the writer is taken away only by who holds its lock")
    }

    async fn end(mut self, how: &'static str) -> Result<(), sqlx::Error> {
        steady(sqlx::query(how).execute(self.connection())).await?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for SqliteSession {
    /// Nobody gets the writer before the rollback is done.
    fn drop(&mut self) {
        let (Some(mut writer), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
            return; // Outside of a runtime the next `BEGIN` finds the transaction open and replaces the connection.
        };
        runtime.spawn(async move {
            if let Some(connection) = writer.as_mut() {
                // It fails if SQLite has rolled back by itself, or if the commit was done before its caller left.
                let ended = steady(sqlx::query("ROLLBACK").execute(connection)).await;
                tracing::trace!(ok = ended.is_ok(), "rolled back an abandoned unit of work");
            }
        });
    }
}
