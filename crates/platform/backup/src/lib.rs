//! Backups of a process's stores, and restores to a point in time.
//!
//! SQLite stores are shipped while the process runs: [`Backup`] reads their write-ahead logs, and writes a *cut* of all
//! of them every second. It is the only one who moves a log into its file, after all of it was shipped, so a *base* is
//! a plain copy of the files, and what follows it are the pages that changed from cut to cut. PostgreSQL brings programs
//! of its own for the same; [`postgres`] runs them.
//!
//! **Architecture invariant:** shipping makes no request fail, and waits for the disk of the backup only where no
//! writer waits for it.

mod base;
mod chain;
mod cut;
mod directory;
mod error;
mod files;
mod position;
pub mod postgres;
mod restore;
mod running;
mod segment;
mod settings;
mod shipper;
mod status;
mod wal;

#[cfg(test)]
mod tests;

pub use self::error::BackupError;
pub use self::restore::{Listed, Restored, list, restore};
pub use self::running::{Asking, Backup, Ended, take_base};
pub use self::settings::BackupSettings;
pub use self::shipper::TakenBase;
pub use self::status::{Seen, Status};
