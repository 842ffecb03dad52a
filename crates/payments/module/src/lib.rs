//! Payments: attempts, captures, voids and refunds with a provider, its webhooks, and the double-entry ledger.
//!
//! **Architecture invariant:** every call to the provider stands in a committed row before it is made, and that
//! row's id is the provider's idempotency key; an outcome that is not known is asked for until it is, and never
//! taken for a failure. The ledger is append-only, and the database itself keeps it balanced. Checked by
//! `tests/it` and by the invariants that `tenon verify` runs.

mod domain;
mod http;
mod invariants;
mod jobs;
mod metrics;
mod provider;
mod service;
mod settings;
mod store;
mod subscribers;

use std::sync::Arc;

use sqlx::migrate::Migrator;
use tenon_kernel::CursorKey;
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_store::{Db, Migrations};

pub use self::provider::{
    Authorize, Capture, Courier, Doubt, HttpProvider, HttpProviderError, HttpProviderSettings,
    Outcome, PaymentProvider, Refund, Refusal, Snapshot, SnapshotState, Void, WebhookError,
    WebhookEvent,
};
pub use self::settings::{PaymentsSettings, PaymentsSettingsError};

use self::service::Service;

static SQLITE: Migrator = sqlx::migrate!("../../../migrations/payments/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../../migrations/payments/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &[];

/// Modules whose events this module takes.
pub const LISTENS: &[&str] = &["orders"];

/// The tables of payments on both engines.
pub const MIGRATIONS: Migrations = Migrations {
    module: "payments",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// Payments, put together.
pub struct Payments {
    /// What the platform runs for it.
    pub module: Module,
    /// What other modules call.
    pub contract: Arc<dyn payments_contract::Payments>,
}

/// What payments needs.
pub struct Deps {
    /// Its store; time and randomness come from there too.
    pub db: Db,
    /// Who is asked for money: [`HttpProvider`], or a fake.
    pub provider: Arc<dyn PaymentProvider>,
    /// Signs the cursors of its lists.
    pub cursor_key: CursorKey,
}

impl Payments {
    /// Puts payments together from what a process has, with the provider that the settings name.
    ///
    /// # Errors
    ///
    /// [`AssembleError`], naming the setting that cannot be.
    pub fn assemble(settings: &PaymentsSettings, parts: &NodeParts) -> Result<Self, AssembleError> {
        let provider = HttpProvider::new(&settings.provider)
            .map_err(|error| AssembleError::new("payments", error))?;
        let deps = Deps {
            db: parts.db.clone(),
            provider: Arc::new(provider),
            cursor_key: parts.cursor_key.clone(),
        };
        Self::build(settings.clone(), deps).map_err(|error| AssembleError::new("payments", error))
    }

    /// Puts payments together; nothing runs yet.
    ///
    /// # Errors
    ///
    /// [`PaymentsSettingsError`] naming the setting that is out of range.
    pub fn build(settings: PaymentsSettings, deps: Deps) -> Result<Self, PaymentsSettingsError> {
        settings.validate()?;
        let Deps {
            db,
            provider,
            cursor_key,
        } = deps;
        let service = Arc::new(Service {
            db: db.clone(),
            provider,
            settings,
            cursor_key,
        });
        let module = Module {
            name: "payments",
            endpoints: http::endpoints(&service),
            subscriptions: subscribers::subscriptions(&service),
            jobs: jobs::kinds(&service),
            schedules: jobs::schedules(),
            sagas: Vec::new(),
            invariants: invariants::all(&db),
            db,
            progress: Progress::default(),
        };
        Ok(Self {
            module,
            contract: service,
        })
    }
}
