//! Why a process does not start, or ended badly.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tenon_backup::BackupError;
use tenon_seam::SetupError;
use tenon_store::StoreError;

/// Why a process does not start, or ended badly. Names the setting, the module or the file; never a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// Settings that contradict each other.
    #[error("setting `{}`: {}", .0.setting, .0.reason)]
    Setup(#[from] SetupError),
    /// A module's store does not open, or its migrations do not apply.
    #[error("the store of {module}")]
    Store {
        /// Whose store.
        module: &'static str,
        /// Why.
        source: StoreError,
    },
    /// Migrations are pending, but another deployment works on the store.
    #[error(
        "the store of {module} belongs to the deployment `{owner}`, which is running, and has other migrations: stop that one first"
    )]
    Owned {
        /// Whose store.
        module: &'static str,
        /// Who has it.
        owner: String,
    },
    /// The secrets file cannot be written or read.
    #[error("the secrets file {}", .file.display())]
    Secrets {
        /// Where it is.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The secrets file lacks a secret, or is no TOML.
    #[error("the secrets file {} is damaged, or lacks `{key}`", .file.display())]
    DamagedSecrets {
        /// Where it is.
        file: PathBuf,
        /// What was looked for.
        key: String,
    },
    /// The file that keeps the time of a clock that was set forward cannot be read.
    #[error("the file {} is to say how many seconds the clock is ahead", .file.display())]
    Clock {
        /// Where it is.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The stores cannot be shipped to a backup.
    #[error("the stores cannot be backed up")]
    Backup(#[source] BackupError),
    /// A listener cannot be opened.
    #[error("setting `{setting}`: cannot listen on {address}")]
    Listen {
        /// The setting.
        setting: &'static str,
        /// What it says.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A listener ended by itself.
    #[error("the {listener} listener failed")]
    Serve {
        /// `public`, `operations`.
        listener: &'static str,
        /// Why.
        source: io::Error,
    },
}
