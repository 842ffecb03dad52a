//! Two stores with a table each, and a shipper that is driven by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use tempfile::TempDir;
use tenon_kernel::testing::ManualClock;
use tenon_kernel::{CallCtx, Env, Interface, SystemEntropy, Timestamp};
use tenon_store::{Db, Migrations, Queryable as _, StoreConfig};

use crate::shipper::{Shipper, Turn};
use crate::{BackupError, BackupSettings, Listed, Restored, list, restore};

static NOTES: Migrator = sqlx::migrate!("tests/migrations/sqlite");
pub(crate) const MODULES: [&str; 2] = ["left", "right"];

pub(crate) struct World {
    _folder: TempDir,
    pub(crate) root: PathBuf,
    clock: Arc<ManualClock>,
    pub(crate) env: Env,
    pub(crate) settings: BackupSettings,
    pub(crate) stores: Vec<Db>,
    pub(crate) shipper: Shipper,
}

impl World {
    /// With a base and its first cut.
    pub(crate) async fn new() -> Self {
        let mut world = Self::unshipped().await;
        world.base().await;
        world
    }

    /// No turn was made yet.
    pub(crate) async fn unshipped() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().to_owned();
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_unix_seconds(
            1_700_000_000,
        )));
        let env = Env::new(Arc::clone(&clock) as _, Arc::new(SystemEntropy));
        let settings = BackupSettings {
            directory: root.join("backup"),
            ..BackupSettings::default()
        };
        let stores = open(&root.join("data"), &env, true).await;
        Self {
            shipper: Shipper::new(&settings, &stores, &env).expect("files"),
            _folder: folder,
            root,
            clock,
            env,
            settings,
            stores,
        }
    }

    /// One unit of work that writes so many bytes.
    pub(crate) async fn write(&self, store: usize, bytes: usize) {
        write(&self.stores[store], bytes).await;
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// A second later the shipper has its turn; returns the cut.
    pub(crate) async fn turn(&mut self) -> Timestamp {
        self.advance(Duration::from_secs(1));
        let turn = self.shipper.turn().await;
        assert_ne!(turn, Turn::Failed, "{:?}", self.shipper.status.seen());
        self.shipper.status.seen().last_cut.expect("a cut")
    }

    /// Turns until there is a base with a cut that was not there before.
    pub(crate) async fn base(&mut self) {
        let before = self.shipper.status.seen().folder;
        while self.shipper.status.seen().folder == before {
            self.shipper.turn().await;
        }
    }

    /// The process stops in order, and another one starts.
    pub(crate) async fn stop_and_start(&mut self) {
        self.shipper.finish().await;
        self.reopen().await;
    }

    /// The stores are closed and opened by another process, and nobody told the shipper.
    pub(crate) async fn reopen(&mut self) {
        for db in &self.stores {
            db.close().await;
        }
        self.stores = open(&self.root.join("data"), &self.env, true).await;
        self.renew();
    }

    /// A shipper that knows nothing but what is in the backup.
    pub(crate) fn renew(&mut self) {
        // The lock of the directory goes with the old one.
        let nowhere = BackupSettings::default();
        self.shipper = Shipper::new(&nowhere, &[], &self.env).expect("nothing");
        self.shipper = Shipper::new(&self.settings, &self.stores, &self.env).expect("files");
    }

    pub(crate) fn listed(&self) -> Vec<Listed> {
        list(&self.settings.directory).expect("readable")
    }

    /// Restores into a new folder, and counts the notes there.
    pub(crate) async fn restore(&self, to: Option<Timestamp>) -> (Restored, Vec<i64>) {
        let target = tempfile::tempdir_in(&self.root).expect("a folder");
        let restored = restore(&self.settings.directory, to, target.path()).await;
        let restored = restored.expect("sound");
        let mut counts = Vec::new();
        for db in open(target.path(), &self.env, false).await {
            counts.push(count(&db).await);
            db.close().await;
        }
        (restored, counts)
    }

    /// Tries to restore; nothing may be left then.
    pub(crate) async fn refused(&self) -> BackupError {
        let target = tempfile::tempdir_in(&self.root).expect("a folder");
        let refused = restore(&self.settings.directory, None, target.path()).await;
        let left = fs::read_dir(target.path()).expect("readable").count();
        assert_eq!(left, 0, "something is left of a restore that failed");
        refused.expect_err("it is damaged")
    }

    /// Files of the only base, with this ending.
    pub(crate) fn files(&self, ending: &str) -> Vec<PathBuf> {
        let folder = &self.listed()[0].folder;
        let files = fs::read_dir(folder).expect("readable");
        let files = files.map(|entry| entry.expect("readable").path());
        let is_one = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
        let mut files: Vec<_> = files.filter(is_one).collect();
        files.sort();
        files
    }

    /// Bytes of the log of a store, as a file.
    pub(crate) fn log_bytes(&self, store: usize) -> u64 {
        let log = self.stores[store].log().expect("it is shipped");
        fs::metadata(log.wal()).map_or(0, |found| found.len())
    }
}

pub(crate) async fn open(directory: &Path, env: &Env, shipped: bool) -> Vec<Db> {
    let config = StoreConfig::Sqlite {
        directory: directory.to_owned(),
        shipped,
    };
    let mut stores = Vec::new();
    for module in MODULES {
        let migrations = Migrations {
            module,
            sqlite: Some(&NOTES),
            postgres: None,
        };
        let db = Db::open(&config, migrations, env.clone())
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        stores.push(db);
    }
    stores
}

pub(crate) fn ctx(db: &Db) -> CallCtx {
    CallCtx::service(db.env(), Interface::Job, "test")
}

pub(crate) async fn write(db: &Db, bytes: usize) {
    let mut ctx = ctx(db);
    let mut tx = db.begin(&mut ctx, "notes.write").await.expect("a turn");
    tx.query("INSERT INTO notes (bytes) VALUES ($1)")
        .bind(vec![7_u8; bytes])
        .execute()
        .await
        .expect("written");
    tx.commit().await.expect("committed");
}

pub(crate) async fn count(db: &Db) -> i64 {
    let ctx = ctx(db);
    let mut reader = db.read(&ctx);
    let count = reader.query("SELECT COUNT(*) FROM notes").fetch_scalar();
    count.await.expect("readable").expect("a count")
}
