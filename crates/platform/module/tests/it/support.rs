//! Two modules that set each other off: `shop` emits, `mail` reacts by enqueueing a job, which emits in turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_events::{Emit as _, Feed as _, Handle, HandlerError, LocalFeed, Subscription};
use tenon_jobs::{Enqueue as _, Job, JobError, JobKind, JobOptions, Run};
use tenon_kernel::CallCtx;
use tenon_module::Module;
use tenon_store::{Db, Migrations};
use tenon_testkit::{Kit, TestEngine};
use tokio::sync::mpsc;

const SHOP: Migrations = Migrations {
    module: "shop",
    sqlite: None,
    postgres: None,
};
const MAIL: Migrations = Migrations {
    module: "mail",
    sqlite: None,
    postgres: None,
};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Placed {
    pub(crate) order: String,
}

tenon_seam::event!(Placed, "test.placed", 1, order);

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Sent {
    pub(crate) order: String,
}

tenon_seam::event!(Sent, "test.sent", 1, order);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Send {
    order: String,
}

impl Send {
    pub(crate) fn new(order: &str) -> Self {
        Self {
            order: order.to_owned(),
        }
    }
}

impl Job for Send {
    const KIND: &'static str = "mail.send";
    const TIMEOUT: Duration = Duration::from_secs(5);
}

/// A job that enqueues itself for ever.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Endless {}

impl Job for Endless {
    const KIND: &'static str = "mail.endless";
    const TIMEOUT: Duration = Duration::from_secs(5);
}

struct Mail {
    sent: mpsc::UnboundedSender<String>,
}

#[async_trait]
impl Handle<Placed> for Mail {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: Placed,
        receipt: tenon_events::Receipt,
    ) -> Result<(), HandlerError> {
        if event.order == "bad" {
            return Err(HandlerError::Dead {
                reason: "the test says so".to_owned(),
            });
        }
        let mut tx = receipt.begin(ctx, "mail.order_placed").await?;
        tx.enqueue(&Send { order: event.order }, JobOptions::default())
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Run<Send> for Mail {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: Send,
        receipt: tenon_jobs::Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "mail.send").await?;
        tx.emit(&Sent {
            order: job.order.clone(),
        })
        .await?;
        tx.commit().await?;
        self.sent.send(job.order).expect("the test listens");
        Ok(())
    }
}

#[async_trait]
impl Run<Endless> for Mail {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: Endless,
        receipt: tenon_jobs::Receipt,
    ) -> Result<(), JobError> {
        let mut tx = receipt.begin(ctx, "mail.endless").await?;
        tx.enqueue(&job, JobOptions::default()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A fresh world with both modules.
pub(crate) struct World {
    pub(crate) kit: Kit,
    pub(crate) shop: Db,
    pub(crate) mail: Db,
    pub(crate) sent: mpsc::UnboundedReceiver<String>,
    mailer: Arc<Mail>,
}

impl World {
    pub(crate) async fn new(engine: TestEngine) -> Self {
        let kit = Kit::migrated(engine, &[SHOP, MAIL]).await;
        let (shop, mail) = (kit.db(SHOP).await, kit.db(MAIL).await);
        let (sender, sent) = mpsc::unbounded_channel();
        Self {
            kit,
            shop,
            mail,
            sent,
            mailer: Arc::new(Mail { sent: sender }),
        }
    }

    pub(crate) fn modules(&self) -> Vec<Module> {
        self.modules_over(self.shop.clone(), self.mail.clone())
    }

    /// The same modules as another process has them.
    pub(crate) async fn reopened(&self) -> Vec<Module> {
        let open = async |migrations| {
            Db::open(self.kit.config(), migrations, self.kit.env())
                .await
                .expect("opens")
        };
        self.modules_over(open(SHOP).await, open(MAIL).await)
    }

    fn modules_over(&self, shop: Db, mail: Db) -> Vec<Module> {
        let mail = Module {
            subscriptions: vec![
                Subscription::new("mail", "shop").on::<Placed>(Arc::clone(&self.mailer) as _),
            ],
            jobs: vec![
                JobKind::of::<Send>(Arc::clone(&self.mailer) as _),
                JobKind::of::<Endless>(Arc::clone(&self.mailer) as _),
            ],
            ..Module::new(mail)
        };
        vec![Module::new(shop), mail]
    }

    pub(crate) async fn place(&self, order: &str) {
        let mut ctx = self.kit.ctx();
        let mut tx = self
            .shop
            .begin(&mut ctx, "test.place")
            .await
            .expect("begins");
        tx.emit(&Placed {
            order: order.to_owned(),
        })
        .await
        .expect("emits");
        tx.commit().await.expect("commits");
    }

    pub(crate) async fn enqueue<J: Job>(&self, job: &J) {
        self.enqueue_in(Duration::ZERO, job).await;
    }

    pub(crate) async fn enqueue_in<J: Job>(&self, wait: Duration, job: &J) {
        let mut ctx = self.kit.ctx();
        let mut tx = self
            .mail
            .begin(&mut ctx, "test.enqueue")
            .await
            .expect("begins");
        let options = JobOptions {
            run_at: Some(self.kit.env().now() + wait),
            ..JobOptions::default()
        };
        tx.enqueue(job, options).await.expect("enqueues");
        tx.commit().await.expect("commits");
    }

    /// Types of the events that `mail` has emitted.
    pub(crate) async fn emitted_by_mail(&self) -> Vec<String> {
        let page = LocalFeed::new(self.mail.clone())
            .read(0, 100)
            .await
            .expect("reads");
        page.events
            .into_iter()
            .map(|event| event.event_type)
            .collect()
    }

    /// Corrupts a store.
    pub(crate) async fn sql(&self, db: &Db, sql: &'static str) -> u64 {
        use tenon_store::Queryable as _;
        let mut ctx = self.kit.ctx();
        let mut tx = db.begin(&mut ctx, "test.corrupt").await.expect("begins");
        let changed = tx.query(sql).execute().await.expect("writes");
        tx.commit().await.expect("commits");
        changed
    }
}
