//! Tax: one rounding for each order, its remainders handed out to the parts so that they add up.

use std::fmt;
use std::str::FromStr;

use super::split::{Remainder, split};

/// Decimals of a rate: 0.081 is 81,000 millionths.
const MILLION: i64 = 1_000_000;

/// A tax rate between 0 and 1, exact to a millionth; written as a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaxRate {
    millionths: i64,
}

/// The text is not a tax rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal between 0 and 1 with at most six decimals, such as 0.19")]
pub struct ParseTaxRateError;

impl FromStr for TaxRate {
    type Err = ParseTaxRateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !matches!(whole, "0" | "1") || !digits(decimals) || decimals.len() > 6 {
            return Err(ParseTaxRateError);
        }
        let whole: i64 = whole.parse().map_err(|_| ParseTaxRateError)?;
        let decimals: i64 = format!("{decimals:0<6}")
            .parse()
            .map_err(|_| ParseTaxRateError)?;
        let millionths = whole * MILLION + decimals;
        if millionths > MILLION {
            return Err(ParseTaxRateError);
        }
        Ok(Self { millionths })
    }
}

impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!(
            "{}.{:06}",
            self.millionths / MILLION,
            self.millionths % MILLION
        );
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl TaxRate {
    /// The tax contained in a gross amount, or due on a net amount; half a minor unit rounds up.
    pub(crate) fn tax_on(self, amount: i64, included: bool) -> i64 {
        let (rate, base) = self.fraction(included);
        let tax = (i128::from(amount) * rate * 2 + base) / (base * 2);
        i64::try_from(tax).expect("a tax is not larger than the amount it is on")
    }

    /// What the rounding of [`TaxRate::tax_on`] left out.
    pub(crate) fn remainder(self, amount: i64, included: bool) -> Remainder {
        let (rate, base) = self.fraction(included);
        let rounded = i128::from(self.tax_on(amount, included));
        Remainder::of(i128::from(amount) * rate - rounded * base, base)
    }

    /// Whether it is more than nothing.
    pub(crate) const fn is_positive(self) -> bool {
        self.millionths > 0
    }

    /// The tax on one minor unit, as numerator and denominator.
    fn fraction(self, included: bool) -> (i128, i128) {
        let rate = i128::from(self.millionths);
        let contained = if included { rate } else { 0 };
        (rate, i128::from(MILLION) + contained)
    }
}

/// Splits the tax on the sum of `amounts` over them: one rounding, and shares that add up to it. Amounts are not negative.
pub(crate) fn split_tax(rate: TaxRate, included: bool, amounts: &[i64]) -> Vec<i64> {
    split(rate.tax_on(amounts.iter().sum(), included), amounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> TaxRate {
        text.parse().expect("valid")
    }

    #[test]
    fn rates_are_exact_decimals() {
        assert_eq!(rate("0.19").to_string(), "0.19");
        assert_eq!(rate("0.081").millionths, 81_000);
        assert_eq!(rate("0").to_string(), "0");
        assert_eq!(rate("1").to_string(), "1");
        for wrong in [
            "",
            "19",
            "0,19",
            "-0.1",
            "1.1",
            "0.1234567",
            ".5",
            "0.",
            "1e-1",
            "+0.1",
        ] {
            assert_eq!(wrong.parse::<TaxRate>(), Err(ParseTaxRateError), "{wrong}");
        }
    }

    #[test]
    fn included_tax_is_taken_out_and_added_tax_is_put_on() {
        assert_eq!(rate("0.19").tax_on(11_900, true), 1_900);
        assert_eq!(rate("0.19").tax_on(10_000, false), 1_900);
        assert_eq!(rate("0.5").tax_on(1, false), 1, "half a unit rounds up");
    }

    #[test]
    fn remainders_go_to_the_largest_first_and_ties_to_the_earlier() {
        assert_eq!(split_tax(rate("0.1"), false, &[5, 5, 5]), [1, 1, 0]);
        assert_eq!(split_tax(rate("0.19"), true, &[0, 0]), [0, 0]);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_tax(
            millionths in 0..=MILLION,
            included: bool,
            amounts in proptest::collection::vec(0_i64..1_000_000_000_000, 1..100),
        ) {
            let rate = TaxRate { millionths };
            let sum = amounts.iter().sum();
            let shares = split_tax(rate, included, &amounts);
            prop_assert_eq!(shares.iter().sum::<i64>(), rate.tax_on(sum, included));
            for (share, amount) in shares.iter().zip(&amounts) {
                prop_assert!((0..=*amount).contains(share) || *share == 0);
            }
        }

        #[test]
        fn rates_survive_text(millionths in 0..=MILLION) {
            let rate = TaxRate { millionths };
            prop_assert_eq!(rate.to_string().parse::<TaxRate>(), Ok(rate));
        }
    }
}
