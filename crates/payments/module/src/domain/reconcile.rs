//! Comparing what the provider says it took or gave back with what is recorded here.

/// What the provider took and gave back of an attempt so far, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
}

/// What a provider's total settles.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// How many of the open operations, oldest first, are done.
    pub(crate) operations: usize,
    /// Minor units that no operation here explains.
    pub(crate) unexplained: i64,
}

/// Matches the provider's `total` with what is `settled` here and the `open` amounts, oldest first.
///
/// An open operation is done if the total covers it. What is left over is unexplained only when nothing is open:
/// an open operation may still turn out to be the explanation.
pub(crate) fn settle_up_to(total: i64, settled: i64, open: &[i64]) -> Settled {
    let mut left = total.saturating_sub(settled);
    let mut operations = 0;
    for &amount in open {
        if amount > left {
            break;
        }
        left -= amount;
        operations += 1;
    }
    let unexplained = if operations == open.len() {
        left.max(0)
    } else {
        0
    };
    Settled {
        operations,
        unexplained,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn an_amount_taken_elsewhere_is_unexplained() {
        assert_eq!(
            settle_up_to(500, 0, &[]),
            Settled {
                operations: 0,
                unexplained: 500
            }
        );
        assert_eq!(
            settle_up_to(500, 0, &[700]),
            Settled {
                operations: 0,
                unexplained: 0
            }
        );
    }

    proptest! {
        #[test]
        fn never_more_is_settled_than_the_provider_says(
            total in 0_i64..10_000, settled in 0_i64..5_000, open in vec(1_i64..3_000, 0..6),
        ) {
            let outcome = settle_up_to(total, settled, &open);
            let sum: i64 = open[..outcome.operations].iter().sum();
            prop_assert!(sum + outcome.unexplained <= (total - settled).max(0));
        }

        #[test]
        fn a_late_total_settles_nothing(settled in 0_i64..5_000, behind in 0_i64..5_000, open in vec(1_i64..3_000, 0..6)) {
            let outcome = settle_up_to(settled - behind, settled, &open);
            prop_assert_eq!(outcome, Settled { operations: 0, unexplained: 0 });
        }
    }
}
