//! Two places, a module between them, and movers that can be stopped anywhere.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use tenon_relocation::{Event, Observer, Place, Relocation, Report, Silent};
use tenon_store::{Beside, Db, Migrations, RawConnection};
use tenon_testkit::{Kit, TestEngine, engines};
use tokio::sync::Notify;

static SQLITE: Migrator = sqlx::migrate!("tests/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("tests/migrations/postgres");

/// A module with every type of column.
pub(crate) const SAMPLES: Migrations = Migrations {
    module: "samples",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// Source and destination, and the module whose data moves.
pub(crate) struct World {
    pub(crate) from: Kit,
    pub(crate) to: Kit,
    pub(crate) migrations: Migrations,
    /// The owner, running.
    pub(crate) db: Db,
}

impl World {
    pub(crate) async fn new(from: TestEngine, to: TestEngine, migrations: Migrations) -> Self {
        let (from, to) = (Kit::new(from).await, Kit::new(to).await);
        let db = from.db(migrations).await;
        Self {
            from,
            to,
            migrations,
            db,
        }
    }

    pub(crate) fn relocation(&self) -> Relocation {
        Relocation::new(
            self.migrations,
            Place::of(self.from.config().clone()),
            Place::of(self.to.config().clone()),
            self.from.env(),
        )
    }

    /// The way back.
    pub(crate) fn return_journey(&self) -> Relocation {
        Relocation::new(
            self.migrations,
            Place::of(self.to.config().clone()),
            Place::of(self.from.config().clone()),
            self.from.env(),
        )
    }

    pub(crate) async fn moved(&self) -> Report {
        self.relocation().run(&Silent).await.expect("moves")
    }

    pub(crate) async fn source(&self) -> RawConnection {
        connect(&self.from, self.migrations.module).await
    }

    pub(crate) async fn destination(&self) -> RawConnection {
        connect(&self.to, self.migrations.module).await
    }
}

pub(crate) async fn connect(kit: &Kit, module: &'static str) -> RawConnection {
    let store = Beside::find(kit.config(), module).await.expect("a store");
    store.connect().await.expect("connects")
}

/// All ways between engines that are there.
pub(crate) fn directions() -> Vec<(TestEngine, TestEngine)> {
    let engines = engines();
    engines
        .iter()
        .flat_map(|from| engines.iter().map(move |to| (*from, *to)))
        .collect()
}

/// Everything the catalog holds that a mover could have left, to be compared before and after.
pub(crate) async fn catalog(raw: &mut RawConnection) -> Vec<String> {
    let sql = match raw.engine() {
        tenon_store::Engine::Sqlite => {
            "SELECT type || ' ' || name FROM sqlite_master WHERE name <> 'relocation_state'
                AND tbl_name <> 'relocation_state' ORDER BY 1"
        }
        tenon_store::Engine::Postgres => {
            "SELECT line FROM (
                 SELECT 'table ' || relname AS line FROM pg_class
                  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i', 'S')
                    AND relname NOT LIKE 'relocation_state%'
                 UNION ALL
                 SELECT 'trigger ' || c.relname || '.' || t.tgname || ' ' || t.tgenabled::text FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
                  WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
                 UNION ALL
                 SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                  WHERE connamespace = current_schema()::regnamespace AND conname NOT LIKE 'relocation_state%'
                 UNION ALL
                 SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
             ) AS lines ORDER BY 1"
        }
    };
    texts(raw, sql).await
}

pub(crate) async fn texts(raw: &mut RawConnection, sql: &str) -> Vec<String> {
    let rows = raw.texts(sql.to_owned(), &[]).await;
    rows.expect("can be read").into_iter().flatten().collect()
}

/// Remembers what it heard.
#[derive(Default)]
pub(crate) struct Recorder(pub(crate) Mutex<Vec<Event>>);

#[async_trait]
impl Observer for Recorder {
    async fn notice(&self, event: &Event) {
        self.0.lock().expect("not poisoned").push(event.clone());
    }
}

/// Stops the mover for good at an event: it is then killed in the middle of its work.
pub(crate) struct StopAt {
    at: Box<dyn Fn(&Event) -> bool + Send + Sync>,
    reached: Notify,
}

impl StopAt {
    pub(crate) fn new(at: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            at: Box::new(at),
            reached: Notify::new(),
        })
    }

    /// Lets a mover work until the event, and kills it there.
    pub(crate) async fn kill(self: &Arc<Self>, relocation: Relocation) {
        let observer = Arc::clone(self);
        let mover = tokio::spawn(async move { relocation.run(&*observer).await.map(drop) });
        tokio::select! {
            () = self.reached.notified() => {}
            () = ended(&mover) => panic!("the mover ended before the event: {:?}", mover.await),
        }
        mover.abort();
        assert!(mover.await.expect_err("was killed").is_cancelled());
    }
}

async fn ended<T>(task: &tokio::task::JoinHandle<T>) {
    while !task.is_finished() {
        tokio::task::yield_now().await;
    }
}

#[async_trait]
impl Observer for StopAt {
    async fn notice(&self, event: &Event) {
        if (self.at)(event) {
            self.reached.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// Holds a mover up at an event until it is let go.
pub(crate) struct Gate {
    at: Box<dyn Fn(&Event) -> bool + Send + Sync>,
    reached: Notify,
    opened: Notify,
}

/// A gate and the observer that stands at it.
pub(crate) fn gate(at: impl Fn(&Event) -> bool + Send + Sync + 'static) -> (Arc<Gate>, Arc<Gate>) {
    let gate = Arc::new(Gate {
        at: Box::new(at),
        reached: Notify::new(),
        opened: Notify::new(),
    });
    (Arc::clone(&gate), gate)
}

impl Gate {
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(crate) fn open(&self) {
        self.opened.notify_one();
    }
}

#[async_trait]
impl Observer for Gate {
    async fn notice(&self, event: &Event) {
        if (self.at)(event) {
            self.reached.notify_one();
            self.opened.notified().await;
        }
    }
}
