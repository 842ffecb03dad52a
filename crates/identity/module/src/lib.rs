//! People, passwords, sessions, access tokens, and the keys of programs.
//!
//! **Architecture invariant:** secrets leave this module in a few answers only (a sign-in, a refresh, a challenge message,
//! the registration of a program, a code and what it is exchanged for, the cookie of a browser, an API key, a second factor and its
//! recovery codes, a sign-in that waits for one, the state of somebody at a provider and the code they bring back) and stand in no table, event, job or log in plain. Checked by `tests/it/secrets.rs`.

mod domain;
pub mod edge;
mod hasher;
mod http;
mod jobs;
mod key_ring;
mod metrics;
mod operations;
mod service;
mod settings;
mod store;

use std::sync::Arc;

use sqlx::migrate::Migrator;
use tenon_access::KeyRevision;
use tenon_kernel::CursorKey;
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_store::{Db, Migrations};

pub use self::hasher::PasswordCost;
pub use self::operations::Operations;
pub use self::service::{BootstrapToken, NewUser};
pub use self::settings::{
    FederationSettings, IdentitySettings, IdentitySettingsError, KeyRingEntry, ProviderSettings,
};

static SQLITE: Migrator = sqlx::migrate!("../../../migrations/identity/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../../migrations/identity/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &[];

/// Modules whose events this module takes.
pub const LISTENS: &[&str] = &[];

/// The migrations of this module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "identity",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// What the app sees of identity.
pub struct Identity {
    /// What the platform runs.
    pub module: Module,
    /// What other modules may ask.
    pub contract: Arc<dyn identity_contract::Identity>,
    /// What operators do: the command line and seeds.
    pub operations: Operations,
    /// Moves on when something changes here that API keys depend on: for whoever admits requests in this process.
    pub key_revision: KeyRevision,
}

/// What identity needs.
pub struct Deps {
    /// Its store.
    pub db: Db,
    /// Signs the cursors of its lists.
    pub cursor_key: CursorKey,
    /// What hashing a password costs.
    pub password_cost: PasswordCost,
}

impl Identity {
    /// Puts the module together from what a process has: the public address is the issuer of its access tokens.
    ///
    /// # Errors
    ///
    /// [`AssembleError`], naming the setting that cannot be.
    pub fn assemble(settings: &IdentitySettings, parts: &NodeParts) -> Result<Self, AssembleError> {
        let mut settings = settings.issued_by(&parts.public_url);
        if settings.key_ring.is_empty() && !parts.module_key.is_empty() {
            settings.key_ring = vec![KeyRingEntry {
                id: "file1".to_owned(),
                key: parts.module_key.clone(),
            }];
        }
        let deps = Deps {
            db: parts.db.clone(),
            cursor_key: parts.cursor_key.clone(),
            password_cost: PasswordCost::default(),
        };
        Self::build(settings, deps).map_err(|error| AssembleError::new("identity", error))
    }

    /// Puts the module together.
    ///
    /// # Errors
    ///
    /// [`IdentitySettingsError`] naming the setting that cannot be.
    pub fn build(settings: IdentitySettings, deps: Deps) -> Result<Self, IdentitySettingsError> {
        let db = deps.db.clone();
        let service = Arc::new(service::Service::new(settings, deps)?);
        let module = Module {
            name: "identity",
            endpoints: http::endpoints(&service),
            subscriptions: Vec::new(),
            jobs: jobs::kinds(&service),
            schedules: jobs::schedules(),
            sagas: Vec::new(),
            invariants: store::invariants::all(&db),
            db,
            progress: Progress::default(),
        };
        let contract: Arc<dyn identity_contract::Identity> = Arc::clone(&service) as _;
        Ok(Self {
            module,
            contract,
            key_revision: service.key_revision.clone(),
            operations: Operations::new(service),
        })
    }
}
