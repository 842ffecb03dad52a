//! What must always be true of payments; `tenon verify` and the oracle of the failure tests check it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Money};
use tenon_module::{Invariant, Violation};
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
        let mut db = self.db.read(ctx);
        let mut violations = match self.rule {
            Rule::LedgerBalances => ledger_balances(&mut db).await?,
            Rule::MoneyMatchesLedger => verify::ledger_drift(&mut db)
                .await?
                .into_iter()
                .map(Violation::from)
                .collect(),
            Rule::SumsMatchParts => {
                let drifts = [
                    verify::capture_drift(&mut db).await?,
                    verify::refund_drift(&mut db).await?,
                ]
                .concat();
                drifts.into_iter().map(Violation::from).collect()
            }
            Rule::OneWinner => verify::winner_drift(&mut db)
                .await?
                .into_iter()
                .map(Violation::from)
                .collect(),
            Rule::NothingForgotten => {
                let overdue = sweep::overdue(&mut db, self.db.env().now() - LATE).await?;
                overdue
                    .into_iter()
                    .map(|work| violation(work, "repeated in time", "overdue"))
                    .collect()
            }
        };
        violations.truncate(100);
        Ok(violations)
    }
}

async fn ledger_balances(db: &mut Reader<'_>) -> Result<Vec<Violation>, StoreError> {
    let kept = ledger::kept_balances(db).await?;
    let folded = ledger::folded_balances(db).await?;
    let mut violations = Vec::new();
    let mut accounts: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    let key = |(account, money): &(String, Money)| (account.clone(), money.currency().to_string());
    for balance in &kept {
        accounts.entry(key(balance)).or_default().0 = balance.1.minor();
    }
    for balance in &folded {
        accounts.entry(key(balance)).or_default().1 = balance.1.minor();
    }
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for ((account, currency), (kept, folded)) in &accounts {
        *sums.entry(currency).or_default() += kept;
        if kept != folded {
            violations.push(violation(
                format_args!("{account} in {currency}"),
                folded,
                kept,
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
