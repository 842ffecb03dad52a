//! What must always be true of a module's data; `tenon verify` checks it, and the workers look at it all the time.

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

/// Cases told of one rule.
pub(crate) const MOST_VIOLATIONS: usize = 100;

/// A rule over stored data.
#[async_trait]
pub trait Invariant: Send + Sync + 'static {
    /// `payments.ledger_balances`
    fn name(&self) -> &'static str;

    /// One sentence for people.
    fn description(&self) -> &'static str;

    /// Modules that it asks, beside looking at its own module's data. Where one of them may not run, as in
    /// `tenon verify` of a service, the rule is left out.
    fn asks(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns what breaks the rule, at most 100 cases; empty means it holds.
    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError>;

    /// Checks a stretch of the data, from `after` or the beginning. Rules over rows that only ever grow in number
    /// implement it, so that no look takes longer as they grow; any other rule is one stretch.
    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let _ = after;
        let violations = self.check(ctx).await?;
        Ok(Stretch {
            violations,
            next: None,
        })
    }
}

/// What a look at a part of the data found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// What breaks the rule in it.
    pub violations: Vec<Violation>,
    /// Where the next stretch begins, in the rule's own words; `None` at the end.
    pub next: Option<String>,
}

/// Checks a rule stretch by stretch to the end, or until 100 cases are found: for [`Invariant::check`] of rules that
/// implement [`Invariant::check_from`].
pub async fn check_whole(
    rule: &dyn Invariant,
    ctx: &CallCtx,
) -> Result<Vec<Violation>, StoreError> {
    let (mut violations, mut after) = (Vec::new(), None);
    loop {
        let stretch = rule.check_from(ctx, after.as_deref()).await?;
        violations.extend(stretch.violations);
        after = stretch.next;
        if after.is_none() || violations.len() >= MOST_VIOLATIONS {
            violations.truncate(MOST_VIOLATIONS);
            return Ok(violations);
        }
    }
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
