//! One SQL text on two engines: a SQLite file or a PostgreSQL schema for each module.
//!
//! **Architecture invariant:** a transaction borrows the call context mutably, so calling another
//! module while it is open does not compile. Checked by `tests/it/compile_fail`.

mod beside;
mod config;
mod db;
mod error;
mod idempotency;
mod log;
mod metrics;
mod migrate;
mod ownership;
mod postgres;
mod query;
mod reading;
mod recording;
mod retry;
mod session;
mod sqlite;
mod tx;
mod wake;
mod worker_lease;

pub use self::beside::{Beside, RawConnection};
pub use self::config::{Engine, ModuleRoles, StoreConfig};
pub use self::db::{Db, Reader};
pub use self::error::StoreError;
pub use self::idempotency::{Claim, KeyFate, KeyRecord};
pub use self::log::{Checkpoint, HeldLog, StoreLog, find_damage};
pub use self::migrate::{MigrationError, MigrationReport, Migrations};
pub use self::query::{Query, Queryable, Row, Value};
#[cfg(feature = "recording")]
pub use self::recording::{Arguments, Recording, Step, StepKind};
pub use self::retry::{Transient, retrying};
pub use self::tx::Tx;
pub use self::wake::Wake;
pub use self::worker_lease::{Taken, WorkerLease};
pub use sqlx::types::Json;
