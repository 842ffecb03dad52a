//! Sums handed out to parts: whole minor units that add up, and what rounding left out.

use std::cmp::Reverse;
use std::fmt;

/// What a rounding left out: the exact value is the rounded one and this, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remainder {
    numerator: i128,
    denominator: i128,
}

/// Splits a sum over parts in proportion to their amounts, by the largest remainder.
///
/// The shares add up to the sum, each differs from its exact share by less than one minor unit, and equal amounts
/// differ by at most one; ties go to the earlier part. A sum that is not larger than all amounts together gives no part
/// more than its amount. Amounts and sum are not negative; where all amounts are nothing, so are all shares.
pub(crate) fn split(sum: i64, amounts: &[i64]) -> Vec<i64> {
    let whole: i64 = amounts.iter().sum();
    if whole == 0 {
        return vec![0; amounts.len()];
    }
    let exact = |amount: i64| i128::from(sum) * i128::from(amount);
    let floor = |amount: i64| {
        i64::try_from(exact(amount) / i128::from(whole))
            .expect("a share is not larger than the sum")
    };
    let mut shares: Vec<i64> = amounts.iter().map(|&amount| floor(amount)).collect();
    let mut left = sum - shares.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..amounts.len()).collect();
    by_remainder.sort_by_key(|&part| Reverse(exact(amounts[part]) % i128::from(whole)));
    for part in by_remainder {
        if left == 0 {
            break;
        }
        shares[part] += 1;
        left -= 1;
    }
    shares
}

/// What each share of [`split`] leaves out; they add up to nothing.
pub(crate) fn remainders(sum: i64, amounts: &[i64], shares: &[i64]) -> Vec<Remainder> {
    let whole: i128 = amounts.iter().copied().map(i128::from).sum();
    let parts = amounts.iter().zip(shares);
    parts
        .map(|(&amount, &share)| {
            let exact = i128::from(sum) * i128::from(amount);
            Remainder::of(exact - i128::from(share) * whole, whole)
        })
        .collect()
}

impl Remainder {
    /// Takes a fraction with a positive denominator, or nothing over nothing.
    pub(crate) fn of(numerator: i128, denominator: i128) -> Self {
        let divisor = greatest_common_divisor(numerator.abs(), denominator);
        if numerator == 0 || divisor == 0 {
            return Self {
                numerator: 0,
                denominator: 1,
            };
        }
        Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        }
    }
}

impl fmt::Display for Remainder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            return write!(f, "{}", self.numerator);
        }
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 {
        return a;
    }
    greatest_common_divisor(b, a % b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn remainders_go_to_the_largest_first_and_ties_to_the_earlier() {
        assert_eq!(split(2, &[5, 5, 5]), [1, 1, 0]);
        assert_eq!(split(5, &[0, 0]), [0, 0]);
        let left = remainders(2, &[5, 5, 5], &[1, 1, 0]);
        let left: Vec<String> = left.iter().map(Remainder::to_string).collect();
        assert_eq!(left, ["-1/3", "-1/3", "2/3"]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_take_no_part_more_than_it_has(
            amounts in proptest::collection::vec(0_i64..1_000_000_000_000, 1..100),
            portion in 0_i64..=1_000,
        ) {
            let whole: i64 = amounts.iter().sum();
            let sum = whole / 1_000 * portion;
            let shares = split(sum, &amounts);
            prop_assert_eq!(shares.iter().sum::<i64>(), sum);
            for (share, amount) in shares.iter().zip(&amounts) {
                prop_assert!((0..=*amount).contains(share));
            }
            for left in remainders(sum, &amounts, &shares) {
                prop_assert!(left.numerator.abs() < left.denominator);
            }
        }
    }
}
