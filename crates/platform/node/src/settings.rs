//! Settings that every process has; [`node_settings!`] puts them beside those of its modules.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_backup::BackupSettings;
use tenon_kernel::Env;
use tenon_remote::SeamSettings;
use tenon_seam::EdgeSettings;
use tenon_settings::{Secret, SettingsError};
use tenon_store::{ModuleRoles, StoreConfig};
use tenon_telemetry::TelemetrySettings;

use crate::{DevelopmentSettings, NodeError, secrets};

/// What every process needs, wherever its settings struct keeps it.
#[derive(Debug, Clone)]
pub struct NodeSettings {
    /// Holds the SQLite files and, if no secrets are given, `secrets.toml`.
    pub data_dir: PathBuf,
    /// Where people reach the installation.
    pub public_url: String,
    /// Where modules keep their data.
    pub store: StoreSettings,
    /// Secrets of the installation.
    pub secrets: SecretSettings,
    /// How each module is reached.
    pub modules: BTreeMap<String, EdgeSettings>,
    /// Who this process is among the others.
    pub seam: SeamSettings,
    /// Where backups of the stores are kept.
    pub backup: BackupSettings,
    /// Logs and traces.
    pub telemetry: TelemetrySettings,
    /// For development only.
    pub development: DevelopmentSettings,
}

/// Settings of a process, made by [`node_settings!`](crate::node_settings).
pub trait HasNode {
    /// The settings that every process has.
    fn node(&self) -> NodeSettings;
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

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            max_connections: 10,
        }
    }
}

impl NodeSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be.
    pub fn validate(&self, installation: &[&str]) -> Result<(), SettingsError> {
        let unknown = |name: &&String| !installation.contains(&name.as_str());
        if let Some(unknown) = self.modules.keys().find(unknown) {
            let known = installation.join(", ");
            return Err(SettingsError::new(
                format!("modules.{unknown}"),
                format!("no such module; there are: {known}"),
            ));
        }
        for (name, edge) in &self.modules {
            edge.check(name)
                .map_err(|error| SettingsError::new(error.setting, error.reason))?;
        }
        if !self.public_url.starts_with("http://") && !self.public_url.starts_with("https://") {
            return Err(SettingsError::new(
                "public_url",
                "expected http:// or https://",
            ));
        }
        if self.development.movable_clock && self.public_url.starts_with("https://") {
            return Err(SettingsError::new(
                "development.movable_clock",
                "cannot be set where `public_url` is https: people rely on the time of such an installation",
            ));
        }
        let url = self.store.url.expose();
        if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(SettingsError::new(
                "store.url",
                "expected postgres://…, or nothing for SQLite files",
            ));
        }
        self.backup.validate()?;
        if self.store.max_connections == 0 {
            return Err(SettingsError::new(
                "store.max_connections",
                "expected at least 1",
            ));
        }
        Ok(())
    }

    /// Fills the installation's secrets that settings leave empty, from the data directory.
    ///
    /// # Errors
    ///
    /// [`NodeError::Secrets`] if the file cannot be read or made.
    pub fn complete_secrets(&mut self, env: &Env) -> Result<(), NodeError> {
        secrets::complete(self, &[], env).map(drop)
    }

    /// Where modules keep their data.
    pub fn store_config(&self) -> StoreConfig {
        if self.store.url.is_empty() {
            return StoreConfig::Sqlite {
                directory: self.data_dir.clone(),
                shipped: self.backup.is_on(),
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

/// Declares the settings of a process: those that every process has, and its own after them.
///
/// ```ignore
/// tenon_node::node_settings! {
///     /// Settings of the catalog service.
///     pub struct ServiceSettings {
///         /// Products, prices, stock.
///         pub catalog: catalog::CatalogSettings,
///     }
/// }
/// ```
#[macro_export]
macro_rules! node_settings {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, $crate::private::serde::Deserialize, $crate::private::schemars::JsonSchema)]
        #[serde(crate = "tenon_node::private::serde", deny_unknown_fields, default)]
        #[schemars(crate = "tenon_node::private::schemars")]
        pub struct $name {
            /// Holds the SQLite files and, if no secrets are given, `secrets.toml`.
            pub data_dir: ::std::path::PathBuf,
            /// Where people reach this installation: links in mail, `iss` of access tokens.
            pub public_url: ::std::string::String,
            /// Where modules keep their data.
            pub store: $crate::StoreSettings,
            /// Secrets of the installation; made in the data directory if not given.
            pub secrets: $crate::SecretSettings,
            /// How each module is reached by the others, by name: `[modules.catalog]`.
            pub modules: ::std::collections::BTreeMap<::std::string::String, $crate::private::EdgeSettings>,
            /// Who this process is among the others, and whom it trusts; empty in a process that is alone.
            pub seam: $crate::private::SeamSettings,
            /// Backups of this process's stores.
            pub backup: $crate::private::BackupSettings,
            /// Logs and traces.
            pub telemetry: $crate::private::TelemetrySettings,
            /// For development only: never where people rely on the installation.
            pub development: $crate::DevelopmentSettings,
            $($(#[$doc])* pub $field: $type,)*
        }

        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self {
                    data_dir: "var/data".into(),
                    public_url: "http://127.0.0.1:8080".to_owned(),
                    store: ::std::default::Default::default(),
                    secrets: ::std::default::Default::default(),
                    modules: ::std::default::Default::default(),
                    seam: ::std::default::Default::default(),
                    backup: ::std::default::Default::default(),
                    telemetry: ::std::default::Default::default(),
                    development: ::std::default::Default::default(),
                    $($field: ::std::default::Default::default(),)*
                }
            }
        }

        impl $crate::HasNode for $name {
            fn node(&self) -> $crate::NodeSettings {
                $crate::NodeSettings {
                    data_dir: self.data_dir.clone(),
                    public_url: self.public_url.clone(),
                    store: self.store.clone(),
                    secrets: self.secrets.clone(),
                    modules: self.modules.clone(),
                    seam: self.seam.clone(),
                    backup: self.backup.clone(),
                    telemetry: self.telemetry.clone(),
                    development: self.development.clone(),
                }
            }
        }
    };
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Settings of a process that needs nothing.
    pub(crate) fn settings() -> NodeSettings {
        NodeSettings {
            data_dir: "data".into(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            store: StoreSettings::default(),
            secrets: SecretSettings::default(),
            modules: BTreeMap::new(),
            seam: SeamSettings::default(),
            backup: BackupSettings::default(),
            telemetry: TelemetrySettings::default(),
            development: DevelopmentSettings::default(),
        }
    }

    #[test]
    fn no_clock_is_moved_where_people_rely_on_it() {
        let mut settings = settings();
        settings.development.movable_clock = true;
        settings.validate(&[]).expect("a machine of one's own");
        settings.public_url = "https://shop.example".to_owned();
        let refused = settings.validate(&[]).expect_err("an installation");
        assert_eq!(refused.key, "development.movable_clock");
        settings.development.movable_clock = false;
        settings.validate(&[]).expect("its clock stands");
    }
}
