//! A producer, `shop`, and a consumer, `mail`, whose reactions do what the test says.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_events::{
    Emit as _, Envelope, EventId, EventWorker, Feed, FeedPage, Handle, HandleAny, HandlerError,
    LocalFeed, Receipt, Subscription,
};
use tenon_kernel::CallCtx;
use tenon_seam::SeamFault;
use tenon_store::{Db, Migrations, Queryable as _, StoreError};
use tenon_testkit::{Dice, Kit, TestEngine};
use tokio::sync::mpsc;

use crate::link::{Kind, Link, Place};

pub(crate) const SHOP: Migrations = Migrations {
    module: "shop",
    sqlite: None,
    postgres: None,
};
pub(crate) const MAIL: Migrations = Migrations {
    module: "mail",
    sqlite: None,
    postgres: None,
};

/// The event under test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Told {
    pub(crate) about: String,
    pub(crate) number: i64,
}

tenon_seam::event!(Told, "test.told", 1, about);

/// What a reaction has as its effect: an event in the consumer's own outbox, so that it can be counted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reacted {
    pub(crate) to: String,
}

tenon_seam::event!(Reacted, "test.reacted", 1, to);

/// An event that `mail` has no reaction to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Whispered {
    pub(crate) about: String,
}

tenon_seam::event!(Whispered, "test.whispered", 1, about);

/// What one attempt does.
pub(crate) enum Step {
    /// Has its effect, together with the receipt.
    Effect,
    /// Writes the effect, then fails before the commit.
    EffectLost,
    /// Says that all is well, without a transaction.
    Fine,
    Fail,
    Panic,
    Dead,
    /// Never ends by itself.
    Hang,
    /// Hands the receipt to the test and then never ends.
    Leak(mpsc::UnboundedSender<Receipt>),
}

/// An attempt that began.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) about: String,
    pub(crate) number: i64,
    pub(crate) attempt: u32,
    pub(crate) envelope: Value,
}

/// The envelope, comparable.
pub(crate) type Value = serde_json::Value;

/// Follows a script for each subject; after its end every attempt has its effect.
pub(crate) struct Scripted {
    steps: Mutex<HashMap<String, VecDeque<Step>>>,
    seen: mpsc::UnboundedSender<Seen>,
}

/// A fresh world with a producer and a consumer.
pub(crate) struct World {
    pub(crate) kit: Kit,
    pub(crate) link: Link,
    pub(crate) shop: Db,
    pub(crate) mail: Db,
    pub(crate) seen: mpsc::UnboundedReceiver<Seen>,
    pub(crate) reaction: Arc<Scripted>,
}

impl World {
    pub(crate) async fn new(place: Place) -> Self {
        let Place { engine, link } = place;
        let kit = Kit::migrated(engine, &[SHOP, MAIL]).await;
        let (shop, mail) = (kit.db(SHOP).await, kit.db(MAIL).await);
        let (sender, seen) = mpsc::unbounded_channel();
        let reaction = Arc::new(Scripted {
            steps: Mutex::default(),
            seen: sender,
        });
        Self {
            kit,
            link: Link::new(link, &shop).await,
            shop,
            mail,
            seen,
            reaction,
        }
    }

    /// In one process: for what happens before any link.
    pub(crate) async fn local(engine: TestEngine) -> Self {
        let link = Kind::Local;
        Self::new(Place { engine, link }).await
    }

    /// Says what the next attempts for a subject do.
    pub(crate) fn script(&self, about: &str, steps: Vec<Step>) {
        self.reaction
            .steps
            .lock()
            .expect("no panic while held")
            .insert(about.to_owned(), steps.into());
    }

    /// One instance of the consumer's workers.
    pub(crate) fn worker(&self) -> EventWorker {
        self.worker_of(
            Subscription::new("mail", "shop").on::<Told>(Arc::clone(&self.reaction) as _),
        )
    }

    pub(crate) fn worker_of(&self, subscription: Subscription) -> EventWorker {
        self.worker_from(subscription, self.link.feed())
    }

    pub(crate) fn worker_from(
        &self,
        subscription: Subscription,
        feed: Arc<dyn Feed>,
    ) -> EventWorker {
        EventWorker::new(self.mail.clone(), vec![subscription], vec![feed])
    }

    /// Emits one event in a unit of its own.
    pub(crate) async fn tell(&self, about: &str, number: i64) -> EventId {
        let mut ctx = self.kit.ctx();
        let mut tx = self
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        let id = tx
            .emit(&Told {
                about: about.to_owned(),
                number,
            })
            .await
            .expect("emits");
        tx.commit().await.expect("commits");
        id
    }

    /// States in the inbox in the order of arrival, with the attempts counted: `a pending 1`.
    pub(crate) async fn inbox(&self) -> Vec<String> {
        #[derive(sqlx::FromRow)]
        struct StateRow {
            state: String,
        }
        let ctx = self.kit.ctx();
        let rows: Vec<StateRow> = self
            .mail
            .read(&ctx)
            .query(
                "SELECT subject || ' ' || state || ' ' || CAST(attempts AS text) AS state
                   FROM inbox ORDER BY seq LIMIT 1000",
            )
            .fetch_all()
            .await
            .expect("reads");
        rows.into_iter().map(|row| row.state).collect()
    }

    /// Where the consumer's stored cursor stands.
    pub(crate) async fn cursor(&self) -> i64 {
        let ctx = self.kit.ctx();
        let position = self
            .mail
            .read(&ctx)
            .query("SELECT position FROM event_cursors")
            .fetch_scalar()
            .await;
        position.expect("reads").unwrap_or(0)
    }

    /// Effects that were committed, in order.
    pub(crate) async fn effects(&self) -> Vec<String> {
        self.emitted(&self.mail)
            .await
            .into_iter()
            .map(|event| event.subject)
            .collect()
    }

    /// All events of a module.
    pub(crate) async fn emitted(&self, db: &Db) -> Vec<Envelope> {
        LocalFeed::new(db.clone())
            .read(0, 1_000)
            .await
            .expect("reads")
            .events
    }

    /// Attempts that began so far: `(about, number, attempt)`.
    pub(crate) fn attempts(&mut self) -> Vec<(String, i64, u32)> {
        std::iter::from_fn(|| self.seen.try_recv().ok())
            .map(|seen| (seen.about, seen.number, seen.attempt))
            .collect()
    }
}

#[async_trait]
impl Handle<Told> for Scripted {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: Told,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let seen = Seen {
            about: event.about.clone(),
            number: event.number,
            attempt: receipt.attempt(),
            envelope: serde_json::to_value(receipt.envelope()).expect("plain data"),
        };
        self.seen.send(seen).expect("the test listens");
        let step = {
            let mut steps = self.steps.lock().expect("no panic while held");
            steps
                .get_mut(&event.about)
                .and_then(VecDeque::pop_front)
                .unwrap_or(Step::Effect)
        };
        let reacted = Reacted {
            to: format!("{} {}", event.about, event.number),
        };
        match step {
            Step::Effect => {
                let mut tx = receipt.begin(ctx, "test.react").await?;
                tx.emit(&reacted).await?;
                tx.commit().await?;
            }
            Step::EffectLost => {
                let mut tx = receipt.begin(ctx, "test.react").await?;
                tx.emit(&reacted).await?;
                drop(tx);
                return Err(StoreError::inconsistent("the test").into());
            }
            Step::Fine => {}
            Step::Fail => return Err(StoreError::inconsistent("the test").into()),
            Step::Panic => panic!("the test panics"),
            Step::Dead => {
                return Err(HandlerError::Dead {
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

/// Notes the type of every event it gets.
pub(crate) struct Recorder(pub(crate) mpsc::UnboundedSender<String>);

#[async_trait]
impl HandleAny for Recorder {
    async fn handle(
        &self,
        _: &mut CallCtx,
        event: &Envelope,
        _: Receipt,
    ) -> Result<(), HandlerError> {
        self.0
            .send(event.event_type.clone())
            .expect("the test listens");
        Ok(())
    }
}

/// A link that gives every page's first event twice, and every second page again.
pub(crate) struct Stutter {
    pub(crate) feed: Arc<dyn Feed>,
    pub(crate) reads: std::sync::atomic::AtomicI64,
}

#[async_trait]
impl Feed for Stutter {
    fn source(&self) -> &'static str {
        self.feed.source()
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        let again = self.reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2;
        let mut page = self.feed.read((after - again).max(0), limit).await?;
        if let Some(first) = page.events.first().cloned() {
            page.events.insert(0, first);
        }
        if page.position <= after {
            page.events.clear();
        }
        page.position = page.position.max(after);
        Ok(page)
    }

    async fn wait(&self, at_most: std::time::Duration) {
        self.feed.wait(at_most).await;
    }
}

/// A link that gives every event of a page three times and mixes subjects; the first of each event comes in its turn.
pub(crate) struct Shuffled {
    pub(crate) feed: Arc<dyn Feed>,
    pub(crate) dice: Mutex<Dice>,
}

#[async_trait]
impl Feed for Shuffled {
    fn source(&self) -> &'static str {
        self.feed.source()
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        let mut page = self.feed.read(after, limit).await?;
        let mut dice = self.dice.lock().expect("no panic while held");
        let mut mixed = Vec::new();
        let mut coming: HashMap<String, VecDeque<Envelope>> = HashMap::new();
        let mut subjects = Vec::new();
        for event in page.events.drain(..) {
            if !subjects.contains(&event.subject) {
                subjects.push(event.subject.clone());
            }
            coming
                .entry(event.subject.clone())
                .or_default()
                .push_back(event);
        }
        while !subjects.is_empty() {
            let at = dice.roll(subjects.len());
            let queue = coming.get_mut(&subjects[at]).expect("it is listed");
            match queue.pop_front() {
                Some(event) => mixed.push(event),
                None => drop(subjects.remove(at)),
            }
        }
        for event in mixed.clone() {
            let first = mixed.iter().position(|other| other.id == event.id);
            let first = first.expect("it is among them");
            for _ in 0..2 {
                let at = first + 1 + dice.roll(mixed.len() - first);
                mixed.insert(at, event.clone());
            }
        }
        page.events = mixed;
        Ok(page)
    }

    async fn wait(&self, at_most: std::time::Duration) {
        self.feed.wait(at_most).await;
    }
}

/// A link that says when it has read, and gives the page away when it is let.
pub(crate) struct Held {
    pub(crate) feed: Arc<dyn Feed>,
    pub(crate) has_read: mpsc::UnboundedSender<()>,
    pub(crate) may_give: Arc<tokio::sync::Semaphore>,
}

#[async_trait]
impl Feed for Held {
    fn source(&self) -> &'static str {
        self.feed.source()
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        let page = self.feed.read(after, limit).await?;
        self.has_read.send(()).expect("the test listens");
        self.may_give.acquire().await.expect("stays open").forget();
        Ok(page)
    }

    async fn wait(&self, at_most: std::time::Duration) {
        self.feed.wait(at_most).await;
    }
}
