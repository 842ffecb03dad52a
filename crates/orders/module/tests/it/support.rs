//! A shop in a box: orders with stand-ins around it, and words to shop with.

mod feed;
mod stall;

use std::sync::Arc;
use std::time::Duration;

use catalog_contract::testing::FakeCatalog;
use catalog_contract::{CatalogClient, ReservationId, VariantId};
use orders::customers::CustomerKey;
use orders::rates::RatesProvider;
use orders::{Deps, MIGRATIONS, Orders, OrdersSettings};
use payments_contract::testing::{FakePayments, Outcome};
use payments_contract::{
    DeclineClass, Payment, PaymentAuthorized, PaymentDeclined, PaymentId, PaymentResolved,
    PaymentsClient,
};
use serde_json::{Value, json};
use tenon_kernel::{CursorKey, Money, Role};
use tenon_seam::{EdgeSettings, Mode, Seam};
use tenon_store::Db;
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestEngine, TestReply, TestRequest};

pub(crate) use self::feed::EventFeed;
pub(crate) use self::stall::{Stalling, When};

/// Orders behind the edge.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) db: Db,
    pub(crate) catalog: Arc<FakeCatalog>,
    pub(crate) payments: Arc<FakePayments>,
    pub(crate) slow_catalog: Arc<Stalling<FakeCatalog>>,
    pub(crate) slow_payments: Arc<Stalling<FakePayments>>,
    pub(crate) feed: Arc<EventFeed>,
    /// What identity tells.
    pub(crate) people: Arc<EventFeed>,
    pub(crate) contract: Arc<dyn orders_contract::Orders>,
}

/// Someone with a cart.
#[derive(Clone)]
pub(crate) struct Buyer {
    pub(crate) client: Client,
    pub(crate) cart: String,
    /// Guests have one.
    pub(crate) token: Option<String>,
}

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

/// Everything between modules is encoded and decoded, as if they were elsewhere. Nothing is repeated: one failure of
/// a stand-in is one failure for orders.
fn wire() -> Seam {
    let wire = || EdgeSettings {
        mode: Mode::Wire,
        max_attempts: 1,
        ..EdgeSettings::default()
    };
    let settings = ["catalog", "payments"].map(|module| (module.to_owned(), wire()));
    Seam::new(settings.into()).declare("orders", &["catalog", "payments"])
}

pub(crate) fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "Hauptstraße 1", "city": "Köln", "postal_code": "50667", "country": "DE" })
}

impl Shop {
    pub(crate) async fn open(engine: TestEngine) -> Self {
        Self::with(engine, OrdersSettings::default()).await
    }

    pub(crate) async fn with(engine: TestEngine, settings: OrdersSettings) -> Self {
        Self::rated(engine, settings, None).await
    }

    /// A shop with a provider of rates.
    pub(crate) async fn rated(
        engine: TestEngine,
        settings: OrdersSettings,
        rates: Option<Arc<dyn RatesProvider>>,
    ) -> Self {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let (catalog, payments) = (Arc::new(FakeCatalog::new()), Arc::new(FakePayments::new()));
        let slow_catalog = Arc::new(Stalling::around(Arc::clone(&catalog)));
        let slow_payments = Arc::new(Stalling::around(Arc::clone(&payments)));
        let seam = wire();
        let deps = Deps {
            db: kit.db(MIGRATIONS).await,
            catalog: CatalogClient::connect(&seam, "orders", Some(Arc::clone(&slow_catalog) as _))
                .expect("the settings hold"),
            payments: PaymentsClient::connect(
                &seam,
                "orders",
                Some(Arc::clone(&slow_payments) as _),
            )
            .expect("the settings hold"),
            rates,
            cursor_key: CursorKey::new(b"test"),
            customer_key: CustomerKey::new(b"test"),
        };
        let orders = Orders::build(settings, deps).expect("the settings hold");
        let feed = Arc::new(EventFeed::new(kit.env(), "payments"));
        let people = Arc::new(EventFeed::new(kit.env(), "identity"));
        let options = AppOptions {
            feeds: vec![Arc::clone(&feed) as _, Arc::clone(&people) as _],
            ..AppOptions::default()
        };
        let db = orders.module.db.clone();
        let app = TestApp::with(kit, vec![orders.module], options).await;
        Self {
            app,
            db,
            catalog,
            payments,
            slow_catalog,
            slow_payments,
            feed,
            people,
            contract: orders.contract,
        }
    }

    /// Puts a variant on sale.
    pub(crate) fn sell(&self, sku: &str, price: i64, on_hand: i64) -> VariantId {
        self.catalog.add(sku, "Assam", eur(price), on_hand)
    }

    /// A guest with a cart that is ready for checkout.
    pub(crate) async fn guest(&self, lines: &[(VariantId, i64)]) -> Buyer {
        let buyer = self.guest_with_cart().await;
        buyer.fill(lines).await;
        buyer
    }

    /// A guest with an empty cart.
    pub(crate) async fn guest_with_cart(&self) -> Buyer {
        Buyer::start(self.app.anonymous()).await
    }

    /// A signed-in customer with a cart that is ready for checkout.
    pub(crate) async fn customer(&self, name: &str, lines: &[(VariantId, i64)]) -> Buyer {
        let buyer = Buyer::start(self.app.user(name, &[Role::Customer])).await;
        buyer.fill(lines).await;
        buyer
    }

    pub(crate) fn staff(&self) -> Client {
        self.app.user("sam", &[Role::Staff])
    }

    /// Moves the clock and runs what is due then.
    pub(crate) async fn wait(&self, by: Duration) {
        self.app.kit().advance(by);
        self.app.settle().await;
    }

    /// The buyer, the provider or the poller decides a payment; payments tells.
    pub(crate) async fn decide(&self, payment: &str, outcome: Outcome) -> Payment {
        let payment = self
            .payments
            .resolve(payment.parse().expect("a payment id"), outcome);
        self.tell(&payment, outcome).await;
        payment
    }

    /// Payments tells how a payment stands.
    pub(crate) async fn tell(&self, payment: &Payment, outcome: Outcome) {
        let (payment_id, order_id, attempt_no) =
            (payment.payment_id, payment.order_id, payment.attempts);
        match outcome {
            Outcome::Authorize => {
                self.feed.push(&PaymentAuthorized {
                    payment_id,
                    order_id,
                    attempt_no,
                    amount: payment.amount,
                });
            }
            Outcome::Decline(decline_class) => {
                self.feed.push(&PaymentDeclined {
                    payment_id,
                    order_id,
                    attempt_no,
                    decline_class,
                });
            }
            _ => self.feed.push(&PaymentResolved {
                payment_id,
                order_id,
                outcome: payment.status,
            }),
        }
        self.app.settle().await;
    }

    /// How many events of a type there are so far.
    pub(crate) async fn count(&self, event_type: &str) -> usize {
        self.app.events("orders", event_type).await.len()
    }

    /// The reservation of a checkout's order.
    pub(crate) async fn reservation_of(&self, checkout: &Value) -> ReservationId {
        let order_id = checkout["order_id"]
            .as_str()
            .expect("there is an order")
            .parse()
            .expect("an id");
        let request = orders_contract::GetOrders {
            order_ids: vec![order_id],
        };
        let found = self
            .contract
            .get_orders(&self.app.kit().ctx(), request)
            .await
            .expect("orders answers");
        ReservationId::from_uuid(found.orders[0].reservation_id.uuid())
    }

    pub(crate) fn payment(&self, id: &str) -> Payment {
        let id: PaymentId = id.parse().expect("a payment id");
        self.payments.payment(id).expect("the payment was opened")
    }
}

impl Buyer {
    async fn start(client: Client) -> Self {
        let reply = client.post("/v1/carts").json(&json!({})).await;
        let cart = reply.expect(201);
        let token = reply.header("cart-token").map(str::to_owned);
        Self {
            client,
            cart: cart["id"].as_str().expect("an id").to_owned(),
            token,
        }
    }

    async fn fill(&self, lines: &[(VariantId, i64)]) {
        for (variant, quantity) in lines {
            self.add(*variant, *quantity).await.expect(201);
        }
        let details = json!({
            "email": "ada@example.com", "shipping_address": address(), "shipping_method": "standard",
        });
        self.change(&details).await.expect(200);
    }

    /// The path of the cart.
    pub(crate) fn path(&self) -> String {
        format!("/v1/carts/{}", self.cart)
    }

    /// Adds the cart token, if there is one.
    pub(crate) fn with_token(&self, request: TestRequest) -> TestRequest {
        match &self.token {
            Some(token) => request.header("cart-token", token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> TestReply {
        self.with_token(self.client.get(path)).await
    }

    pub(crate) async fn add(&self, variant: VariantId, quantity: i64) -> TestReply {
        let body = json!({ "variant_id": variant, "quantity": quantity });
        self.with_token(self.client.post(&format!("{}/lines", self.path())))
            .json(&body)
            .await
    }

    /// Changes the cart at its present version.
    pub(crate) async fn change(&self, body: &Value) -> TestReply {
        let etag = self.etag().await;
        self.with_token(self.client.patch(&self.path()))
            .header("if-match", &etag)
            .json(body)
            .await
    }

    pub(crate) async fn etag(&self) -> String {
        self.get(&self.path())
            .await
            .header("etag")
            .expect("a cart has a version")
            .to_owned()
    }

    pub(crate) fn checkout_request(&self, key: &str, method: Option<&str>) -> TestRequest {
        let body = json!({ "cart_id": self.cart, "payment_method": method });
        self.with_token(self.client.post("/v1/checkouts"))
            .key(key)
            .json(&body)
    }

    pub(crate) async fn checkout(&self, key: &str, method: Option<&str>) -> TestReply {
        self.checkout_request(key, method).await
    }

    pub(crate) async fn confirm(&self, checkout: &Value, method: Option<&str>) -> TestReply {
        self.confirmation(checkout, method).await
    }

    pub(crate) fn confirmation(&self, checkout: &Value, method: Option<&str>) -> TestRequest {
        let path = format!(
            "/v1/checkouts/{}/confirmations",
            checkout["id"].as_str().expect("an id")
        );
        self.with_token(self.client.post(&path))
            .json(&json!({ "payment_method": method }))
    }

    pub(crate) async fn cancel_checkout(&self, checkout: &Value) -> TestReply {
        let path = format!(
            "/v1/checkouts/{}/cancellations",
            checkout["id"].as_str().expect("an id")
        );
        self.with_token(self.client.post(&path)).await
    }

    /// Looks at a checkout.
    pub(crate) async fn look(&self, checkout: &Value) -> Value {
        self.get(&format!(
            "/v1/checkouts/{}",
            checkout["id"].as_str().expect("an id")
        ))
        .await
        .expect(200)
    }

    /// The version of a checkout, as its entity tag.
    pub(crate) async fn version(&self, checkout: &Value) -> String {
        let id = checkout["id"].as_str().expect("an id");
        let reply = self.get(&format!("/v1/checkouts/{id}")).await;
        reply.header("etag").expect("it has a version").to_owned()
    }

    /// Looks at an order.
    pub(crate) async fn order(&self, checkout: &Value) -> Value {
        let id = checkout["order_id"].as_str().expect("there is an order");
        self.get(&format!("/v1/orders/{id}")).await.expect(200)
    }
}

/// The id of a checkout's payment.
pub(crate) fn payment_of(checkout: &Value) -> String {
    checkout["payment"]["id"]
        .as_str()
        .expect("a payment was opened")
        .to_owned()
}

pub(crate) const DECLINED: Outcome = Outcome::Decline(DeclineClass::Declined);
