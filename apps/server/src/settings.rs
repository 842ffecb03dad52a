//! All settings of a server; each section belongs to the crate that reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_seam::EdgeSettings;
use tenon_settings::{Secret, SettingsError};
use tenon_store::{ModuleRoles, StoreConfig};
use tenon_telemetry::TelemetrySettings;
use tenon_web::WebSettings;

/// Settings of a server.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Holds the SQLite files and, if no secrets are given, `secrets.toml`.
    pub data_dir: PathBuf,
    /// Where people reach this installation: links in mail, `iss` of access tokens.
    pub public_url: String,
    /// Where modules keep their data.
    pub store: StoreSettings,
    /// Secrets of the installation; made in the data directory if not given.
    pub secrets: SecretSettings,
    /// How each module is reached by the others, by name: `[modules.catalog]`.
    pub modules: BTreeMap<String, EdgeSettings>,
    /// The REST surface.
    pub web: WebSettings,
    /// Logs and traces.
    pub telemetry: TelemetrySettings,
    /// People, sessions, access tokens.
    pub identity: identity::IdentitySettings,
    /// Products, prices, stock.
    pub catalog: catalog::CatalogSettings,
    /// Carts, checkout, orders.
    pub orders: orders::OrdersSettings,
    /// Payments and their provider.
    pub payments: payments::PaymentsSettings,
    /// Mail and in-app messages.
    pub notifications: notifications::NotificationsSettings,
    /// The audit log.
    pub audit: audit::AuditSettings,
}

/// `[store]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// `postgres://owner@host/database` of an owner that may create schemas and roles; empty means SQLite files.
    pub url: Secret,
    /// Most PostgreSQL connections of one module.
    pub max_connections: u32,
}

/// `[secrets]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretSettings {
    /// Signs cursors of lists, and keys the hashes by which the message log tells recipients apart.
    pub application: Secret,
    /// Passwords of the modules' PostgreSQL roles are derived from it.
    pub database_roles: Secret,
}

/// Names of the modules of this program, in the order in which they start.
pub const MODULES: [&str; 6] = [
    "identity",
    "catalog",
    "payments",
    "orders",
    "notifications",
    "audit",
];

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            max_connections: 10,
        }
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            data_dir: "var/data".into(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            store: StoreSettings::default(),
            secrets: SecretSettings::default(),
            modules: BTreeMap::new(),
            web: WebSettings::default(),
            telemetry: TelemetrySettings::default(),
            identity: identity::IdentitySettings::default(),
            catalog: catalog::CatalogSettings::default(),
            orders: orders::OrdersSettings::default(),
            payments: payments::PaymentsSettings::default(),
            notifications: notifications::NotificationsSettings::default(),
            audit: audit::AuditSettings::default(),
        }
    }
}

impl ServerSettings {
    /// Checks what types cannot say; each module checks its own section.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.identity.validate().map_err(named)?;
        self.catalog.validate().map_err(named)?;
        self.payments.validate().map_err(named)?;
        self.orders.validate().map_err(named)?;
        self.notifications.validate().map_err(named)?;
        if let Some(unknown) = self
            .modules
            .keys()
            .find(|name| !MODULES.contains(&name.as_str()))
        {
            let known = MODULES.join(", ");
            return Err(SettingsError::new(
                format!("modules.{unknown}"),
                format!("no such module; there are: {known}"),
            ));
        }
        if !self.public_url.starts_with("http://") && !self.public_url.starts_with("https://") {
            return Err(SettingsError::new(
                "public_url",
                "expected http:// or https://",
            ));
        }
        let url = self.store.url.expose();
        if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(SettingsError::new(
                "store.url",
                "expected postgres://…, or nothing for SQLite files",
            ));
        }
        if self.store.max_connections == 0 {
            return Err(SettingsError::new(
                "store.max_connections",
                "expected at least 1",
            ));
        }
        Ok(())
    }

    /// Where modules keep their data.
    pub fn store_config(&self) -> StoreConfig {
        if self.store.url.is_empty() {
            return StoreConfig::Sqlite {
                directory: self.data_dir.clone(),
            };
        }
        StoreConfig::Postgres {
            url: self.store.url.expose().to_owned(),
            max_connections: self.store.max_connections,
            roles: ModuleRoles::Derived {
                secret: self.secrets.database_roles.expose().into(),
            },
        }
    }
}

/// A module's own complaint, which begins with the key: `orders.checkout_ttl_seconds: expected …`.
fn named(error: impl std::fmt::Display) -> SettingsError {
    let text = error.to_string();
    let (key, problem) = text
        .split_once([':', ' '])
        .unwrap_or((text.as_str(), "cannot be"));
    SettingsError::new(key, problem.trim())
}
