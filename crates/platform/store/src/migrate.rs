//! Migrations: platform tables, then the module's; one history for each module.

use std::collections::HashMap;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, Migrator};

use crate::db::Backend;
use crate::{Db, Engine, StoreError};

static PLATFORM_SQLITE: Migrator = sqlx::migrate!("../../../migrations/platform/sqlite");
static PLATFORM_POSTGRES: Migrator = sqlx::migrate!("../../../migrations/platform/postgres");

/// The history, in the module's own file or schema.
const HISTORY: &str = "_sqlx_migrations";

/// The migrations of one module for both engines, embedded in the binary.
///
/// ```ignore
/// static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations/orders/sqlite");
/// static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations/orders/postgres");
///
/// pub const MIGRATIONS: Migrations =
///     Migrations { module: "orders", sqlite: Some(&SQLITE), postgres: Some(&POSTGRES) };
/// ```
///
/// Versions start at 1001. The macro notices changed files, but not new ones; a `build.rs` that prints
/// `cargo:rerun-if-changed=../../../migrations/orders` does.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The module's name: file name on SQLite, schema and role on PostgreSQL.
    pub module: &'static str,
    /// `migrations/<module>/sqlite`, or `None` for platform tables only.
    pub sqlite: Option<&'static Migrator>,
    /// `migrations/<module>/postgres`.
    pub postgres: Option<&'static Migrator>,
}

impl Migrations {
    /// Numbers and names of all steps on an engine, the platform's and the module's, in order.
    pub fn steps(&self, engine: Engine) -> Vec<(i64, String)> {
        let (platform, own) = match engine {
            Engine::Sqlite => (&PLATFORM_SQLITE, self.sqlite),
            Engine::Postgres => (&PLATFORM_POSTGRES, self.postgres),
        };
        let mut steps: Vec<_> = platform
            .iter()
            .chain(own.into_iter().flat_map(Migrator::iter))
            .map(|step| (step.version, name_of(step)))
            .collect();
        steps.sort();
        steps
    }
}

/// What a migration run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// Steps applied now.
    pub applied: Vec<String>,
    /// The step the store is at.
    pub version: i64,
}

/// Why migrations could not be applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The store was migrated by a newer program.
    #[error(
        "{module}: step {version} was applied by a newer program; run that one, or restore a backup"
    )]
    Unknown {
        /// Whose store.
        module: &'static str,
        /// The step.
        version: i64,
    },
    /// Migrations are append-only.
    #[error(
        "{module}: {step} was changed after it had been applied; restore it and add a new step"
    )]
    Changed {
        /// Whose store.
        module: &'static str,
        /// The step.
        step: String,
    },
    /// Two files with one number, for example a module's below 1001.
    #[error("{module}: two migrations have the number {version}")]
    SameVersion {
        /// Whose store.
        module: &'static str,
        /// The number.
        version: i64,
    },
    /// A step failed; it left nothing behind.
    #[error("{module}: {step} failed")]
    Failed {
        /// Whose store.
        module: &'static str,
        /// The step.
        step: String,
        /// What the database said.
        source: MigrateError,
    },
    /// The history could not be read or written.
    #[error("{module}: the history of migrations cannot be used")]
    History {
        /// Whose store.
        module: &'static str,
        /// What the database said.
        source: MigrateError,
    },
}

impl From<MigrationError> for StoreError {
    fn from(error: MigrationError) -> Self {
        Self::Migration(Box::new(error))
    }
}

/// Applies what is pending.
pub(crate) async fn run(db: &Db) -> Result<MigrationReport, StoreError> {
    let module = db.module();
    let steps = steps(db)?;
    let applied = match db.backend() {
        Backend::Sqlite(store) => {
            let mut writer = store.writer().await?;
            let writer = writer.as_mut().ok_or(sqlx::Error::PoolClosed)?;
            apply(writer, module, &steps).await?
        }
        Backend::Postgres(store) => {
            // A connection of its own: closing it gives the lock back, whatever happened.
            let mut connection = store.migration_connection().await?;
            apply(&mut connection, module, &steps).await?
        }
    };
    let version = steps.last().map_or(0, |step| step.version);
    if !applied.is_empty() {
        tracing::info!(module, version, steps = applied.len(), "migrated");
    }
    Ok(MigrationReport { applied, version })
}

/// Names what is not applied yet.
pub(crate) async fn pending(db: &Db) -> Result<Vec<String>, StoreError> {
    let steps = steps(db)?;
    let history = match db.backend() {
        Backend::Sqlite(store) => {
            let mut reader = store.reader().await?;
            tenon_chaos::steady(reader.list_applied_migrations(HISTORY)).await
        }
        Backend::Postgres(store) => {
            store
                .connection()
                .await?
                .list_applied_migrations(HISTORY)
                .await
        }
    };
    let history = match history {
        Ok(history) => history,
        Err(MigrateError::Execute(error)) if is_missing_table(&error) => Vec::new(),
        Err(MigrateError::Execute(error)) => return Err(error.into()),
        Err(source) => {
            return Err(MigrationError::History {
                module: db.module(),
                source,
            }
            .into());
        }
    };
    Ok(not_applied(db.module(), &steps, &history)?
        .map(name_of)
        .collect())
}

/// Platform and module steps in order.
fn steps(db: &Db) -> Result<Vec<Migration>, MigrationError> {
    let migrations = db.migrations();
    let (platform, own) = match db.backend() {
        Backend::Sqlite(_) => (&PLATFORM_SQLITE, migrations.sqlite),
        Backend::Postgres(_) => (&PLATFORM_POSTGRES, migrations.postgres),
    };
    let mut steps: Vec<Migration> = platform
        .iter()
        .chain(own.into_iter().flat_map(Migrator::iter))
        .cloned()
        .collect();
    steps.sort();
    match steps
        .windows(2)
        .find(|pair| pair[0].version == pair[1].version)
    {
        Some(pair) => Err(MigrationError::SameVersion {
            module: migrations.module,
            version: pair[0].version,
        }),
        None => Ok(steps),
    }
}

/// Applies under the driver's lock; each step commits together with its line in the history.
async fn apply<C: Migrate>(
    connection: &mut C,
    module: &'static str,
    steps: &[Migration],
) -> Result<Vec<String>, MigrationError> {
    let in_history = |source| MigrationError::History { module, source };
    connection.lock().await.map_err(in_history)?;
    connection
        .ensure_migrations_table(HISTORY)
        .await
        .map_err(in_history)?;
    let history = connection
        .list_applied_migrations(HISTORY)
        .await
        .map_err(in_history)?;
    let mut applied = Vec::new();
    for step in not_applied(module, steps, &history)? {
        let failed = |source| MigrationError::Failed {
            module,
            step: name_of(step),
            source,
        };
        connection.apply(HISTORY, step).await.map_err(failed)?;
        applied.push(name_of(step));
    }
    connection.unlock().await.map_err(in_history)?;
    Ok(applied)
}

/// Compares the history with the program.
fn not_applied<'s>(
    module: &'static str,
    steps: &'s [Migration],
    history: &[AppliedMigration],
) -> Result<impl Iterator<Item = &'s Migration> + use<'s>, MigrationError> {
    let known: HashMap<i64, &Migration> = steps.iter().map(|step| (step.version, step)).collect();
    for applied in history {
        match known.get(&applied.version) {
            None => {
                return Err(MigrationError::Unknown {
                    module,
                    version: applied.version,
                });
            }
            Some(step) if step.checksum != applied.checksum => {
                return Err(MigrationError::Changed {
                    module,
                    step: name_of(step),
                });
            }
            Some(_) => {}
        }
    }
    let done: Vec<i64> = history.iter().map(|applied| applied.version).collect();
    Ok(steps
        .iter()
        .filter(move |step| !done.contains(&step.version)))
}

/// `0001_idempotency`
fn name_of(step: &Migration) -> String {
    format!("{:04}_{}", step.version, step.description.replace(' ', "_"))
}

/// Nobody has migrated yet.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    const UNDEFINED_TABLE: &str = "42P01";
    error.as_database_error().is_some_and(|error| {
        error.code().is_some_and(|code| code == UNDEFINED_TABLE)
            || error.message().starts_with("no such table")
    })
}
