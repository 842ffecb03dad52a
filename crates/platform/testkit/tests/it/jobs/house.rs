//! Two modules with an electrician who works only while there is power.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_jobs::{
    BeginOperation as _, Enqueue as _, Job, JobError, JobKind, JobOptions, NewOperation,
    OperationId, Receipt, Run,
};
use tenon_kernel::{CallCtx, Role};
use tenon_module::Module;
use tenon_store::{Db, Migrations, Tx};
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestEngine};
use tokio::sync::Notify;

const LAMPS: Migrations = Migrations {
    module: "lamps",
    sqlite: None,
    postgres: None,
};
const WALLS: Migrations = Migrations {
    module: "walls",
    ..LAMPS
};
pub(super) const JOBS: &str = "/v1/admin/jobs";
/// Longer than the pauses between all attempts.
const A_WHILE: Duration = Duration::from_mins(10);

/// Something waits for it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Light {
    pub(super) lamp: u32,
}

/// The same kind as another version writes it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NamedLight {
    pub(super) lamp: String,
}

/// Nothing waits for it but its operation.
#[derive(Debug, Serialize, Deserialize)]
struct Paint {}

impl Job for Light {
    const KIND: &'static str = "lamps.light";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 2;
}

impl Job for NamedLight {
    const KIND: &'static str = Light::KIND;
    const TIMEOUT: Duration = Light::TIMEOUT;
    const MAX_ATTEMPTS: u32 = 2;
}

impl Job for Paint {
    const KIND: &'static str = "lamps.paint";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 2;
    const CANCELLABLE: bool = true;
}

/// Works unless the power is off.
#[derive(Default)]
pub(super) struct Electrician {
    is_off: AtomicBool,
    pub(super) hangs: AtomicBool,
    pub(super) hanging: Notify,
}

impl Electrician {
    async fn work(&self) -> Result<(), JobError> {
        if self.hangs.load(Ordering::Relaxed) {
            self.hanging.notify_one();
            std::future::pending::<()>().await;
        }
        if self.is_off.load(Ordering::Relaxed) {
            return Err(JobError::Retry("no power, says ann@example.org".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Run<Light> for Electrician {
    async fn run(&self, _: &mut CallCtx, _: Light, _: Receipt) -> Result<(), JobError> {
        self.work().await
    }
}

#[async_trait]
impl Run<Paint> for Electrician {
    async fn run(&self, _: &mut CallCtx, _: Paint, _: Receipt) -> Result<(), JobError> {
        self.work().await
    }
}

pub(super) struct House {
    pub(super) app: TestApp,
    pub(super) electrician: Arc<Electrician>,
    pub(super) lamps: Db,
    pub(super) walls: Db,
    pub(super) root: Client,
}

impl House {
    pub(super) async fn open(engine: TestEngine, forwarded: bool) -> Self {
        let kit = Kit::new(engine).await;
        let (lamps, walls) = (kit.db(LAMPS).await, kit.db(WALLS).await);
        let electrician = Arc::new(Electrician::default());
        let module = |db: &Db| Module {
            jobs: vec![
                JobKind::of::<Light>(Arc::clone(&electrician) as _),
                JobKind::of::<Paint>(Arc::clone(&electrician) as _),
            ],
            ..Module::new(db.clone())
        };
        let modules = vec![module(&lamps), module(&walls)];
        let options = AppOptions {
            forwarded,
            ..AppOptions::default()
        };
        let app = TestApp::with(kit, modules, options).await;
        Self {
            root: app.user("root", &[Role::Admin]),
            app,
            electrician,
            lamps,
            walls,
        }
    }

    /// Writes to a store a millisecond after whatever was written before.
    async fn write(&self, db: &Db, work: impl AsyncFnOnce(&mut Tx<'_>) -> String) -> String {
        self.app.kit().advance(Duration::from_millis(1));
        let mut ctx = self.app.kit().ctx();
        let mut tx = db.begin(&mut ctx, "test.write").await.expect("begins");
        let written = work(&mut tx).await;
        tx.commit().await.expect("commits");
        written
    }

    pub(super) async fn enqueue<J: Job>(&self, db: &Db, job: J, key: Option<&str>) -> String {
        let options = JobOptions {
            unique_key: key.map(str::to_owned),
            ..JobOptions::default()
        };
        self.write(db, async |tx| {
            let id = tx.enqueue(&job, options).await.expect("is written");
            id.expect("none waits").to_string()
        })
        .await
    }

    /// Begins an operation; returns where it is, and its job.
    pub(super) async fn begin(&self) -> (String, String) {
        let operation = self
            .write(&self.lamps, async |tx| {
                let new = NewOperation {
                    kind: "paint_lamps",
                    location: "/v1/lamps".to_owned(),
                    total: 1,
                };
                let begun = tx.begin_operation(new, |_: OperationId| Paint {}).await;
                begun.expect("is written").id.to_string()
            })
            .await;
        let listed = self.list("?kind=lamps.paint&limit=1").await;
        let job = listed["data"][0]["id"].as_str().expect("an id").to_owned();
        (format!("/v1/operations/{operation}"), job)
    }

    pub(super) async fn list(&self, query: &str) -> Value {
        self.root.get(&format!("{JOBS}{query}")).await.expect(200)
    }

    pub(super) async fn put(&self, job: &str, state: &str, status: u16) -> Value {
        let request = self.root.patch(&format!("{JOBS}/{job}"));
        request
            .json(&json!({ "state": state }))
            .await
            .expect(status)
    }

    /// Lets all jobs be given up.
    pub(super) async fn give_up(&self) {
        self.electrician.is_off.store(true, Ordering::Relaxed);
        for _ in 0..2 {
            self.app.settle().await;
            self.app.kit().advance(A_WHILE);
        }
        self.electrician.is_off.store(false, Ordering::Relaxed);
    }

    /// What the audit log is told: what was done to what, by whom.
    pub(super) async fn recorded(&self, module: &str) -> Vec<(Value, Value, String)> {
        let events = self.app.events(module, "audit.recorded").await.into_iter();
        events
            .map(|it| {
                (
                    it.data["action"].clone(),
                    it.data["target"].clone(),
                    it.actor,
                )
            })
            .collect()
    }
}
