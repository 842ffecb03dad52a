//! The module with everything around it: stores that produce events, fakes that know people, a mail catcher.

use std::sync::Arc;
use std::time::Duration;

use catalog_contract::ProductPublished;
use identity_contract::testing::FakeIdentity;
use mail_catcher::{CatcherOptions, Mail, MailCatcher};
use notifications::{
    ContactKey, Deps, HttpTextSender, Mailer, Notifications, NotificationsSettings, RecipientKey,
    SmtpMailer, TextSender, TextSettings, UnsubscribeKey, WebhookKey, WebhookSender,
};
use orders_contract::testing::FakeOrders;
use orders_contract::{
    CapturePolicy, Customer, EventLine, Order, OrderId, OrderLine, OrderPlaced, OrderStatus,
    PaymentState, Totals, UserRef,
};
use serde_json::Value;
use tenon_events::Emit as _;
use tenon_kernel::{CursorKey, Id, Money, Role};
use tenon_module::{Invariant, Module};
use tenon_seam::Event;
use tenon_store::{Db, Migrations, StoreError};
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestEngine};
use uuid::Uuid;

use crate::receivers::Receivers;

/// Everything a test needs.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) catcher: MailCatcher,
    pub(crate) identity: Arc<FakeIdentity>,
    pub(crate) orders: Arc<FakeOrders>,
    pub(crate) contract: Arc<dyn notifications_contract::Notifications>,
    pub(crate) db: Db,
    sources: Sources,
    invariants: Vec<Arc<dyn Invariant>>,
}

/// For what is decided before anything is stored, or after it was read: who may ask, what is wrong with a request, what a mail
/// says. Everything else is tested on every engine.
pub(crate) const ONE_STORE: [TestEngine; 1] = [TestEngine::Sqlite];

/// The modules that tell of what happens, each with a store of its own: what a test does not need costs it time.
pub(crate) type Sources = &'static [&'static str];

impl World {
    /// Nobody tells of anything; mail goes to the catcher.
    pub(crate) async fn new(engine: TestEngine) -> Self {
        Self::hearing(engine, &[]).await
    }

    /// These modules tell of what happens; mail goes to the catcher.
    pub(crate) async fn hearing(engine: TestEngine, sources: Sources) -> Self {
        Self::with_options(engine, sources, AppOptions::default()).await
    }

    /// Mail goes where the test says.
    pub(crate) async fn with_mailer(
        engine: TestEngine,
        sources: Sources,
        mailer: Arc<dyn Mailer>,
    ) -> Self {
        Self::with(engine, sources, |_| mailer, AppOptions::default()).await
    }

    /// Mail goes to the catcher, and the edge differs from the usual.
    pub(crate) async fn with_options(
        engine: TestEngine,
        sources: Sources,
        options: AppOptions,
    ) -> Self {
        Self::with(engine, sources, to_catcher, options).await
    }

    /// Mail goes to the catcher, and webhooks go where the test says.
    pub(crate) async fn with_sender(
        engine: TestEngine,
        sources: Sources,
        sender: Arc<dyn WebhookSender>,
    ) -> Self {
        let options = AppOptions::default();
        Self::with_all(engine, sources, to_catcher, sender, options).await
    }

    pub(crate) async fn with(
        engine: TestEngine,
        sources: Sources,
        mailer: impl FnOnce(&NotificationsSettings) -> Arc<dyn Mailer>,
        options: AppOptions,
    ) -> Self {
        let sender = Arc::new(Receivers::default());
        Self::with_all(engine, sources, mailer, sender, options).await
    }

    async fn with_all(
        engine: TestEngine,
        sources: Sources,
        mailer: impl FnOnce(&NotificationsSettings) -> Arc<dyn Mailer>,
        webhook_sender: Arc<dyn WebhookSender>,
        options: AppOptions,
    ) -> Self {
        let mut stores = vec![notifications::MIGRATIONS];
        stores.extend(sources.iter().copied().map(empty_store));
        let kit = Kit::migrated(engine, &stores).await;
        let catcher = MailCatcher::start(CatcherOptions::default())
            .await
            .expect("ports are free");
        let mut settings = NotificationsSettings {
            shop_name: "Tea & Co".to_owned(),
            shop_url: "https://shop.test".to_owned(),
            from: "Tea & Co <shop@shop.test>".to_owned(),
            ..NotificationsSettings::default()
        };
        settings.smtp.port = catcher.smtp_addr().port();
        settings.smtp.timeout_seconds = 1;
        for provider in [&mut settings.sms, &mut settings.push] {
            provider.url = catcher.texts_url();
            provider.timeout_ms = 300;
        }

        let db = kit.db(notifications::MIGRATIONS).await;
        let (identity, orders) = (
            Arc::new(FakeIdentity::new()),
            Arc::new(FakeOrders::default()),
        );
        let deps = Deps {
            db: db.clone(),
            identity: Arc::clone(&identity) as _,
            orders: Arc::clone(&orders) as _,
            mailer: mailer(&settings),
            sms: Some(provider("sms", &settings.sms)),
            push: Some(provider("push", &settings.push)),
            contact_key: ContactKey::new(b"test"),
            recipient_key: RecipientKey::new(b"test"),
            unsubscribe_key: UnsubscribeKey::new(b"test"),
            cursor_key: CursorKey::new(b"test"),
            webhook_key: WebhookKey::new(b"test"),
            webhook_sender,
        };
        let notifications = Notifications::build(settings, deps).expect("valid settings");
        let invariants = notifications.module.invariants.clone();
        let mut modules = vec![notifications.module];
        for source in sources {
            modules.push(Module::new(kit.db(empty_store(source)).await));
        }
        let contract = notifications.contract;
        Self {
            app: TestApp::with(kit, modules, options).await,
            catcher,
            identity,
            orders,
            contract,
            db,
            sources,
            invariants,
        }
    }

    /// Emits an event as the module that publishes it, and lets everything happen that follows.
    pub(crate) async fn happens<E: Event>(&self, source: &'static str, event: &E) {
        self.emit(source, event).await;
        self.app.settle().await;
        // Ids are ordered by the millisecond: what happens next happens later.
        self.app.kit().advance(Duration::from_secs(1));
    }

    /// Emits an event as the module that publishes it.
    pub(crate) async fn emit<E: Event>(&self, source: &'static str, event: &E) {
        self.emit_all(source, std::slice::from_ref(event)).await;
    }

    /// Emits events in one unit of work of the module that publishes them.
    pub(crate) async fn emit_all<E: Event>(&self, source: &'static str, events: &[E]) {
        assert!(self.sources.contains(&source), "nobody listens to {source}");
        let db = self.app.kit().db(empty_store(source)).await;
        let mut ctx = self.app.kit().ctx();
        let mut tx = db
            .begin(&mut ctx, "test.happens")
            .await
            .expect("the store is there");
        for event in events {
            tx.emit(event).await.expect("the event can be written");
        }
        tx.commit().await.expect("it commits");
    }

    /// Moves the clock past the next attempts of everything, `times` times.
    pub(crate) async fn hours_pass(&self, times: u32) {
        for _ in 0..times {
            self.app.kit().advance(Duration::from_hours(1));
            self.app.settle().await;
        }
    }

    /// Moves the clock on in steps that are longer than pauses between attempts.
    pub(crate) async fn days_pass(&self, days: u32) {
        for _ in 0..2 * days {
            self.app.kit().advance(Duration::from_hours(12));
            self.app.settle().await;
        }
    }

    /// Someone who may read events.
    pub(crate) fn staff(&self) -> Client {
        self.app.user("sam", &[Role::Staff])
    }

    /// Someone who may also manage receivers of webhooks.
    pub(crate) fn admin(&self) -> Client {
        self.app.user("root", &[Role::Admin])
    }

    /// Runs one statement that reads nothing.
    pub(crate) async fn execute(&self, sql: &'static str) -> u64 {
        self.try_execute(sql).await.expect("the statement is valid")
    }

    /// As [`World::execute`], for a statement that the store may refuse.
    pub(crate) async fn try_execute(&self, sql: &'static str) -> Result<u64, StoreError> {
        use tenon_store::Queryable as _;
        let mut ctx = self.app.kit().ctx();
        let mut tx = self.db.begin(&mut ctx, "test.execute").await?;
        let changed = tx.query(sql).execute().await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// What the module's invariants complain about: `name: subject`.
    pub(crate) async fn violations(&self) -> Vec<String> {
        let ctx = self.app.kit().ctx();
        let mut found = Vec::new();
        for invariant in &self.invariants {
            for violation in invariant
                .check(&ctx)
                .await
                .expect("the rule can be checked")
            {
                found.push(format!("{}: {}", invariant.name(), violation.subject));
            }
        }
        found
    }

    /// The one mail that was caught.
    #[track_caller]
    pub(crate) fn only_mail(&self) -> Mail {
        let mails = self.catcher.messages();
        let [mail] = mails.try_into().unwrap_or_else(|mails: Vec<Mail>| {
            panic!(
                "expected one mail, not {:?}",
                mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>()
            )
        });
        mail
    }

    /// The message log as staff sees it, latest first.
    pub(crate) async fn log(&self) -> Vec<Value> {
        let staff = self.app.user("sam", &[Role::Staff]);
        let body = staff.get("/v1/messages").await.expect(200);
        body["data"].as_array().expect("a list").clone()
    }

    /// Puts an order of two things into the fake, and returns the event of its placing.
    pub(crate) fn place(&self, number: &str, buyer: Option<&str>) -> OrderPlaced {
        let order = order(number, buyer);
        let event = placed(&order);
        self.orders.put(order);
        event
    }
}

fn provider(name: &'static str, settings: &TextSettings) -> Arc<dyn TextSender> {
    let sender = HttpTextSender::new(name, settings).expect("valid settings");
    Arc::new(sender.expect("there is a provider"))
}

fn to_catcher(settings: &NotificationsSettings) -> Arc<dyn Mailer> {
    Arc::new(SmtpMailer::new(settings).expect("valid settings"))
}

pub(crate) fn empty_store(module: &'static str) -> Migrations {
    Migrations {
        module,
        sqlite: None,
        postgres: None,
    }
}

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

/// An id that follows from a text.
pub(crate) fn id<K: tenon_kernel::IdKind>(text: &str) -> Id<K> {
    Id::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()))
}

/// An order of Ada's, who is a guest unless named.
pub(crate) fn order(number: &str, buyer: Option<&str>) -> Order {
    let order_id: OrderId = id(number);
    let line = |name: &str, title: &str, quantity, unit| OrderLine {
        line_id: id(&format!("{number}/{name}")),
        variant_id: id(name),
        product_id: id(name),
        sku: name.to_owned(),
        title: title.to_owned(),
        quantity,
        shipped: 0,
        unit_price: eur(unit),
        discount: None,
        total: eur(unit * quantity),
        tax: eur(0),
    };
    Order {
        order_id,
        number: number.to_owned(),
        version: 1,
        status: OrderStatus::Placed,
        cancel_reason: None,
        customer: Customer {
            user_id: buyer.map(|name| UserRef::from_uuid(TestApp::user_id(name))),
            email: "ada@example.com".to_owned(),
        },
        lines: vec![
            line("TEA-1", "Assam & <b>Darjeeling</b>", 2, 4_50),
            line("CUP-1", "Cup", 1, 12_00),
        ],
        totals: Totals {
            subtotal: eur(21_00),
            discount: None,
            shipping: eur(4_90),
            tax: eur(4_14),
            tax_included: true,
            total: eur(25_90),
        },
        rates_source: orders_contract::RatesSource::Settings,
        shipping_method: None,
        shipping_address: None,
        billing_address: None,
        cart_id: id(number),
        payment_id: id(number),
        reservation_id: id(number),
        capture: CapturePolicy::Immediate,
        payment_status: PaymentState::Authorized,
        captured: eur(0),
        refunded: eur(0),
        fulfillments: Vec::new(),
        created_at: tenon_kernel::Timestamp::EPOCH,
        placed_at: None,
        cancelled_at: None,
    }
}

/// The event that tells of an order's placing.
pub(crate) fn placed(order: &Order) -> OrderPlaced {
    OrderPlaced {
        order_id: order.order_id,
        number: order.number.clone(),
        customer: order.customer.clone(),
        lines: order
            .lines
            .iter()
            .map(|line| EventLine {
                variant_id: line.variant_id,
                title: line.title.clone(),
                quantity: line.quantity,
                total: line.total,
            })
            .collect(),
        totals: order.totals,
        payment_id: order.payment_id,
        reservation_id: order.reservation_id,
        capture: order.capture,
    }
}

/// A member of each event of a page.
pub(crate) fn texts(body: &Value, member: &str) -> Vec<String> {
    let events = body["data"].as_array().expect("a list");
    events
        .iter()
        .map(|event| event[member].as_str().expect("text").to_owned())
        .collect()
}

/// A product in one of its versions.
pub(crate) fn product(number: i64) -> ProductPublished {
    ProductPublished {
        product_id: id("tea"),
        version: number,
        title: "Tea".to_owned(),
        slug: "tea".to_owned(),
    }
}
