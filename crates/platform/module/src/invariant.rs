//! What must always be true of a module's data; `tenon verify` checks it.

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

/// A rule over stored data.
#[async_trait]
pub trait Invariant: Send + Sync + 'static {
    /// `payments.ledger_balances`
    fn name(&self) -> &'static str;

    /// One sentence for people.
    fn description(&self) -> &'static str;

    /// Returns what breaks the rule, at most 100 cases; empty means it holds.
    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError>;
}

/// One case that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// Which row.
    pub subject: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub actual: String,
}
