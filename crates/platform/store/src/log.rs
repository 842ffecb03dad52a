//! The write-ahead log of a SQLite store, for who ships it to a backup.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;

use crate::StoreError;
use crate::session::Writer;
use crate::sqlite::BUSY_TIMEOUT;

/// Moves what no reader needs any more, and waits for nobody.
const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// Waits for readers, so that the next commit begins the log anew.
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";

/// Where the log of a store is, and how to keep its writer away.
#[derive(Clone)]
pub struct StoreLog {
    module: &'static str,
    file: PathBuf,
    writer: Arc<Mutex<Option<SqliteConnection>>>,
}

/// The writer's turn, held: while it lives nothing is committed through the store, and all that was is on the disk.
pub struct HeldLog(Writer);

/// What a checkpoint came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Frames in the log.
    pub frames: u32,
    /// How many of them, from the first on, are in the file now.
    pub moved: u32,
}

impl StoreLog {
    pub(crate) fn new(
        module: &'static str,
        file: PathBuf,
        writer: Arc<Mutex<Option<SqliteConnection>>>,
    ) -> Self {
        Self {
            module,
            file,
            writer,
        }
    }

    /// Whose store it is.
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// The file, without what is only in the log. Never close a handle of it while the store is open: the system
    /// would drop the locks that SQLite holds in this process.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The log. It is missing, or empty, while nothing was written.
    pub fn wal(&self) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push("-wal");
        name.into()
    }

    /// Waits for the writer's turn. May be dropped at any time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] once the store is closed.
    pub async fn hold(&self) -> Result<HeldLog, StoreError> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        if writer.is_none() {
            return Err(sqlx::Error::PoolClosed.into());
        }
        Ok(HeldLog(writer))
    }
}

impl HeldLog {
    /// Moves the log into the file, as far as readers allow; waits for them at most `patience`.
    pub async fn checkpoint(&mut self, patience: Duration) -> Result<Checkpoint, StoreError> {
        let writer = self.0.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        busy_timeout(writer, patience).await?;
        let how = if patience.is_zero() { PASSIVE } else { RESTART };
        let done: Result<(i64, i64, i64), _> = sqlx::query_as(how).fetch_one(&mut *writer).await;
        busy_timeout(writer, BUSY_TIMEOUT).await?;
        let (_busy, frames, moved) = done?;
        let count = |frames| {
            u32::try_from(frames).map_err(|_| StoreError::inconsistent("a log that is no log"))
        };
        Ok(Checkpoint {
            frames: count(frames)?,
            moved: count(moved)?,
        })
    }
}

/// Asks SQLite whether a file that nobody else has open is a sound database; returns what it says first if not.
///
/// # Errors
///
/// A file that is no database at all, or cannot be read.
pub async fn find_damage(file: &Path) -> Result<Option<String>, StoreError> {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
    let said: Result<String, _> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await;
    connection.close().await?; // and its files beside the database go away
    let said = said?;
    Ok((said != "ok").then_some(said))
}

async fn busy_timeout(writer: &mut SqliteConnection, time: Duration) -> Result<(), sqlx::Error> {
    let pragma = format!("PRAGMA busy_timeout = {}", time.as_millis());
    sqlx::raw_sql(AssertSqlSafe(pragma))
        .execute(writer)
        .await
        .map(drop)
}
