//! Facts about rules that stored data must always obey: what any module's workers publish when they look.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A row was found that breaks a rule; published once for each, however often it is seen.
///
/// Says what is wrong with ids, states and numbers; never with personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvariantViolated {
    /// The rule: `catalog.stock_is_its_ledger`.
    pub name: String,
    /// Which row.
    pub subject: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// A row that broke a rule obeys it again, or is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvariantRestored {
    /// The rule.
    pub name: String,
    /// Which row.
    pub subject: String,
}

crate::event!(InvariantViolated, "invariant.violated", 1, name);
crate::event!(InvariantRestored, "invariant.restored", 1, name);
