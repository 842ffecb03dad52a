//! Where data is or goes, as people write it: `sqlite:<directory>` or `postgres://owner@host/database`.

use std::fmt;
use std::path::PathBuf;

use tenon_store::{ModuleRoles, StoreConfig};

/// A store that can be named without showing a password.
#[derive(Debug, Clone)]
pub struct Place {
    config: StoreConfig,
    shown: String,
}

/// Text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; expected sqlite:<directory> or postgres://owner@host/database")]
pub struct PlaceError {
    problem: &'static str,
}

impl Place {
    /// Where a configuration points to.
    pub fn of(mut config: StoreConfig) -> Self {
        if let StoreConfig::Sqlite { shipped, .. } = &mut config {
            *shipped = false; // a mover ships nothing: the log of what it fills is not to grow with it
        }
        let shown = match &config {
            StoreConfig::Sqlite { directory, .. } => {
                let whole = std::path::absolute(directory).unwrap_or_else(|_| directory.clone());
                format!("sqlite:{}", whole.display())
            }
            StoreConfig::Postgres { url, .. } => without_secrets(url),
        };
        Self { config, shown }
    }

    /// Reads `sqlite:<directory>` or `postgres://…`; the latter with the roles and connections of this installation.
    pub fn parse(text: &str, roles: ModuleRoles, max_connections: u32) -> Result<Self, PlaceError> {
        if let Some(directory) = text.strip_prefix("sqlite:") {
            if directory.is_empty() {
                return Err(PlaceError {
                    problem: "sqlite: names no directory",
                });
            }
            return Ok(Self::of(StoreConfig::Sqlite {
                directory: PathBuf::from(directory),
                shipped: false,
            }));
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(PlaceError {
                problem: "the destination names no database",
            });
        }
        Ok(Self::of(StoreConfig::Postgres {
            url: text.to_owned(),
            max_connections,
            roles,
        }))
    }

    /// How to open it.
    pub fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// What to set in the deployment that owns `module` from now on, as TOML. It holds no password.
    pub fn settings(&self, module: &str) -> String {
        let target = match &self.config {
            StoreConfig::Sqlite { directory, .. } => {
                let whole = std::path::absolute(directory).unwrap_or_else(|_| directory.clone());
                let whole = serde_json::Value::from(whole.display().to_string());
                format!("data_dir = {whole}\n\n[store]\nurl = \"\"\n")
            }
            StoreConfig::Postgres { .. } => format!(
                "[store]\n# with the owner's password, better as TENON__STORE__URL\nurl = {}\n",
                serde_json::Value::from(self.shown.clone())
            ),
        };
        format!(
            "# The deployment that owns {module} from now on. Give it the same secrets as before\n\
             # (`secrets.application`, `secrets.database_roles`, `identity.key_ring`, or a copy of secrets.toml).\n\
             {target}"
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// `postgres://owner:secret@host:5432/shop?sslmode=require` without password and parameters, which may hold one too.
fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return "postgres://…".to_owned();
    };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Place, PlaceError> {
        Place::parse(text, ModuleRoles::Given, 4)
    }

    #[test]
    fn a_place_shows_no_password() {
        for url in [
            "postgres://owner:hunter2@db:5432/shop",
            "postgres://owner:hun@ter2@db:5432/shop",
            "postgres://owner@db:5432/shop?password=hunter2",
            "postgres://owner:hunter2@db:5432/shop#hunter2",
        ] {
            let place = parse(url).expect("a place");
            assert_eq!(place.to_string(), "postgres://owner@db:5432/shop", "{url}");
            assert!(!format!("{place:?}{}", place.settings("orders")).contains("ter2"));
        }
    }

    #[test]
    fn what_names_no_place_is_refused_without_being_shown() {
        for text in ["", "sqlite:", "mysql://root:hunter2@db/shop", "/var/data"] {
            let error = parse(text).expect_err(text).to_string();
            assert!(
                !error.contains("hunter2") && error.contains("expected sqlite:"),
                "{error}"
            );
        }
    }
}
