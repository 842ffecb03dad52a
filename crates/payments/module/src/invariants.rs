//! What must always be true of payments; `tenon verify` and the oracle of the failure tests check it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, Reader, StoreError};

use crate::store::verify::Drift;
use crate::store::{ledger, sweep, verify};

/// How late a look at the provider may be: the sweeper comes every minute.
const LATE: Duration = Duration::from_mins(10);

/// All rules over the data of payments.
pub(crate) fn all(db: &Db) -> Vec<Arc<dyn Invariant>> {
    [
        (Rule::LedgerBalances, "payments.ledger_balances", "The ledger sums to zero in each currency, and each kept balance is the sum of its transfers."),
        (Rule::MoneyMatchesLedger, "payments.money_matches_ledger", "What was captured and not refunded of each payment stands in the ledger."),
        (Rule::SumsMatchParts, "payments.sums_match_parts", "Captured and refunded of each payment are the sums of its captures and refunds."),
        (Rule::RefundsFit, "payments.refunds_fit", "What was given back of each payment, is on its way back or waits for approval is at most what was taken."),
        (Rule::OneWinner, "payments.one_winner", "An authorised payment has exactly one authorised attempt; no other has one."),
        (Rule::NothingForgotten, "payments.nothing_forgotten", "Every call to the provider whose outcome is open is repeated in time."),
    ]
    .into_iter()
    .map(|(rule, name, description)| Arc::new(Checked { db: db.clone(), rule, name, description }) as Arc<_>)
    .collect()
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    LedgerBalances,
    MoneyMatchesLedger,
    SumsMatchParts,
    RefundsFit,
    OneWinner,
    NothingForgotten,
}

struct Checked {
    db: Db,
    rule: Rule,
    name: &'static str,
    description: &'static str,
}

#[async_trait]
impl Invariant for Checked {
    fn name(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> &'static str {
        self.description
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.db.read(ctx);
        match self.rule {
            Rule::LedgerBalances => return Ok(whole(ledger_balances(&mut db).await?)),
            Rule::NothingForgotten => {
                let overdue = sweep::overdue(&mut db, self.db.env().now() - LATE).await?;
                let overdue = overdue
                    .into_iter()
                    .map(|work| violation(work, "repeated in time", "overdue"));
                return Ok(whole(overdue.collect()));
            }
            Rule::MoneyMatchesLedger
            | Rule::SumsMatchParts
            | Rule::RefundsFit
            | Rule::OneWinner => {}
        }
        let range = IdRange::behind(&mut db, verify::STRETCH, after).await?;
        let drifts = match self.rule {
            Rule::SumsMatchParts => [
                verify::capture_drift(&mut db, &range).await?,
                verify::refund_drift(&mut db, &range).await?,
            ]
            .concat(),
            Rule::RefundsFit => verify::overdrawn(&mut db, &range).await?,
            Rule::OneWinner => verify::winner_drift(&mut db, &range).await?,
            _ => verify::ledger_drift(&mut db, &range).await?,
        };
        Ok(Stretch {
            violations: drifts.into_iter().map(Violation::from).collect(),
            next: range.next(),
        })
    }
}

/// A rule over few rows, or one that only makes sense over all of them.
fn whole(violations: Vec<Violation>) -> Stretch {
    Stretch {
        violations,
        next: None,
    }
}

async fn ledger_balances(db: &mut Reader<'_>) -> Result<Vec<Violation>, StoreError> {
    let accounts = ledger::compared_balances(db).await?;
    let mut violations = Vec::new();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for account in &accounts {
        *sums.entry(&account.currency).or_default() += account.kept;
        if account.kept != account.folded {
            violations.push(violation(
                format_args!("{} in {}", account.account, account.currency),
                account.folded,
                account.kept,
            ));
        }
    }
    for (currency, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
        violations.push(violation(
            format_args!("all accounts in {currency}"),
            0,
            sum,
        ));
    }
    violations.truncate(100);
    Ok(violations)
}

fn violation(subject: impl ToString, expected: impl ToString, actual: impl ToString) -> Violation {
    Violation {
        subject: subject.to_string(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}

impl From<Drift> for Violation {
    fn from(drift: Drift) -> Self {
        violation(drift.payment_id, drift.added, drift.said)
    }
}
