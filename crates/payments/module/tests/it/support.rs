//! A world with payments, a REST edge and a provider of its own.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use payment_simulator::{Config, Intent, SIGNATURE_HEADER, SignedWebhook, Simulator, WebhookSink};
use payments::{Deps, HttpProvider, HttpProviderSettings, Payments, PaymentsSettings};
use payments_contract::{
    CaptureMode, GetPayments, OpenPayment, OrderRef, Payment, PaymentId, PaymentsError,
    RefundPayment, StartAttempt, UserRef, VoidPayment,
};
use serde_json::{Value, json};
use tenon_events::Envelope;
use tenon_kernel::{CallCtx, CursorKey, Money, Role};
use tenon_module::Module;
use tenon_seam::SeamError;
use tenon_store::{Db, Queryable as _};
use tenon_testkit::{Client, Kit, TestApp, TestEngine, TestReply};

pub(crate) const SECRET: &str = "whsec_test";
pub(crate) const WEBHOOKS: &str = "/v1/provider-webhooks/simulator";

/// Payments, the edge, and a simulator that keeps its webhooks until a test delivers them.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) payments: Arc<dyn payments_contract::Payments>,
    pub(crate) simulator: Simulator,
    pub(crate) db: Db,
}

/// Delivers webhooks to the app at once.
#[derive(Default)]
pub(crate) struct ToApp(OnceLock<Client>);

#[async_trait]
impl WebhookSink for ToApp {
    async fn deliver(&self, webhook: SignedWebhook) -> bool {
        let client = self
            .0
            .get()
            .expect("the app exists before the first payment");
        post_webhook(client, &webhook.signature, &webhook.body)
            .await
            .status()
            == 200
    }
}

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

impl World {
    pub(crate) async fn new(engine: TestEngine) -> Self {
        Self::with(engine, None, Vec::new()).await
    }

    /// A world in which one person gives back so many cents of a payment alone.
    pub(crate) async fn limited(engine: TestEngine, limit: i64) -> Self {
        let we_wait = Duration::from_secs(2);
        Self::build(
            engine,
            None,
            Vec::new(),
            Duration::ZERO,
            we_wait,
            Some(limit),
        )
        .await
    }

    /// A world whose provider keeps silent for longer than we wait.
    pub(crate) async fn with_silence(engine: TestEngine, we_wait: Duration) -> Self {
        let silence = Duration::from_mins(2);
        Self::build(engine, None, Vec::new(), silence, we_wait, None).await
    }

    /// A world whose webhooks arrive at once.
    pub(crate) async fn with_webhooks(engine: TestEngine) -> Self {
        let sink = Arc::new(ToApp::default());
        let world = Self::with(engine, Some(Arc::clone(&sink)), Vec::new()).await;
        assert!(sink.0.set(world.app.anonymous()).is_ok());
        world
    }

    /// A world with other modules next to payments. An answer of the provider that is lost is a connection that
    /// breaks at once, for which nobody has to wait.
    pub(crate) async fn with(
        engine: TestEngine,
        sink: Option<Arc<ToApp>>,
        others: Vec<OtherModule>,
    ) -> Self {
        let we_wait = Duration::from_secs(2);
        Self::build(engine, sink, others, Duration::ZERO, we_wait, None).await
    }

    async fn build(
        engine: TestEngine,
        sink: Option<Arc<ToApp>>,
        others: Vec<OtherModule>,
        silence: Duration,
        we_wait: Duration,
        limit: Option<i64>,
    ) -> Self {
        let mut stores = vec![payments::MIGRATIONS];
        stores.extend(others.iter().map(OtherModule::migrations));
        let kit = Kit::migrated(engine, &stores).await;
        let simulator = Simulator::start(Config {
            webhook_secret: SECRET.to_owned(),
            webhook_sink: sink.map(|sink| sink as Arc<dyn WebhookSink>),
            silence,
            env: kit.env(),
            ..Config::default()
        })
        .await
        .expect("the simulator starts");
        let settings = PaymentsSettings {
            provider: HttpProviderSettings {
                url: simulator.url().to_owned(),
                webhook_secret: Some(SECRET.into()),
                timeout_ms: u64::try_from(we_wait.as_millis()).expect("a short time"),
                // Outages are the subject of tests: the breaker has its own.
                breaker_failures: 1_000,
                ..HttpProviderSettings::default()
            },
            refund_limits: limit
                .map(|limit| ("EUR".parse().expect("known"), limit))
                .into_iter()
                .collect(),
            ..PaymentsSettings::default()
        };
        let db = kit.db(payments::MIGRATIONS).await;
        let deps = Deps {
            db: db.clone(),
            provider: Arc::new(HttpProvider::new(&settings.provider).expect("the provider builds")),
            cursor_key: CursorKey::new(b"test"),
        };
        let Payments { module, contract } =
            Payments::build(settings, deps).expect("payments builds");
        let mut modules = vec![module];
        for other in others {
            modules.push(other.build(&kit).await);
        }
        Self {
            app: TestApp::new(kit, modules).await,
            payments: contract,
            simulator,
            db,
        }
    }

    pub(crate) fn ctx(&self) -> CallCtx {
        self.app.kit().ctx()
    }

    pub(crate) fn staff(&self) -> Client {
        self.app.user("sam", &[Role::Staff])
    }

    /// A request to pay 25.00 EUR.
    pub(crate) fn request(&self, method: Option<&str>) -> OpenPayment {
        let env = self.app.kit().env();
        OpenPayment {
            payment_id: env.new_id(),
            order_id: env.new_id(),
            customer_id: Some(UserRef::from_uuid(TestApp::user_id("alice"))),
            amount: eur(2_500),
            capture: CaptureMode::Immediate,
            payment_method: method.map(str::to_owned),
            return_url: Some("https://shop.test/thanks".to_owned()),
        }
    }

    pub(crate) async fn try_open(
        &self,
        request: OpenPayment,
    ) -> Result<Payment, SeamError<PaymentsError>> {
        self.payments.open_payment(&self.ctx(), request).await
    }

    /// Opens a payment that is captured at once.
    pub(crate) async fn open(&self, method: &str) -> Payment {
        self.try_open(self.request(Some(method)))
            .await
            .expect("the payment opens")
    }

    /// Opens a payment whose buyer chooses on the provider's page.
    pub(crate) async fn open_page(&self) -> Payment {
        self.try_open(self.request(None))
            .await
            .expect("the payment opens")
    }

    /// Opens a payment that is captured on command.
    pub(crate) async fn open_on_ship(&self, method: &str) -> Payment {
        let request = OpenPayment {
            capture: CaptureMode::OnShip,
            ..self.request(Some(method))
        };
        self.try_open(request).await.expect("the payment opens")
    }

    pub(crate) async fn attempt(
        &self,
        payment: &Payment,
        method: &str,
    ) -> Result<Payment, SeamError<PaymentsError>> {
        let request = StartAttempt {
            payment_id: payment.payment_id,
            payment_method: Some(method.to_owned()),
        };
        self.payments.start_attempt(&self.ctx(), request).await
    }

    pub(crate) async fn void(&self, id: PaymentId) -> Option<Payment> {
        self.void_because(id, "test").await
    }

    pub(crate) async fn void_because(&self, id: PaymentId, reason: &str) -> Option<Payment> {
        let request = VoidPayment {
            payment_id: id,
            reason: reason.to_owned(),
        };
        self.payments
            .void_payment(&self.ctx(), request)
            .await
            .expect("a void is accepted")
            .payment
    }

    pub(crate) async fn refund(
        &self,
        payment: &Payment,
        minor: i64,
    ) -> Result<payments_contract::Refund, SeamError<PaymentsError>> {
        let request = RefundPayment {
            payment_id: payment.payment_id,
            refund_id: self.app.kit().env().new_id(),
            amount: eur(minor),
            reason: "broken".to_owned(),
            requested_by: None,
        };
        self.payments.refund_payment(&self.ctx(), request).await
    }

    /// The payment as it is now.
    pub(crate) async fn now(&self, payment: &Payment) -> Payment {
        let request = GetPayments {
            ids: vec![payment.payment_id],
        };
        let found = self
            .payments
            .get_payments(&self.ctx(), request)
            .await
            .expect("payments are found");
        found
            .payments
            .into_iter()
            .next()
            .expect("the payment exists")
    }

    /// Moves the clock and does what is due then.
    pub(crate) async fn after(&self, seconds: u64) {
        self.app.kit().advance(Duration::from_secs(seconds));
        self.app.settle().await;
    }

    /// The one intent that the provider has.
    pub(crate) fn intent(&self) -> Intent {
        let intents = self.simulator.intents();
        assert_eq!(intents.len(), 1, "{intents:#?}");
        intents.into_iter().next().expect("counted")
    }

    /// The provider's intent of a payment's attempt.
    pub(crate) async fn intent_of(&self, payment: &Payment, number: usize) -> Intent {
        let view = self.view(payment).await;
        let reference = view["attempts"][number - 1]["id"]
            .as_str()
            .expect("an attempt")
            .to_owned();
        self.simulator
            .intent(&reference)
            .expect("the provider knows the attempt")
    }

    /// The payment as staff sees it.
    pub(crate) async fn view(&self, payment: &Payment) -> Value {
        self.staff()
            .get(&format!("/v1/payments/{}", payment.payment_id))
            .await
            .json()
    }

    /// Posts a command of staff.
    pub(crate) async fn command(
        &self,
        payment: &Payment,
        what: &str,
        key: &str,
        body: &Value,
    ) -> TestReply {
        self.staff()
            .post(&format!("/v1/payments/{}/{what}", payment.payment_id))
            .key(key)
            .json(body)
            .await
    }

    /// Delivers the webhooks that wait at the provider, as they are ordered by `arrange`.
    pub(crate) async fn deliver(&self, arrange: impl FnOnce(&mut Vec<SignedWebhook>)) {
        let mut webhooks = self.simulator.take_webhooks();
        arrange(&mut webhooks);
        for webhook in webhooks {
            let reply =
                post_webhook(&self.app.anonymous(), &webhook.signature, &webhook.body).await;
            assert_eq!(reply.status(), 200, "{}", reply.json());
        }
        self.app.settle().await;
    }

    /// Sends any event under a good signature.
    pub(crate) async fn send_event(&self, event: &Value) -> TestReply {
        let body = event.to_string();
        post_webhook(&self.app.anonymous(), &self.simulator.sign(&body), &body).await
    }

    /// Data of the events of a type, oldest first.
    pub(crate) async fn events(&self, event_type: &str) -> Vec<Value> {
        self.app
            .events("payments", event_type)
            .await
            .into_iter()
            .map(|event: Envelope| event.data)
            .collect()
    }

    /// What every rule over the data says.
    pub(crate) async fn assert_sound(&self) {
        self.app.assert_invariants().await;
    }

    /// One number from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let ctx = self.ctx();
        self.db
            .read(&ctx)
            .query(sql)
            .fetch_scalar::<i64>()
            .await
            .expect("the query runs")
            .expect("one row")
    }

    /// Whether the database takes a statement.
    pub(crate) async fn takes(&self, sql: &'static str) -> bool {
        let mut ctx = self.ctx();
        let mut tx = self
            .db
            .begin(&mut ctx, "test.raw")
            .await
            .expect("a transaction begins");
        let done = tx.query(sql).execute().await;
        if done.is_ok() {
            return tx.commit().await.is_ok();
        }
        tx.rollback().await.expect("it rolls back");
        false
    }

    /// The kinds of the ledger's entries about a payment, oldest first.
    pub(crate) async fn ledger(&self, payment: &Payment) -> Vec<String> {
        let path = format!("/v1/ledger/entries?payment_id={}", payment.payment_id);
        let page = self.staff().get(&path).await.json();
        let entries = page["data"].as_array().expect("a list").iter().rev();
        entries
            .map(|entry| entry["kind"].as_str().expect("a word").to_owned())
            .collect()
    }
}

/// A module that only emits events, in place of a real one.
pub(crate) struct OtherModule {
    pub(crate) name: &'static str,
}

impl OtherModule {
    fn migrations(&self) -> tenon_store::Migrations {
        tenon_store::Migrations {
            module: self.name,
            sqlite: None,
            postgres: None,
        }
    }

    async fn build(self, kit: &Kit) -> Module {
        Module {
            name: self.name,
            db: kit.db(self.migrations()).await,
            endpoints: Vec::new(),
            subscriptions: Vec::new(),
            jobs: Vec::new(),
            schedules: Vec::new(),
            sagas: Vec::new(),
            invariants: Vec::new(),
            progress: tenon_module::Progress::default(),
        }
    }
}

pub(crate) async fn post_webhook(client: &Client, signature: &str, body: &str) -> TestReply {
    client
        .post(WEBHOOKS)
        .header(SIGNATURE_HEADER, signature)
        .bytes("application/json", body.to_owned())
        .await
}

/// An event about an attempt, as the provider writes it.
pub(crate) fn event(id: &str, reference: &str, status: &str, revision: i64) -> Value {
    json!({
        "id": id,
        "type": format!("intent.{status}"),
        "created": "2026-06-01T12:00:00Z",
        "data": {
            "id": "int_by_hand", "reference": reference, "status": status, "amount": 2_500, "currency": "EUR",
            "captured": 0, "refunded": 0, "revision": revision,
        },
    })
}

pub(crate) fn order(payment: &Payment) -> OrderRef {
    payment.order_id
}
