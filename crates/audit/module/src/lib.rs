//! Who did what, when, through which interface, before and after: a hash chain fed by the events of all modules.
//!
//! Nothing writes here but the events: whatever a module publishes becomes one entry, with personal data masked.
//! The chain shows every change to what was written, and a Merkle tree over it proves one entry without the others. That
//! the end was not cut off and written anew, only a copy of `head_hash` or of a root kept elsewhere can prove.

mod domain;
mod http;
mod invariants;
mod jobs;
mod service;
mod settings;
mod store;
mod subscribers;

use std::sync::Arc;

use tenon_events::Subscription;
use tenon_kernel::CursorKey;
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_store::{Db, Migrations};

use self::service::Service;
pub use self::settings::AuditSettings;

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations/audit/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations/audit/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &[];

/// Modules whose events this module takes; `*` is every other one.
pub const LISTENS: &[&str] = &["*"];

/// Tables of this module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "audit",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// The audit module, ready to run.
pub struct Audit {
    /// For the platform.
    pub module: Module,
    /// For other modules.
    pub contract: Arc<dyn audit_contract::Audit>,
}

/// What the module needs from outside.
#[derive(Debug)]
pub struct Deps {
    /// Its store.
    pub db: Db,
    /// The modules whose events it keeps: all others.
    pub sources: Vec<&'static str>,
    /// Signs page cursors.
    pub cursor_key: CursorKey,
}

impl Audit {
    /// Puts the module together from what a process has; it hears all other modules of the installation.
    ///
    /// # Errors
    ///
    /// None today: as every module's entry.
    pub fn assemble(settings: &AuditSettings, parts: &NodeParts) -> Result<Self, AssembleError> {
        let others = parts.installation.iter().copied();
        let deps = Deps {
            db: parts.db.clone(),
            sources: others.filter(|name| *name != "audit").collect(),
            cursor_key: parts.cursor_key.clone(),
        };
        Ok(Self::build(settings.clone(), deps))
    }

    /// Puts the module together.
    pub fn build(settings: AuditSettings, deps: Deps) -> Self {
        let Deps {
            db,
            sources,
            cursor_key,
        } = deps;
        let service = Arc::new(Service::new(db.clone(), cursor_key, settings.masking()));
        let subscriptions = sources
            .into_iter()
            .map(|source| {
                Subscription::new("audit", source)
                    .keep_any(Arc::clone(&service) as _)
                    .on_any(Arc::clone(&service) as _)
            })
            .collect();
        let module = Module {
            name: "audit",
            db,
            endpoints: http::endpoints(&service),
            subscriptions,
            jobs: jobs::kinds(&service),
            schedules: jobs::schedules(),
            sagas: Vec::new(),
            invariants: invariants::invariants(&service),
            progress: Progress::default(),
        };
        Self {
            module,
            contract: service,
        }
    }
}
