//! The catalog: products, variants, categories and prices; stock with a ledger and all-or-nothing reservations.
//!
//! **Architecture invariant:** stock changes only together with an entry of the ledger, in one transaction, through
//! guarded updates; the schema itself refuses to promise more than is there. Checked by the invariants that
//! `tenon verify` runs.

mod demo;
mod domain;
mod http;
mod invariants;
mod jobs;
mod service;
mod settings;
mod store;
mod subscribers;

use std::sync::Arc;

use sqlx::migrate::Migrator;
use tenon_kernel::CursorKey;
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_store::{Db, Migrations};

pub use self::demo::{DemoShop, Seeded};
pub use self::service::rebuild_search;
pub use self::settings::{CatalogSettings, CatalogSettingsError};

use self::service::{ProductPages, Service};

static SQLITE: Migrator = sqlx::migrate!("../../../migrations/catalog/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../../migrations/catalog/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &[];

/// Modules whose events this module takes.
pub const LISTENS: &[&str] = &["identity"];

/// The catalog's tables on both engines.
pub const MIGRATIONS: Migrations = Migrations {
    module: "catalog",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// The catalog, put together.
pub struct Catalog {
    /// What the platform runs for it.
    pub module: Module,
    /// What other modules call.
    pub contract: Arc<dyn catalog_contract::Catalog>,
    /// Fills an empty shop with something to buy.
    pub demo: DemoShop,
}

/// What the catalog needs.
pub struct Deps {
    /// Its store; time and randomness come from there too.
    pub db: Db,
    /// Signs the cursors of its lists.
    pub cursor_key: CursorKey,
}

impl Catalog {
    /// Puts the catalog together from what a process has.
    ///
    /// # Errors
    ///
    /// [`AssembleError`], naming the setting that cannot be.
    pub fn assemble(settings: &CatalogSettings, parts: &NodeParts) -> Result<Self, AssembleError> {
        let deps = Deps {
            db: parts.db.clone(),
            cursor_key: parts.cursor_key.clone(),
        };
        Self::build(settings.clone(), deps).map_err(|error| AssembleError::new("catalog", error))
    }

    /// Puts the catalog together; nothing runs yet.
    ///
    /// # Errors
    ///
    /// [`CatalogSettingsError`] naming the setting that is out of range.
    pub fn build(settings: CatalogSettings, deps: Deps) -> Result<Self, CatalogSettingsError> {
        let Deps { db, cursor_key } = deps;
        let pages = ProductPages::new(settings.page_cache()?);
        let service = Arc::new(Service::new(db.clone(), cursor_key, pages));
        let module = Module {
            name: "catalog",
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
            contract: Arc::clone(&service) as Arc<_>,
            demo: DemoShop::new(service),
        })
    }
}
