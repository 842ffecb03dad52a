//! Statements: SQL beside its binds, the same text on both engines.

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Decode, Encode, FromRow, Type};
use tenon_chaos::steady;
use tenon_kernel::CallCtx;
use tokio::time::Instant;

use crate::db::Backend;
use crate::metrics::Metrics;
use crate::reading::{Connection, Reading};
use crate::recording::Track;
use crate::session::{Borrowed, Session};
use crate::{Engine, StoreError};

/// Anything that can be bound and read on both engines: integers, text, bytes, booleans, ids, timestamps, [`crate::Json`], options of these.
pub trait Value:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send
{
}

impl<T> Value for T where
    T: for<'q> Encode<'q, Sqlite>
        + Type<Sqlite>
        + for<'q> Encode<'q, Postgres>
        + Type<Postgres>
        + Send
{
}

/// A row that can be read on both engines: derive `sqlx::FromRow`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// Where statements run: inside a unit of work ([`crate::Tx`]) or on a [`crate::Reader`].
pub trait Queryable: Send {
    /// Starts a statement; `$1`, `$2` … are bound in order.
    fn query(&mut self, sql: &'static str) -> Query<'_>;

    /// Which engine the statement will run on.
    fn engine(&self) -> Engine;
}

/// A statement being put together.
#[must_use = "a statement runs when it is fetched or executed"]
pub struct Query<'q> {
    sql: &'static str,
    arguments: Result<Arguments, BoxDynError>,
    target: Target<'q>,
    ctx: &'q CallCtx,
    metrics: &'q Metrics,
    track: Track,
}

/// Where a statement goes.
pub(crate) enum Target<'q> {
    /// The connection of a unit of work. `broken` says that a statement of it failed or was abandoned.
    Unit {
        name: &'static str,
        session: &'q mut Session,
        broken: &'q mut bool,
    },
    /// Any reader.
    Pool(&'q Backend),
}

pub(crate) enum Arguments {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

/// A connection with arguments for its engine.
enum Ready<'q> {
    Sqlite(Connection<'q, Sqlite>, SqliteArguments),
    Postgres(Connection<'q, Postgres>, PgArguments),
}

/// Runs the same text for either engine; only its types differ.
macro_rules! on_either {
    ($ready:expr, |$connection:ident, $arguments:ident| $run:expr) => {
        match $ready {
            Ready::Sqlite(mut $connection, $arguments) => {
                let outcome = $run;
                $connection.answered();
                outcome
            }
            Ready::Postgres(mut $connection, $arguments) => {
                let outcome = $run;
                $connection.answered();
                outcome
            }
        }
    };
}

impl<'q> Query<'q> {
    pub(crate) fn new(
        sql: &'static str,
        target: Target<'q>,
        ctx: &'q CallCtx,
        metrics: &'q Metrics,
        track: Track,
    ) -> Self {
        let engine = match &target {
            Target::Unit { session, .. } => session.engine(),
            Target::Pool(Backend::Sqlite(_)) => Engine::Sqlite,
            Target::Pool(Backend::Postgres(_)) => Engine::Postgres,
        };
        let arguments = match engine {
            Engine::Sqlite => Arguments::Sqlite(SqliteArguments::default()),
            Engine::Postgres => Arguments::Postgres(PgArguments::default()),
        };
        Self {
            sql,
            arguments: Ok(arguments),
            target,
            ctx,
            metrics,
            track,
        }
    }

    /// Binds the next parameter: any [`Value`], or a borrowed one such as `&str` or `Option<&str>`.
    pub fn bind<'v, T>(mut self, value: T) -> Self
    where
        T: Encode<'v, Sqlite> + Type<Sqlite> + Encode<'v, Postgres> + Type<Postgres>,
    {
        if let Ok(arguments) = &mut self.arguments {
            let added = match arguments {
                Arguments::Sqlite(arguments) => arguments.add(value),
                Arguments::Postgres(arguments) => arguments.add(value),
            };
            if let Err(error) = added {
                self.arguments = Err(error);
            }
        }
        self
    }

    /// Runs it; returns the number of rows changed.
    pub async fn execute(self) -> Result<u64, StoreError> {
        let sql = self.sql;
        let (ready, watch) = self.ready().await?;
        let statement = async {
            on_either!(ready, |connection, arguments| {
                sqlx::query_with(sql, arguments)
                    .execute(&mut *connection)
                    .await
                    .map(|done| done.rows_affected())
            })
        };
        watch.over(statement, |changed| *changed).await
    }

    /// Returns the row, if there is one.
    pub async fn fetch_optional<T: Row>(self) -> Result<Option<T>, StoreError> {
        let sql = self.sql;
        let (ready, watch) = self.ready().await?;
        let statement = async {
            on_either!(ready, |connection, arguments| {
                sqlx::query_as_with(sql, arguments)
                    .fetch_optional(&mut *connection)
                    .await
            })
        };
        watch.over(statement, |row| u64::from(row.is_some())).await
    }

    /// Returns the row; a missing one is [`StoreError::Inconsistent`]: use it where a row must exist.
    pub async fn fetch_one<T: Row>(self) -> Result<T, StoreError> {
        let sql = self.sql;
        self.fetch_optional()
            .await?
            .ok_or_else(|| StoreError::inconsistent(format!("the missing row of: {sql}")))
    }

    /// Returns all rows; the statement carries its own `LIMIT`.
    pub async fn fetch_all<T: Row>(self) -> Result<Vec<T>, StoreError> {
        let sql = self.sql;
        let (ready, watch) = self.ready().await?;
        let statement = async {
            on_either!(ready, |connection, arguments| {
                sqlx::query_as_with(sql, arguments)
                    .fetch_all(&mut *connection)
                    .await
            })
        };
        watch.over(statement, |rows| rows.len() as u64).await
    }

    /// Returns the first column of the row, if there is one. What may be NULL (`MAX`, `SUM` of no rows) is read
    /// as an `Option`: PostgreSQL refuses anything else, the driver for SQLite reads it as 0.
    pub async fn fetch_scalar<T>(self) -> Result<Option<T>, StoreError>
    where
        T: Value + for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres> + Unpin,
    {
        Ok(self.fetch_optional::<(T,)>().await?.map(|(value,)| value))
    }

    /// Checks that the statement may run, and gets it a connection within the deadline.
    async fn ready(self) -> Result<(Ready<'q>, Watch<'q>), StoreError> {
        let Self {
            sql,
            arguments,
            target,
            ctx,
            metrics,
            track,
        } = self;
        let arguments = arguments.map_err(|error| StoreError::Other(sqlx::Error::Encode(error)))?;
        let recorded = track.statement(metrics.module, ctx, sql, &arguments);
        let (ready, broken) = match target {
            Target::Unit {
                name,
                broken: &mut true,
                ..
            } => return Err(StoreError::Aborted { unit: name }),
            Target::Unit {
                session, broken, ..
            } => (borrow(session, arguments), Some(broken)),
            Target::Pool(backend) => {
                let asked = Instant::now();
                let ready = within(ctx, acquire(backend, arguments)).await?;
                metrics.read_wait.observe(asked.elapsed().as_secs_f64());
                (ready, None)
            }
        };
        Ok((
            ready,
            Watch {
                ctx,
                metrics,
                broken,
                recorded,
            },
        ))
    }
}

/// Times and counts a statement, and notes whether the unit of work can go on after it.
struct Watch<'q> {
    ctx: &'q CallCtx,
    metrics: &'q Metrics,
    broken: Option<&'q mut bool>,
    recorded: Option<usize>,
}

impl Watch<'_> {
    async fn over<T>(
        mut self,
        statement: impl Future<Output = Result<T, sqlx::Error>>,
        count: impl FnOnce(&T) -> u64,
    ) -> Result<T, StoreError> {
        // Broken until proven well: a statement whose future is dropped may or may not have run.
        self.set_broken(true);
        let started = Instant::now();
        let outcome = within(self.ctx, steady(statement)).await;
        self.ctx.stats().record_statement(started.elapsed());
        self.metrics.statements.inc();
        self.set_broken(outcome.is_err());
        if let Ok(rows) = &outcome {
            Track::rows(self.recorded, || count(rows));
        }
        outcome
    }

    fn set_broken(&mut self, broken: bool) {
        if let Some(flag) = &mut self.broken {
            **flag = broken;
        }
    }
}

fn borrow(session: &mut Session, arguments: Arguments) -> Ready<'_> {
    match (session.connection(), arguments) {
        (Borrowed::Sqlite(connection), Arguments::Sqlite(arguments)) => {
            Ready::Sqlite(Connection::OfUnit(connection), arguments)
        }
        (Borrowed::Postgres(connection), Arguments::Postgres(arguments)) => {
            Ready::Postgres(Connection::OfUnit(connection), arguments)
        }
        _ => unreachable!("arguments are made for the engine of the target"),
    }
}

async fn acquire(backend: &Backend, arguments: Arguments) -> Result<Ready<'static>, sqlx::Error> {
    Ok(match (backend, arguments) {
        (Backend::Sqlite(store), Arguments::Sqlite(arguments)) => {
            Ready::Sqlite(Connection::Reading(store.reader().await?), arguments)
        }
        (Backend::Postgres(store), Arguments::Postgres(arguments)) => {
            let connection = Reading::new(store.connection().await?);
            Ready::Postgres(Connection::Reading(connection), arguments)
        }
        _ => unreachable!("arguments are made for the engine of the target"),
    })
}

/// Waits at most until the deadline.
async fn within<T>(
    ctx: &CallCtx,
    step: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match ctx.deadline.remaining() {
        None => Ok(step.await?),
        Some(left) if left.is_zero() => Err(StoreError::DeadlineExceeded),
        Some(left) => match tokio::time::timeout(left, step).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(StoreError::DeadlineExceeded),
        },
    }
}
