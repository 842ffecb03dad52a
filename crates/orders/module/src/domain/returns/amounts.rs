//! What a buyer gets back: each piece its share of its line, to the minor unit and never more than was paid.

use orders_contract::{OrderLine, Totals};
use tenon_kernel::{Money, MoneyError};

/// What the buyer paid for a line: its total, and its tax unless that is contained.
pub(crate) fn paid_for(line: &OrderLine, totals: &Totals) -> Result<Money, MoneyError> {
    if totals.tax_included {
        Ok(line.total)
    } else {
        line.total.checked_add(line.tax)
    }
}

/// What the buyer paid for delivery, its tax included: what of the order's total is for no line.
pub(crate) fn paid_for_delivery(lines: &[OrderLine], totals: &Totals) -> Result<Money, MoneyError> {
    let mut rest = totals.total;
    for line in lines {
        rest = rest.checked_sub(paid_for(line, totals)?)?;
    }
    Ok(if rest.minor() < 0 {
        Money::zero(rest.currency())
    } else {
        rest
    })
}

/// What goes back for `pieces` of a line of which `before` pieces came back already, for `given` altogether.
///
/// After each return the sum given is the share of all pieces that came back, rounded down; so the last piece takes what
/// is left, and the sum is never more than was paid.
pub(crate) fn share(
    paid: Money,
    quantity: i64,
    before: i64,
    given: Money,
    pieces: i64,
) -> Result<Money, MoneyError> {
    let back = i128::from(before) + i128::from(pieces);
    let due = i128::from(paid.minor()) * back / i128::from(quantity.max(1));
    let due = i64::try_from(due).map_err(|_| MoneyError::OutOfRange)?;
    let due = due.min(paid.minor()) - given.minor();
    Money::new(due.max(0), paid.currency())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("known")).expect("in range")
    }

    #[test]
    fn the_last_piece_takes_the_rest() {
        let paid = eur(100);
        let first = share(paid, 3, 0, eur(0), 1).expect("in range");
        let second = share(paid, 3, 1, first, 1).expect("in range");
        let given = first.checked_add(second).expect("in range");
        let third = share(paid, 3, 2, given, 1).expect("in range");
        assert_eq!(
            [first, second, third].map(Money::minor),
            [33, 33, 34],
            "33 ⅓ each"
        );
    }

    proptest! {
        /// However pieces come back, the parts are never more than was paid, and exactly that once all are back.
        #[test]
        fn parts_never_exceed_what_was_paid(
            paid in 0_i64..1_000_000_000_000, parts in proptest::collection::vec(1_i64..200, 1..40), kept in 0_i64..50,
        ) {
            let quantity = parts.iter().sum::<i64>() + kept;
            let (mut before, mut given) = (0, 0);
            for part in parts {
                let amount = share(eur(paid), quantity, before, eur(given), part).expect("in range").minor();
                prop_assert!(amount >= 0);
                before += part;
                given += amount;
                prop_assert!(given <= paid);
                let exact = i128::from(paid) * i128::from(before);
                let off = exact - i128::from(given) * i128::from(quantity);
                prop_assert!((0..i128::from(quantity)).contains(&off), "less than one minor unit off");
            }
            prop_assert_eq!(given == paid, before == quantity || i128::from(paid) * i128::from(before) / i128::from(quantity) == i128::from(paid));
        }

        /// A discount makes the total no multiple of the quantity; the line's tax goes back with it.
        #[test]
        fn a_whole_line_gives_back_total_and_tax(total in 0_i64..1_000_000, tax in 0_i64..100_000, quantity in 1_i64..500) {
            let paid = eur(total + tax);
            let mut given = 0;
            for before in 0..quantity {
                given += share(paid, quantity, before, eur(given), 1).expect("in range").minor();
            }
            prop_assert_eq!(given, total + tax);
        }
    }
}
