//! A module's PostgreSQL schema, reached by a login role that owns it and sees nothing else.

mod provision;

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, Postgres};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqlSafeStr as _, SqlStr, Transaction,
};
use tenon_kernel::Env;

use crate::StoreError;
use crate::config::ModuleRoles;
use crate::session::Session;
use crate::sqlite::TURN_TIMEOUT;

/// Ends any single statement; a sooner deadline of the caller shortens it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// A transaction whose program does nothing is a bug: the server ends it.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
/// How soon the server notices, in the middle of a statement, that nobody waits for it any more.
const ABANDONED: Duration = Duration::from_millis(250);
/// Patience for a row that another transaction holds.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Patience of who works beside the owner, shorter than the server waits before it looks for deadlocks (1 s).
const BESIDE_LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// Patience of a migration for another instance that migrates.
const MIGRATION_LOCK_TIMEOUT: Duration = Duration::from_mins(2);
/// How long the first connection may take before the server is asked what is the matter.
const FIRST_PATIENCE: Duration = Duration::from_millis(200);
/// A connection that has been idle for longer is asked whether it lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// An open PostgreSQL schema.
pub(crate) struct PostgresStore {
    pool: PgPool,
    options: PgConnectOptions,
}

impl PostgresStore {
    /// Connects as the module's role; makes role and schema first where they are missing.
    pub(crate) async fn open(
        url: &str,
        max_connections: u32,
        roles: &ModuleRoles,
        module: &'static str,
        env: &Env,
    ) -> Result<Self, StoreError> {
        let owner = PgConnectOptions::from_str(url)?;
        let options = provision::login(&owner, roles, module)
            .application_name(&format!("tenon-{module}"))
            .options([("search_path", module)]);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(TURN_TIMEOUT)
            .test_before_acquire(false) // a round trip each time
            .before_acquire(|connection, metadata| {
                Box::pin(async move {
                    Ok(metadata.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok())
                })
            })
            .connect_lazy_with(options.clone().options([
                ("statement_timeout", millis(STATEMENT_TIMEOUT)),
                ("lock_timeout", millis(LOCK_TIMEOUT)),
                ("client_connection_check_interval", millis(ABANDONED)),
                (
                    "idle_in_transaction_session_timeout",
                    millis(IDLE_IN_TRANSACTION_TIMEOUT),
                ),
            ]));
        // Asked on a connection that is needed anyway.
        let first = Box::pin(first_connection(&pool)).await;
        if let Some(problem) = provision::missing(first, module).await? {
            tracing::debug!(module, problem, "provisioning a PostgreSQL schema");
            provision::provision(&owner, roles, module, env).await?;
        }
        Ok(Self { pool, options })
    }

    /// Waits for a connection. May be dropped at any time.
    pub(crate) async fn connection(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        // On the heap: the pool's future is 14 KB, which every query and unit of work around it would carry along.
        Box::pin(self.pool.acquire()).await
    }

    /// Starts a transaction. Run it in a task of its own: `BEGIN` of sqlx 0.9.0 must not be dropped half-way.
    ///
    /// `BEGIN` has no effect, so a connection that turns out to be dead is replaced by the next one.
    pub(crate) async fn begin(
        mut connection: PoolConnection<Postgres>,
        pool: PgPool,
        remaining: Option<Duration>,
    ) -> Result<Session, StoreError> {
        let mut spare = pool.size();
        loop {
            let begun = Transaction::begin(connection, Some(begin_sql(remaining))).await;
            match begun.map_err(StoreError::from) {
                Ok(transaction) => return Ok(Session::Postgres(transaction)),
                Err(StoreError::Unavailable(_)) if spare > 0 => spare -= 1,
                Err(error) => return Err(error),
            }
            connection = pool.acquire().await?;
        }
    }

    pub(crate) fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// A connection for migrations, which may take long.
    pub(crate) async fn migration_connection(&self) -> Result<PgConnection, sqlx::Error> {
        self.options
            .clone()
            .options([("lock_timeout", millis(MIGRATION_LOCK_TIMEOUT))])
            .connect()
            .await
    }

    pub(crate) async fn unsafe_settings(&self) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT name FROM pg_settings
              WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
              ORDER BY name",
        )
        .fetch_all(&self.pool)
        .await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// The pool's first connection. The pool itself would ask a server that is not there again and again and only say, in
/// the end, that it took too long: whoever starts the program wants to know why.
async fn first_connection(pool: &PgPool) -> Result<PoolConnection<Postgres>, sqlx::Error> {
    let reason = async {
        tokio::time::sleep(FIRST_PATIENCE).await;
        match pool.connect_options().connect().await {
            Ok(connection) => drop(connection.close().await), // there, and slow: the pool has to say the rest
            Err(reason) => return reason,
        }
        std::future::pending().await
    };
    tokio::select! {
        biased;
        first = pool.acquire() => first,
        reason = reason => Err(reason),
    }
}

/// How to connect beside the owner of an existing schema, with no patience for locks: whoever waits for a lock
/// that others hold makes everyone behind wait too. `Err` says why the schema cannot be entered.
pub(crate) async fn beside(
    url: &str,
    roles: &ModuleRoles,
    module: &'static str,
) -> Result<Result<PgConnectOptions, &'static str>, StoreError> {
    let owner = PgConnectOptions::from_str(url)?;
    let options = provision::login(&owner, roles, module)
        .application_name(&format!("tenon-{module}-beside"))
        .options([
            ("search_path", module),
            ("lock_timeout", &millis(BESIDE_LOCK_TIMEOUT)),
            ("statement_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
        ])
        .disable_statement_logging();
    Ok(
        match provision::missing(options.connect().await.map(Box::new), module).await? {
            Some(problem) => Err(problem),
            None => Ok(options),
        },
    )
}

/// The deadline of the caller bounds each statement, at no extra round trip.
fn begin_sql(remaining: Option<Duration>) -> SqlStr {
    match remaining.filter(|remaining| *remaining < STATEMENT_TIMEOUT) {
        Some(remaining) => {
            AssertSqlSafe(format!("BEGIN; {}", bound_statements(remaining))).into_sql_str()
        }
        None => "BEGIN".into_sql_str(),
    }
}

/// Rolls back and begins again in one round trip.
pub(crate) fn restart_sql(remaining: Option<Duration>) -> SqlStr {
    let bound = bound_statements(
        remaining
            .unwrap_or(STATEMENT_TIMEOUT)
            .min(STATEMENT_TIMEOUT),
    );
    AssertSqlSafe(format!("ROLLBACK; BEGIN; {bound}")).into_sql_str()
}

fn bound_statements(remaining: Duration) -> String {
    format!(
        "SET LOCAL statement_timeout = {}",
        remaining.as_millis().max(1)
    )
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}
