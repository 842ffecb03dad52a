//! What can go wrong with a backup.

use std::io;
use std::path::{Path, PathBuf};

use tenon_kernel::Timestamp;
use tenon_store::StoreError;

/// Why a backup is not made, or not restored. Names files and modules; never data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A file or folder of the backup, or of the store, cannot be used.
    #[error("cannot {doing} {}", .path.display())]
    Io {
        /// `read`, `write`, …
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the backup is not what was written.
    #[error("{} is damaged: {problem}", .path.display())]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// How it shows.
        problem: String,
    },
    /// What was shipped and what is in the store do not follow each other: a new base is taken.
    #[error("the log of {module} does not go on from what was shipped: {problem}")]
    Gap {
        /// Whose store.
        module: String,
        /// How it shows.
        problem: &'static str,
    },
    /// A writer had the store for so long that this cut was given up, so as not to stop the others.
    #[error("a unit of work kept its store for too long; this cut was given up")]
    Busy,
    /// Logs may not grow for as long as it takes to copy the stores.
    #[error(
        "a base was given up: a log grew to {bytes} bytes while it was copied; raise `backup.max_log_bytes`"
    )]
    TooSlow {
        /// Of the longest log.
        bytes: u64,
    },
    /// Another process ships to the directory.
    #[error("another process ships to {}", .directory.display())]
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// A base that was asked for was not taken.
    #[error("no base was taken: {problem}")]
    NoBase {
        /// Why.
        problem: String,
    },
    /// Nothing was backed up there.
    #[error("there is no backup in {}", .directory.display())]
    Nothing {
        /// The directory.
        directory: PathBuf,
    },
    /// The backup begins later.
    #[error("the backup begins at {first}, which is after {to}")]
    TooEarly {
        /// What was asked for.
        to: Timestamp,
        /// The first moment that can be restored.
        first: Timestamp,
    },
    /// A restore never writes over data.
    #[error("{} is not empty: restore to a new directory", .directory.display())]
    NotEmpty {
        /// The directory.
        directory: PathBuf,
    },
    /// What was restored is no sound database.
    #[error("the restored store of {module} is not sound: {problem}")]
    Unsound {
        /// Whose store.
        module: String,
        /// What SQLite says, its first line.
        problem: String,
    },
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A program of PostgreSQL is missing, or failed.
    #[error("{program}: {problem}")]
    Program {
        /// `pg_basebackup`
        program: &'static str,
        /// What it said.
        problem: String,
    },
    /// The process is stopping.
    #[error("the process is stopping")]
    Stopping,
}

impl BackupError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn damaged(path: &Path, problem: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }
}

/// The error with its sources, for people.
pub(crate) fn chain(error: &BackupError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
