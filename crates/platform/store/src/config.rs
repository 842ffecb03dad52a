//! Where modules keep their data.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

/// Which database engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of its own for the module.
    Sqlite,
    /// A schema and login role of its own for the module.
    Postgres,
}

/// Where a module's data lives.
#[derive(Clone)]
pub enum StoreConfig {
    /// A SQLite file for each module in this directory.
    Sqlite {
        /// Holds `<module>.db`.
        directory: PathBuf,
        /// Whether somebody ships the write-ahead logs to a backup ([`crate::StoreLog`]): then nobody else moves them
        /// into the files while the stores are open.
        shipped: bool,
    },
    /// A PostgreSQL schema for each module in this database.
    Postgres {
        /// Whose URL this is follows from `roles`.
        url: String,
        /// Upper bound of connections for each module.
        max_connections: u32,
        /// How modules log in.
        roles: ModuleRoles,
    },
}

/// How modules log in to PostgreSQL.
#[derive(Debug, Clone)]
pub enum ModuleRoles {
    /// The URL belongs to an owner that may create roles and schemas. Each module gets the role
    /// `tenon_<module>`, which owns the schema `<module>` and sees no other.
    Derived {
        /// Passwords of the roles are derived from it (HMAC-SHA256), so they are stored nowhere.
        secret: SecretString,
    },
    /// The URL is the module's own login, and somebody else has created it; nothing is provisioned
    /// but the schema, if it is missing.
    Given,
}

/// Never shows the URL: it holds a password.
impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { directory, shipped } => f
                .debug_struct("Sqlite")
                .field("directory", directory)
                .field("shipped", shipped)
                .finish(),
            Self::Postgres {
                max_connections,
                roles,
                ..
            } => f
                .debug_struct("Postgres")
                .field("max_connections", max_connections)
                .field("roles", roles)
                .finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_secret() {
        let config = StoreConfig::Postgres {
            url: "postgres://owner:hunter2@localhost/shop".to_owned(),
            max_connections: 4,
            roles: ModuleRoles::Derived {
                secret: "correct horse".into(),
            },
        };
        let text = format!("{config:?}");
        assert!(
            !text.contains("hunter2") && !text.contains("correct horse"),
            "{text}"
        );
    }
}
