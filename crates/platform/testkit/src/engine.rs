//! A fresh store for each test, on either engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tenon_kernel::testing::{ManualClock, SeededEntropy};
use tenon_kernel::{CallCtx, Clock, Env, Interface, Timestamp};
use tenon_store::{Db, Migrations, ModuleRoles, StoreConfig};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::place;
use crate::postgres::{self, TestDatabase};

/// Every test starts at this moment: 2026-06-01T12:00:00Z.
const START: Timestamp = Timestamp::from_unix_seconds(1_780_315_200);
const SEED: u64 = 1;
/// For each module, in tests on several threads: enough for races, few enough for many tests at once.
const CONNECTIONS_OF_RACES: u32 = 8;
/// In tests on one thread. Each costs the server some 10 ms, and a pool of several opens another one whenever the last is
/// on its way back. Who holds one while asking for another waits in vain: mostly that is a bug, and this shows it.
const CONNECTIONS: u32 = 1;

/// An engine that tests can run on here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestEngine {
    /// Files in a temporary directory.
    Sqlite,
    /// A database of its own in a private cluster.
    Postgres,
}

/// SQLite, and PostgreSQL where its binaries are installed. Where `CI` is set a missing engine is an error, elsewhere a loud line.
pub fn engines() -> Vec<TestEngine> {
    if postgres::is_installed() {
        return vec![TestEngine::Sqlite, TestEngine::Postgres];
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "PostgreSQL is not installed, and CI must test both engines"
    );
    say_that_postgres_is_missing();
    vec![TestEngine::Sqlite]
}

#[expect(
    clippy::print_stderr,
    reason = "a skipped engine must be seen by the person who runs the tests"
)]
fn say_that_postgres_is_missing() {
    eprintln!(
        "!!! PostgreSQL IS NOT INSTALLED: tested on SQLite only (apt-get install postgresql) !!!"
    );
}

/// A test's own world: stores, moving clock, seeded randomness. Cleaned up when dropped.
pub struct Kit {
    engine: TestEngine,
    env: Env,
    clock: Arc<ManualClock>,
    config: StoreConfig,
    stores: Mutex<HashMap<&'static str, Db>>,
    /// Dropped last: the files or the database under the stores.
    _place: Place,
}

/// A clock that goes before another one, or after it.
struct Ahead {
    clock: Arc<ManualClock>,
    micros: i64,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.now().as_micros() + self.micros)
    }
}

enum Place {
    Directory { _files: TempDir },
    Database { _database: TestDatabase },
}

/// How the stores of a world in this database are opened.
pub(crate) fn postgres_config(url: &str) -> StoreConfig {
    StoreConfig::Postgres {
        url: url.to_owned(),
        max_connections: match Handle::current().runtime_flavor() {
            RuntimeFlavor::CurrentThread => CONNECTIONS,
            _ => CONNECTIONS_OF_RACES,
        },
        roles: ModuleRoles::Derived {
            secret: "testkit".into(),
        },
    }
}

impl Kit {
    /// Makes a fresh world, without any store.
    pub async fn new(engine: TestEngine) -> Self {
        Self::with(engine, &[]).await
    }

    /// Makes a fresh world for some modules: their stores are migrated when they are opened, because they are copies
    /// of some that were. On SQLite, where migrating takes no longer than copying, it is as good as [`Kit::new`].
    pub async fn migrated(engine: TestEngine, migrations: &[Migrations]) -> Self {
        Self::with(engine, migrations).await
    }

    async fn with(engine: TestEngine, migrations: &[Migrations]) -> Self {
        let clock = Arc::new(ManualClock::starting_at(START));
        let env = Env::new(Arc::clone(&clock) as _, Arc::new(SeededEntropy::new(SEED)));
        let (config, place) = match engine {
            TestEngine::Sqlite => {
                let files = tempfile::Builder::new()
                    .prefix("tenon-test-")
                    .tempdir_in(place::in_memory(0).unwrap_or(&std::env::temp_dir()))
                    .expect("a temporary directory");
                let config = StoreConfig::Sqlite {
                    directory: files.path().to_owned(),
                    shipped: false,
                };
                (config, Place::Directory { _files: files })
            }
            TestEngine::Postgres => {
                let database = TestDatabase::migrated(migrations).await;
                (
                    postgres_config(database.url()),
                    Place::Database {
                        _database: database,
                    },
                )
            }
        };
        Self {
            engine,
            env,
            clock,
            config,
            stores: Mutex::default(),
            _place: place,
        }
    }

    /// Opens and migrates a module's store; asked again it returns the same one.
    pub async fn db(&self, migrations: Migrations) -> Db {
        let opened = self.stores().get(migrations.module).cloned();
        if let Some(db) = opened {
            return db;
        }
        let db = Db::open(&self.config, migrations, self.env())
            .await
            .expect("the store opens");
        // The question takes a connection that the test needs anyway; migrating, one of its own.
        if !db.is_current().await.expect("its history is read") {
            db.migrate().await.expect("the store migrates");
        }
        self.stores().insert(migrations.module, db.clone());
        db
    }

    /// Which engine this world runs on.
    pub fn engine(&self) -> TestEngine {
        self.engine
    }

    /// Where the stores of this world are, for tests that open one by themselves.
    pub fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// Time and randomness of this world.
    pub fn env(&self) -> Env {
        self.env.clone()
    }

    /// Time of this world on a machine whose clock is `seconds` ahead of it, and randomness of that machine.
    pub fn env_ahead(&self, seconds: i64) -> Env {
        let clock = Ahead {
            clock: Arc::clone(&self.clock),
            micros: seconds * 1_000_000,
        };
        let seed = SEED.wrapping_add(seconds.cast_unsigned().wrapping_mul(0x9E37));
        Env::new(Arc::new(clock), Arc::new(SeededEntropy::new(seed)))
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// A context of the system acting on its own.
    pub fn ctx(&self) -> CallCtx {
        CallCtx::service(&self.env, Interface::Cli, "test")
    }

    fn stores(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Db>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
