//! Which credential a request was sent with: for whoever has to tell its holder something.

use serde::{Deserialize, Serialize};

/// The credential of a request. It names programs and no people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Credential {
    /// None was sent.
    #[default]
    Anonymous,
    /// A person signed in here themselves; whoever it is.
    Account,
    /// An OAuth client, for a person or for itself: `cli_…`.
    Client(String),
    /// An API key: `key_…`.
    ApiKey(String),
}
