//! Carts, the checkout saga, orders, fulfilment.
//!
//! **Architecture invariant:** the order is written before the payment provider is asked, and every step of a
//! checkout that reaches another module repeats under the same id: whatever stops half-way is finished or undone
//! by whoever looks next. See `service/drive_checkout.rs`.

pub mod customers;
mod domain;
mod http;
mod invariants;
mod jobs;
pub mod rates;
mod service;
mod settings;
mod store;
mod subscribers;

use std::sync::Arc;

use catalog_contract::Catalog;
use payments_contract::Payments;
use sqlx::migrate::Migrator;
use tenon_kernel::{CursorKey, Id, IdKind};
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_store::{Db, Migrations};

use self::customers::CustomerKey;
use self::rates::{HttpRates, RatesProvider};
use self::service::Service;
pub use self::settings::{OrdersSettings, OrdersSettingsError, ShippingMethod};

static SQLITE: Migrator = sqlx::migrate!("../../../migrations/orders/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../../migrations/orders/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &["catalog", "payments"];

/// Modules whose events this module takes.
pub const LISTENS: &[&str] = &["identity", "payments"];

/// The module's migrations.
pub const MIGRATIONS: Migrations = Migrations {
    module: "orders",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// The module as the app sees it.
pub struct Orders {
    /// What the platform runs.
    pub module: Module,
    /// What other modules call.
    pub contract: Arc<dyn orders_contract::Orders>,
}

/// What the module needs from outside.
pub struct Deps {
    /// Its own store, opened with [`MIGRATIONS`]; time and randomness come with it.
    pub db: Db,
    /// Prices and stock.
    pub catalog: Arc<dyn Catalog>,
    /// Money.
    pub payments: Arc<dyn Payments>,
    /// Taxes and prices of delivery; those of the settings without it.
    pub rates: Option<Arc<dyn RatesProvider>>,
    /// Signs the cursors of lists.
    pub cursor_key: CursorKey,
    /// Tells buyers apart where promotions count them.
    pub customer_key: CustomerKey,
}

impl Orders {
    /// Puts the module together from what a process has and the contracts of [`USES`], in that order.
    ///
    /// # Errors
    ///
    /// [`AssembleError`], naming the setting that cannot be.
    pub fn assemble(
        settings: &OrdersSettings,
        parts: &NodeParts,
        catalog: Arc<dyn Catalog>,
        payments: Arc<dyn Payments>,
    ) -> Result<Self, AssembleError> {
        let rates = HttpRates::new(&settings.rates)
            .map_err(|error| AssembleError::new("orders.rates", error))?;
        let deps = Deps {
            db: parts.db.clone(),
            catalog,
            payments,
            rates: rates.map(|rates| Arc::new(rates) as Arc<dyn RatesProvider>),
            cursor_key: parts.cursor_key.clone(),
            customer_key: CustomerKey::new(parts.application_secret.expose().as_bytes()),
        };
        Self::build(settings.clone(), deps).map_err(|error| AssembleError::new("orders", error))
    }

    /// Builds the module; nothing runs yet.
    ///
    /// # Errors
    ///
    /// [`OrdersSettingsError`] naming the first setting that cannot be.
    pub fn build(settings: OrdersSettings, deps: Deps) -> Result<Self, OrdersSettingsError> {
        settings.validate()?;
        let Deps {
            db,
            catalog,
            payments,
            rates,
            cursor_key,
            customer_key,
        } = deps;
        let service = Arc::new(Service {
            db: db.clone(),
            catalog,
            payments,
            rates,
            cursor_key,
            customer_key,
            settings,
        });
        let module = Module {
            name: "orders",
            endpoints: http::endpoints(&service),
            subscriptions: subscribers::subscriptions(&service),
            jobs: jobs::kinds(&service),
            schedules: jobs::schedules(),
            sagas: jobs::sagas(),
            invariants: invariants::all(&service),
            db,
            progress: Progress::default(),
        };
        Ok(Self {
            module,
            contract: service,
        })
    }
}

/// The id of the same thing in another contract's words: contracts form no circle, so each names it itself.
fn same_id<A: IdKind, B: IdKind>(id: Id<A>) -> Id<B> {
    Id::from_uuid(id.uuid())
}
