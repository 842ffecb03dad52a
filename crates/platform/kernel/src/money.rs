//! Money: integer minor units of one currency.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest amount that a JSON reader with 64-bit floats keeps exact (2^53 - 1).
const MAX_MINOR: i64 = 9_007_199_254_740_991;

/// The currencies on sale, with their ISO 4217 exponents.
const CURRENCIES: &[(&str, u8)] = &[
    ("AUD", 2),
    ("BHD", 3),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CNY", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("IDR", 2),
    ("ILS", 2),
    ("INR", 2),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("MXN", 2),
    ("MYR", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("OMR", 3),
    ("PHP", 2),
    ("PLN", 2),
    ("RON", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TND", 3),
    ("TRY", 2),
    ("TWD", 2),
    ("USD", 2),
    ("VND", 0),
    ("ZAR", 2),
];

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// An amount in minor units (cents, or whole yen), at most 2^53 - 1 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)] // as `Deserialize` below does: a misspelt member must not lose money
pub struct Money {
    /// Minor units: 1999 is 19.99 EUR.
    #[schemars(range(min = -9_007_199_254_740_991_i64, max = 9_007_199_254_740_991_i64))]
    amount: i64,
    /// ISO 4217 code.
    currency: Currency,
}

/// Why money could not be made or added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The amount leaves ±(2^53 - 1).
    #[error("the amount is out of range")]
    OutOfRange,
    /// Two currencies met in one sum.
    #[error("{left} and {right} cannot be added")]
    CurrencyMismatch {
        /// Currency of the sum so far.
        left: Currency,
        /// Currency of what was to be added.
        right: Currency,
    },
    /// No currency has this code.
    #[error("not a known ISO 4217 currency")]
    UnknownCurrency,
}

impl Currency {
    /// Returns the three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("currency codes are ASCII")
    }

    /// Returns how many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u8 {
        CURRENCIES
            .iter()
            .find(|(code, _)| *code == self.code())
            .map_or(2, |(_, exponent)| *exponent)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let known = CURRENCIES
            .iter()
            .find(|(known, _)| *known == code)
            .ok_or(MoneyError::UnknownCurrency)?;
        let mut bytes = [0; 3];
        bytes.copy_from_slice(known.0.as_bytes());
        Ok(Self(bytes))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = CURRENCIES.iter().map(|(code, _)| *code).collect();
        json_schema!({ "type": "string", "description": "ISO 4217 code.", "enum": codes })
    }
}

impl Money {
    /// Takes minor units.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] beyond ±(2^53 - 1).
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.checked_abs().is_none_or(|size| size > MAX_MINOR) {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self {
            amount: minor,
            currency,
        })
    }

    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self {
            amount: 0,
            currency,
        }
    }

    /// Returns minor units.
    pub const fn minor(self) -> i64 {
        self.amount
    }

    /// Returns the currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Adds two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let sum = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::OutOfRange)?;
        Self::new(sum, self.currency)
    }

    /// Subtracts one amount from another of the same currency.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let difference = self
            .amount
            .checked_sub(other.amount)
            .ok_or(MoneyError::OutOfRange)?;
        Self::new(difference, self.currency)
    }

    /// Multiplies by a quantity.
    pub fn checked_mul(self, quantity: i64) -> Result<Self, MoneyError> {
        let product = self
            .amount
            .checked_mul(quantity)
            .ok_or(MoneyError::OutOfRange)?;
        Self::new(product, self.currency)
    }

    /// Sums amounts of one currency; an empty sum is zero.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }
}

/// For people: `19.99 EUR`, `1200 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.amount < 0 { "-" } else { "" };
        let size = self.amount.unsigned_abs();
        if exponent == 0 {
            return write!(f, "{sign}{size} {}", self.currency);
        }
        let unit = 10_u64.pow(u32::from(self.currency.exponent()));
        write!(
            f,
            "{sign}{}.{:0exponent$} {}",
            size / unit,
            size % unit,
            self.currency
        )
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            amount: i64,
            currency: Currency,
        }
        let parts = Parts::deserialize(deserializer)?;
        Self::new(parts.amount, parts.currency).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("known")).expect("in range")
    }

    #[test]
    fn currencies_do_not_mix() {
        let yen = Money::new(5, "JPY".parse().expect("known")).expect("in range");
        assert!(matches!(
            eur(5).checked_add(yen),
            Err(MoneyError::CurrencyMismatch { .. })
        ));
    }

    #[test]
    fn people_read_the_right_number_of_decimals() {
        assert_eq!(eur(-5).to_string(), "-0.05 EUR");
        assert_eq!(
            Money::new(1200, "JPY".parse().expect("known"))
                .expect("in range")
                .to_string(),
            "1200 JPY"
        );
        assert_eq!(
            Money::new(1200, "KWD".parse().expect("known"))
                .expect("in range")
                .to_string(),
            "1.200 KWD"
        );
    }

    proptest! {
        #[test]
        fn arithmetic_is_exact_or_refused(a: i64, b: i64) {
            let currency: Currency = "EUR".parse().expect("known");
            if let (Ok(left), Ok(right)) = (Money::new(a, currency), Money::new(b, currency)) {
                match left.checked_add(right) {
                    Ok(sum) => prop_assert_eq!(i128::from(sum.minor()), i128::from(a) + i128::from(b)),
                    Err(error) => prop_assert_eq!(error, MoneyError::OutOfRange),
                }
            }
        }
    }
}
