//! Which accounts a fact moves money between.
//!
//! | account | side | meaning |
//! |---|---|---|
//! | `psp_receivable/<provider>` | debit | taken from buyers, owed to us by the provider |
//! | `sales_clearing` | credit | taken for orders |
//! | `refunds` | debit | given back |
//! | `psp_authorized/<provider>` | debit | promised, memo only |
//! | `authorizations` | credit | the other side of the promises |

use tenon_kernel::Money;

words! {
    /// What happened.
    EntryKind {
        /// The provider promised money.
        Authorization = "authorization",
        /// The promise was let go.
        Void = "void",
        /// Promised money was taken.
        Capture = "capture",
        /// Taken money was given back.
        Refund = "refund",
    }
}

/// One amount from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) amount: Money,
}

/// Returns the transfers of a fact, in order.
pub(crate) fn transfers(kind: EntryKind, provider: &str, amount: Money) -> Vec<Transfer> {
    let receivable = format!("psp_receivable/{provider}");
    let promised = format!("psp_authorized/{provider}");
    let memo = "authorizations".to_owned();
    let transfer = |debit: String, credit: String| Transfer {
        debit,
        credit,
        amount,
    };
    match kind {
        EntryKind::Authorization => vec![transfer(promised, memo)],
        EntryKind::Void => vec![transfer(memo, promised)],
        EntryKind::Capture => {
            vec![
                transfer(memo, promised),
                transfer(receivable, "sales_clearing".to_owned()),
            ]
        }
        EntryKind::Refund => vec![transfer("refunds".to_owned(), receivable)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn any_sequence_of_facts_sums_to_zero(
            facts in vec((select(EntryKind::ALL.to_vec()), 1_i64..1_000_000), 0..50),
        ) {
            let mut balances = BTreeMap::<String, i64>::new();
            for (kind, minor) in facts {
                let amount = Money::new(minor, "EUR".parse().expect("known")).expect("in range");
                for transfer in transfers(kind, "simulator", amount) {
                    *balances.entry(transfer.debit).or_default() += transfer.amount.minor();
                    *balances.entry(transfer.credit).or_default() -= transfer.amount.minor();
                }
            }
            prop_assert_eq!(balances.values().sum::<i64>(), 0);
        }
    }

    #[test]
    fn a_promise_that_is_taken_or_let_go_leaves_nothing_promised() {
        let amount = Money::new(500, "EUR".parse().expect("known")).expect("in range");
        for end in [EntryKind::Void, EntryKind::Capture] {
            let promised: i64 = [EntryKind::Authorization, end]
                .into_iter()
                .flat_map(|kind| transfers(kind, "p", amount))
                .map(
                    |transfer| match (transfer.debit.as_str(), transfer.credit.as_str()) {
                        ("psp_authorized/p", _) => 500,
                        (_, "psp_authorized/p") => -500,
                        _ => 0,
                    },
                )
                .sum();
            assert_eq!(promised, 0, "{end:?}");
        }
    }
}
