//! A module's SQLite file: one writer with a fair queue in front of it, and a pool of read-only connections.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as BlockingMutex};
use std::time::Duration;

use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_chaos::{is_planted, steady};
use tokio::sync::Mutex;

use crate::reading::Reading;
use crate::session::{Session, Writer};
use crate::{StoreError, StoreLog};

/// Takes the write lock at once.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
const READERS: u32 = 4;
/// For other programs that touch the file, such as a backup; the module's own writers queue before.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a unit of work or a read without a sooner deadline waits for its turn.
pub(crate) const TURN_TIMEOUT: Duration = Duration::from_secs(10);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// What a log that is shipped shrinks to, once it begins anew, if a long reader made it grow.
const SHIPPED_LOG_BYTES: &str = "16777216";

/// An open SQLite file.
pub(crate) struct SqliteStore {
    options: SqliteConnectOptions,
    /// Locks are granted in the order they were asked for.
    writer: Arc<Mutex<Option<SqliteConnection>>>,
    readers: SqlitePool,
    /// Held until the store is closed.
    lock: BlockingMutex<Option<File>>,
    /// The file, if its log is shipped.
    shipped: Option<PathBuf>,
}

impl SqliteStore {
    /// Opens `<directory>/<module>.db`, creating both.
    pub(crate) async fn open(
        directory: &Path,
        module: &str,
        shipped: bool,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory).map_err(sqlx::Error::Io)?;
        let lock = lock(directory, module)?;
        let options = SqliteConnectOptions::new()
            .filename(file(directory, module))
            .thread_name(|id| format!("sqlite-{id}"))
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("trusted_schema", "OFF")
            .pragma("mmap_size", "0");
        let options = if shipped {
            // Only who ships the log moves it into the file: what is not shipped yet is never overwritten.
            options
                .pragma("wal_autocheckpoint", "0")
                .pragma("journal_size_limit", SHIPPED_LOG_BYTES)
        } else {
            options
        };
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(if is_planted("store.synchronous-normal") {
                SqliteSynchronous::Normal
            } else {
                SqliteSynchronous::Full
            });
        let writer = steady(connect_writer(&writing)).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(TURN_TIMEOUT)
            .test_before_acquire(false) // the file does not go away between two reads
            .max_lifetime(None)
            .connect_lazy_with(options.read_only(true));
        Ok(Self {
            options: writing,
            writer: Arc::new(Mutex::new(Some(writer))),
            readers,
            lock: BlockingMutex::new(Some(lock)),
            shipped: shipped.then(|| file(directory, module)),
        })
    }

    /// A store that is no file: it answers as one that was closed.
    pub(crate) fn closed() -> Self {
        let options = SqliteConnectOptions::new();
        let readers = SqlitePoolOptions::new().connect_lazy_with(options.clone());
        // Closed from this moment on; the future would wait for connections, and there are none.
        drop(readers.close());
        Self {
            options,
            writer: Arc::new(Mutex::new(None)),
            readers,
            lock: BlockingMutex::new(None),
            shipped: None,
        }
    }

    pub(crate) fn log(&self, module: &'static str) -> Option<StoreLog> {
        let file = self.shipped.clone()?;
        Some(StoreLog::new(module, file, Arc::clone(&self.writer)))
    }

    /// Waits for the writer. May be dropped at any time.
    pub(crate) async fn writer(&self) -> Result<Writer, sqlx::Error> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        if writer.is_none() {
            return Err(sqlx::Error::PoolClosed);
        }
        Ok(writer)
    }

    /// Starts a transaction that holds the write lock from its first moment: a deferred one that upgrades
    /// later can meet a BUSY that no waiting cures. Run it in a task of its own.
    pub(crate) async fn begin(
        mut writer: Writer,
        options: SqliteConnectOptions,
    ) -> Result<Session, StoreError> {
        match begin_immediate(&mut writer).await.map_err(StoreError::from) {
            Ok(()) => {}
            Err(error @ StoreError::Contention(_)) => return Err(error),
            Err(_) => {
                // The connection has lost its thread, or was left inside a transaction: replace it.
                *writer = Some(steady(connect_writer(&options)).await?);
                begin_immediate(&mut writer).await?;
            }
        }
        Ok(Session::sqlite(writer))
    }

    pub(crate) fn options(&self) -> SqliteConnectOptions {
        self.options.clone()
    }

    /// A read-only connection.
    pub(crate) async fn reader(&self) -> Result<Reading<Sqlite>, sqlx::Error> {
        let connection = Box::pin(self.readers.acquire()); // on the heap, as on PostgreSQL
        Ok(Reading::new(steady(connection).await?))
    }

    /// Closes the readers, moves the log into the file, closes the writer and lets the next process in.
    pub(crate) async fn close(&self) {
        let closing = async {
            self.readers.close().await;
            let writer = self.writer.lock().await.take();
            if let Some(mut writer) = writer {
                let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    .execute(&mut writer)
                    .await;
                if let Err(error) = checkpoint.map(|_| ()).and(writer.close().await) {
                    tracing::warn!(%error, "closing a SQLite file");
                }
            }
        };
        if tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_err() {
            tracing::warn!(
                "a unit of work is still open: its SQLite file is left to the next start"
            );
        }
        self.lock
            .lock()
            .expect("nobody panics while holding the lock")
            .take();
    }
}

fn file(directory: &Path, module: &str) -> PathBuf {
    directory.join(format!("{module}.db"))
}

/// How to connect beside the owner of an existing file. Foreign keys are off: a mover brings rows in an order of its
/// own and checks them in the end. For the write lock it asks
/// more often than SQLite would: `RawConnection::begin_write`.
pub(crate) fn beside(directory: &Path, module: &str) -> Option<SqliteConnectOptions> {
    let file = file(directory, module);
    file.exists().then(|| {
        SqliteConnectOptions::new()
            .filename(file)
            .thread_name(|id| format!("sqlite-beside-{id}"))
            .foreign_keys(false)
            .busy_timeout(BUSY_TIMEOUT)
            .synchronous(SqliteSynchronous::Full)
            // The owner does it, or who ships the log: see `SqliteStore::open`.
            .pragma("wal_autocheckpoint", "0")
            .pragma("trusted_schema", "OFF")
            .pragma("mmap_size", "0")
            .disable_statement_logging()
    })
}

/// Keeps other processes out: two writers would each believe to be the only one.
fn lock(directory: &Path, module: &str) -> Result<File, StoreError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(format!("{module}.lock")))
        .map_err(sqlx::Error::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            directory: directory.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(sqlx::Error::Io(error).into()),
    }
}

/// Connects and checks that the file is as safe as it was asked to be.
async fn connect_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    const FULL: i64 = 2;
    let mut writer = options.connect().await?;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut writer)
        .await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut writer)
        .await?;
    let is_full = synchronous == FULL || is_planted("store.synchronous-normal");
    if mode != "wal" || !is_full {
        let problem = format!(
            "this file system gives journal_mode={mode}, synchronous={synchronous}; WAL and FULL are required"
        );
        return Err(sqlx::Error::Configuration(problem.into()));
    }
    Ok(writer)
}

async fn begin_immediate(writer: &mut Writer) -> Result<(), sqlx::Error> {
    let writer = writer.as_mut().ok_or(sqlx::Error::PoolClosed)?;
    steady(sqlx::query(BEGIN).execute(writer)).await.map(|_| ())
}
