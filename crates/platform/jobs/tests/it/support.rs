//! A module with one kind of job whose attempts do what the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{
    Enqueue as _, Job, JobError, JobId, JobKind, JobOptions, JobWorker, Receipt, Run,
};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Migrations, Queryable as _, StoreError};
use tenon_testkit::{Kit, TestEngine};
use tokio::sync::mpsc;

pub(crate) const MIGRATIONS: Migrations = Migrations {
    module: "shop",
    sqlite: None,
    postgres: None,
};

/// The job under test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) text: String,
}

impl Job for Note {
    const KIND: &'static str = "test.note";
    const TIMEOUT: Duration = Duration::from_mins(5);
    const MAX_ATTEMPTS: u32 = 3;
}

/// The same with little time for an attempt, for tests that wait for the timeout.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hasty {
    pub(crate) text: String,
}

impl Job for Hasty {
    const KIND: &'static str = "test.hasty";
    const TIMEOUT: Duration = Duration::from_secs(3);
    const MAX_ATTEMPTS: u32 = 3;
}

/// What an attempt has as its effect: a job that nobody runs, so that it can be counted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Effect {
    pub(crate) of: String,
}

impl Job for Effect {
    const KIND: &'static str = "test.effect";
    const TIMEOUT: Duration = Duration::from_secs(1);
}

/// What one attempt does.
pub(crate) enum Step {
    /// Writes the effect and commits it with the receipt.
    Effect,
    /// Writes the effect, then fails before the commit.
    EffectLost,
    /// Opens the effect's transaction, rolls it back, and says that all is well.
    NothingToDo,
    /// Says that all is well, without a transaction.
    Fine,
    Fail,
    Panic,
    Snooze(Timestamp),
    Dead,
    /// Never ends by itself.
    Hang,
    /// Hands the receipt to the test and then never ends.
    Leak(mpsc::UnboundedSender<Receipt>),
}

/// Follows a script; after its end every attempt has its effect.
pub(crate) struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    started: mpsc::UnboundedSender<Started>,
}

/// An attempt that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) text: String,
    pub(crate) attempt: u32,
    pub(crate) trace_id: String,
    pub(crate) correlation: Option<String>,
}

/// A fresh world with one store.
pub(crate) struct World {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    pub(crate) started: mpsc::UnboundedReceiver<Started>,
    runner: Arc<Scripted>,
}

impl World {
    pub(crate) async fn new(engine: TestEngine, steps: Vec<Step>) -> Self {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let db = kit.db(MIGRATIONS).await;
        let (sender, started) = mpsc::unbounded_channel();
        let runner = Arc::new(Scripted {
            steps: Mutex::new(steps.into()),
            started: sender,
        });
        Self {
            kit,
            db,
            started,
            runner,
        }
    }

    /// One instance of the module's workers.
    pub(crate) fn worker(&self) -> JobWorker {
        let hasty = JobKind::of::<Hasty>(Arc::clone(&self.runner) as _);
        JobWorker::new(self.db.clone(), vec![self.kind(), hasty], vec![])
    }

    /// The same module on machines with clocks of their own, as many seconds ahead as said; where only one process can
    /// have the store, all of them share its clock.
    pub(crate) async fn machines(&self, ahead: &[i64]) -> Vec<Db> {
        let mut stores = Vec::new();
        for seconds in ahead {
            stores.push(match self.kit.engine() {
                TestEngine::Sqlite => self.db.clone(),
                TestEngine::Postgres => {
                    let env = self.kit.env_ahead(*seconds);
                    let opened = Db::open(self.kit.config(), MIGRATIONS, env).await;
                    opened.expect("the store opens")
                }
            });
        }
        stores
    }

    pub(crate) fn kind(&self) -> JobKind {
        JobKind::of::<Note>(Arc::clone(&self.runner) as _)
    }

    pub(crate) async fn enqueue(&self, text: &str) -> JobId {
        self.enqueue_with(text, JobOptions::default())
            .await
            .expect("has no unique key")
    }

    pub(crate) async fn enqueue_with(&self, text: &str, options: JobOptions) -> Option<JobId> {
        self.enqueue_job(
            &Note {
                text: text.to_owned(),
            },
            options,
        )
        .await
    }

    pub(crate) async fn enqueue_hasty(&self, text: &str, options: JobOptions) -> Option<JobId> {
        self.enqueue_job(
            &Hasty {
                text: text.to_owned(),
            },
            options,
        )
        .await
    }

    async fn enqueue_job<J: Job>(&self, job: &J, options: JobOptions) -> Option<JobId> {
        let mut ctx = self.kit.ctx();
        let mut tx = self
            .db
            .begin(&mut ctx, "test.enqueue")
            .await
            .expect("begins");
        let id = tx.enqueue(job, options).await.expect("enqueues");
        tx.commit().await.expect("commits");
        id
    }

    /// States of the notes in the order of their creation, with the attempts counted: `pending 1`.
    pub(crate) async fn states(&self) -> Vec<String> {
        #[derive(sqlx::FromRow)]
        struct StateRow {
            state: String,
        }
        let ctx = self.kit.ctx();
        let rows: Vec<StateRow> = self
            .db
            .read(&ctx)
            .query(
                "SELECT state || ' ' || CAST(attempts AS text) AS state FROM jobs
                  WHERE kind IN ('test.note', 'test.hasty') ORDER BY seq LIMIT 1000",
            )
            .fetch_all()
            .await
            .expect("reads");
        rows.into_iter().map(|row| row.state).collect()
    }

    /// How many effects were committed.
    pub(crate) async fn effects(&self) -> i64 {
        let ctx = self.kit.ctx();
        let count = self
            .db
            .read(&ctx)
            .query("SELECT COUNT(*) FROM jobs WHERE kind = 'test.effect'")
            .fetch_scalar()
            .await
            .expect("reads");
        count.expect("a count")
    }

    /// Attempts that began so far.
    pub(crate) fn attempts(&mut self) -> Vec<u32> {
        std::iter::from_fn(|| self.started.try_recv().ok())
            .map(|started| started.attempt)
            .collect()
    }
}

#[async_trait]
impl Run<Note> for Scripted {
    async fn run(&self, ctx: &mut CallCtx, job: Note, receipt: Receipt) -> Result<(), JobError> {
        self.follow(ctx, job.text, receipt).await
    }
}

#[async_trait]
impl Run<Hasty> for Scripted {
    async fn run(&self, ctx: &mut CallCtx, job: Hasty, receipt: Receipt) -> Result<(), JobError> {
        self.follow(ctx, job.text, receipt).await
    }
}

impl Scripted {
    async fn follow(
        &self,
        ctx: &mut CallCtx,
        text: String,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let started = Started {
            text: text.clone(),
            attempt: receipt.attempt(),
            trace_id: ctx.trace.trace_id_text(),
            correlation: ctx.correlation_id.clone(),
        };
        self.started.send(started).expect("the test listens");
        let step = self
            .steps
            .lock()
            .expect("no panic while held")
            .pop_front()
            .unwrap_or(Step::Effect);
        match step {
            Step::Effect => {
                let mut tx = receipt.begin(ctx, "test.effect").await?;
                tx.enqueue(
                    &Effect { of: text },
                    JobOptions {
                        run_at: Some(FAR),
                        ..JobOptions::default()
                    },
                )
                .await?;
                tx.commit().await?;
            }
            Step::EffectLost => {
                let mut tx = receipt.begin(ctx, "test.effect").await?;
                tx.enqueue(
                    &Effect { of: text },
                    JobOptions {
                        run_at: Some(FAR),
                        ..JobOptions::default()
                    },
                )
                .await?;
                drop(tx);
                return Err(StoreError::inconsistent("the test").into());
            }
            Step::NothingToDo => receipt.begin(ctx, "test.effect").await?.rollback().await?,
            Step::Fine => {}
            Step::Fail => return Err(StoreError::inconsistent("the test").into()),
            Step::Panic => panic!("the test panics"),
            Step::Snooze(until) => return Err(JobError::Snooze { until }),
            Step::Dead => {
                return Err(JobError::Dead {
                    reason: "the test gives up".to_owned(),
                });
            }
            Step::Hang => std::future::pending::<()>().await,
            Step::Leak(receipts) => {
                receipts.send(receipt).expect("the test listens");
                std::future::pending::<()>().await;
            }
        }
        Ok(())
    }
}

/// Effects wait until then.
const FAR: Timestamp = Timestamp::from_unix_seconds(32_503_680_000);
