//! A module's database handle.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::{CallCtx, Env};
use tokio::time::{Instant, timeout};

use crate::idempotency::KeysInFlight;
use crate::metrics::Metrics;
use crate::migrate::{self, MigrationReport, Migrations};
use crate::ownership;
use crate::postgres::PostgresStore;
use crate::query::Target;
use crate::recording::Track;
use crate::session::Session;
use crate::sqlite::{SqliteStore, TURN_TIMEOUT};
use crate::worker_lease::WorkerLease;
use crate::{Engine, Query, Queryable, StoreConfig, StoreError, StoreLog, Tx, Wake};

/// How long a copy of a request waits for the first one before it looks whether that is still being done.
const KEY_PATIENCE: Duration = Duration::from_secs(1);
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// A module's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    /// What every unit of work checks first, if the handle is a worker's.
    lease: Option<WorkerLease>,
}

struct Inner {
    migrations: Migrations,
    env: Env,
    backend: Backend,
    metrics: Metrics,
    events_wake: Wake,
    jobs_wake: Wake,
    keys_in_flight: KeysInFlight,
}

pub(crate) enum Backend {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

/// Reads outside a unit of work: a reader pool on SQLite, the pool on PostgreSQL.
#[derive(Debug)]
pub struct Reader<'c> {
    db: &'c Db,
    ctx: &'c CallCtx,
}

impl Db {
    /// Opens (and creates) the store of one module; does not migrate.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] if another process, or another handle of this one, has the SQLite file open;
    /// [`StoreError::NotOwner`] if the module's data has moved to another store, or has not arrived in this one yet.
    pub async fn open(
        config: &StoreConfig,
        migrations: Migrations,
        env: Env,
    ) -> Result<Self, StoreError> {
        let db = Self::open_to_receive(config, migrations, env).await?;
        if let Err(refused) = ownership::check(&db).await {
            db.close().await;
            return Err(refused);
        }
        Ok(db)
    }

    /// As [`Db::open`], whoever owns the data: for a mover that fills the store.
    pub async fn open_to_receive(
        config: &StoreConfig,
        migrations: Migrations,
        env: Env,
    ) -> Result<Self, StoreError> {
        let module = migrations.module;
        check_name(module)?;
        let backend = match config {
            StoreConfig::Sqlite { directory, shipped } => {
                Backend::Sqlite(SqliteStore::open(directory, module, *shipped).await?)
            }
            StoreConfig::Postgres {
                url,
                max_connections,
                roles,
            } => Backend::Postgres(
                PostgresStore::open(url, *max_connections, roles, module, &env).await?,
            ),
        };
        Ok(Self::over(backend, migrations, env))
    }

    /// The store of a module that runs elsewhere: nothing is opened, and whatever is asked of it is
    /// [`StoreError::Unavailable`]. For building a module only for what it says about itself.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn absent(migrations: Migrations, env: Env) -> Self {
        Self::over(Backend::Sqlite(SqliteStore::closed()), migrations, env)
    }

    fn over(backend: Backend, migrations: Migrations, env: Env) -> Self {
        let inner = Inner {
            metrics: Metrics::of(migrations.module),
            migrations,
            env,
            backend,
            events_wake: Wake::new(),
            jobs_wake: Wake::new(),
            keys_in_flight: KeysInFlight::default(),
        };
        Self {
            inner: Arc::new(inner),
            lease: None,
        }
    }

    /// The same store for workers under a lease.
    pub(crate) fn leased(&self, lease: WorkerLease) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            lease: Some(lease),
        }
    }

    /// The same store for everything else.
    pub(crate) fn unleased(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            lease: None,
        }
    }

    /// Applies pending migrations: platform tables first, then the module's. Safe when several instances start at once.
    pub async fn migrate(&self) -> Result<MigrationReport, StoreError> {
        let db = self.clone();
        shielded(async move { migrate::run(&db).await }).await
    }

    /// Names the migrations that are not applied yet.
    pub async fn pending(&self) -> Result<Vec<String>, StoreError> {
        migrate::pending(self).await
    }

    /// Says whether all migrations are applied: for readiness.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        Ok(self.pending().await?.is_empty())
    }

    /// Opens a unit of work. The name labels metrics, spans and logs: `orders.place`.
    ///
    /// Cancel-safe: dropping this future never leaves a connection inside a transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::DeadlineExceeded`] if the deadline of `ctx` passes before its turn comes,
    /// [`StoreError::KeyInFlight`] if a copy of the request holds its turn for longer than a second,
    /// [`StoreError::Unavailable`] if there is no turn within 10 s, [`StoreError::LeaseLost`] if the handle is a
    /// worker's and another deployment has taken over.
    pub async fn begin<'c>(
        &self,
        ctx: &'c mut CallCtx,
        name: &'static str,
    ) -> Result<Tx<'c>, StoreError> {
        let session = self.open_session(ctx).await?;
        let tx = Tx::new(self.clone(), ctx, name, session);
        match &self.lease {
            None => Ok(tx),
            Some(lease) => lease.admit(tx).await,
        }
    }

    /// Starts a transaction within the deadline.
    pub(crate) async fn open_session(&self, ctx: &CallCtx) -> Result<Session, StoreError> {
        let remaining = ctx.deadline.remaining();
        if remaining.is_some_and(|left| left.is_zero()) {
            return Err(StoreError::DeadlineExceeded);
        }
        let asked = Instant::now();
        let turn = remaining.map_or(TURN_TIMEOUT, |left| left.min(TURN_TIMEOUT));
        let session = timeout(turn, self.take_turn(ctx, remaining)).await;
        self.inner
            .metrics
            .unit_wait
            .observe(asked.elapsed().as_secs_f64());
        match session {
            Ok(session) => session,
            Err(_) if ctx.deadline.remaining().is_some_and(|left| left.is_zero()) => {
                Err(StoreError::DeadlineExceeded)
            }
            Err(_) => Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
        }
    }

    /// Waits for a turn, but not for long behind a copy of the same request: with one writer the copy cannot see the
    /// row it would wait for.
    async fn take_turn(
        &self,
        ctx: &CallCtx,
        remaining: Option<Duration>,
    ) -> Result<Session, StoreError> {
        let mut start = std::pin::pin!(self.start_transaction(remaining));
        let Some(scope) = &ctx.idempotency else {
            return start.await;
        };
        loop {
            match timeout(KEY_PATIENCE, &mut start).await {
                Ok(session) => return session,
                Err(_) if self.keys_in_flight().contains(scope) => {
                    return Err(StoreError::KeyInFlight);
                }
                Err(_) => {}
            }
        }
    }

    async fn start_transaction(&self, remaining: Option<Duration>) -> Result<Session, StoreError> {
        match &self.inner.backend {
            Backend::Sqlite(store) => {
                let (writer, options) = (store.writer().await?, store.options());
                shielded(SqliteStore::begin(writer, options)).await
            }
            Backend::Postgres(store) => {
                let (connection, pool) = (store.connection().await?, store.pool());
                shielded(PostgresStore::begin(connection, pool, remaining)).await
            }
        }
    }

    /// Reads committed data, one statement at a time.
    pub fn read<'c>(&'c self, ctx: &'c CallCtx) -> Reader<'c> {
        Reader { db: self, ctx }
    }

    /// The module's name.
    pub fn module(&self) -> &'static str {
        self.inner.migrations.module
    }

    /// Which engine it runs on: for the few statements that truly differ.
    pub fn engine(&self) -> Engine {
        match self.inner.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        &self.inner.env
    }

    /// Rings after a commit that emitted events.
    pub fn events_wake(&self) -> Wake {
        self.inner.events_wake.clone()
    }

    /// Rings after a commit that enqueued jobs.
    pub fn jobs_wake(&self) -> Wake {
        self.inner.jobs_wake.clone()
    }

    /// Answers if the database does, within a second, and owns the module's data: for readiness.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let ping = async {
            match &self.inner.backend {
                Backend::Sqlite(store) => {
                    let mut reader = store.reader().await?;
                    let answer = sqlx::query("SELECT 1").execute(&mut *reader);
                    tenon_chaos::steady(answer).await.map(|_| ())
                }
                Backend::Postgres(store) => sqlx::query("SELECT 1")
                    .execute(&mut *store.connection().await?)
                    .await
                    .map(|_| ()),
            }
        };
        match timeout(PING_TIMEOUT, ping).await {
            Ok(answer) => answer?,
            Err(_) => return Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
        }
        ownership::check(self).await
    }

    /// Names the settings of the server under which a power cut could lose what was committed: a production
    /// start refuses them. SQLite never has any, because [`Db::open`] checks.
    pub async fn unsafe_settings(&self) -> Result<Vec<String>, StoreError> {
        match &self.inner.backend {
            Backend::Sqlite(_) => Ok(Vec::new()),
            Backend::Postgres(store) => Ok(store.unsafe_settings().await?),
        }
    }

    /// The write-ahead log of a SQLite store that was opened to be shipped.
    pub fn log(&self) -> Option<StoreLog> {
        match &self.inner.backend {
            Backend::Sqlite(store) => store.log(self.module()),
            Backend::Postgres(_) => None,
        }
    }

    /// Closes all connections; on SQLite with a checkpoint.
    pub async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite(store) => store.close().await,
            Backend::Postgres(store) => store.close().await,
        }
    }

    pub(crate) fn migrations(&self) -> &Migrations {
        &self.inner.migrations
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    pub(crate) fn keys_in_flight(&self) -> &KeysInFlight {
        &self.inner.keys_in_flight
    }

    pub(crate) fn ring_events(&self) {
        self.inner.events_wake.ring();
    }

    pub(crate) fn ring_jobs(&self) {
        self.inner.jobs_wake.ring();
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("module", &self.module())
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

impl Queryable for Reader<'_> {
    fn query(&mut self, sql: &'static str) -> Query<'_> {
        Query::new(
            sql,
            Target::Pool(self.db.backend()),
            self.ctx,
            self.db.metrics(),
            Track::default(),
        )
    }

    fn engine(&self) -> Engine {
        self.db.engine()
    }
}

/// Runs a step to its end even if the caller stops waiting; what it made is then dropped, and so undone.
pub(crate) fn shielded<T: Send + 'static>(
    step: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> impl Future<Output = Result<T, StoreError>> + Send {
    let step = Box::pin(step); // a driver's future is kilobytes, which every unit of work would carry along
    async move {
        if tenon_chaos::is_planted("store.begin-cancellable") {
            return step.await;
        }
        match tokio::spawn(step).await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(StoreError::Unavailable(sqlx::Error::PoolClosed)), // the runtime is shutting down
        }
    }
}

/// A module's name becomes a file, a schema and a role.
fn check_name(module: &str) -> Result<(), StoreError> {
    if !module.is_empty()
        && module.len() <= 40
        && module.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    {
        return Ok(());
    }
    let problem = format!("the module name {module:?} must be 1 to 40 characters of a-z and _");
    Err(StoreError::Other(sqlx::Error::Configuration(
        problem.into(),
    )))
}
