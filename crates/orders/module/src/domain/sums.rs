//! What a cart comes to: one function from prices, promotions, delivery and tax rate to whole minor units.
//!
//! Each promotion and the tax are rounded once, on the sum of what they are on, and handed out by the largest remainder.

use tenon_kernel::{Currency, Money, MoneyError};

use super::promotion::Off;
use super::split::split;
use super::tax::{TaxRate, split_tax};

/// What goes into the sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) currency: Currency,
    /// Each line at its price.
    pub(crate) amounts: Vec<i64>,
    /// What promotions take off, one after the other.
    pub(crate) offs: Vec<Off>,
    pub(crate) delivery: i64,
    pub(crate) tax_rate: TaxRate,
    pub(crate) tax_included: bool,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) subtotal: Money,
    pub(crate) discount: Money,
    pub(crate) tax: Money,
    pub(crate) total: Money,
    /// What each promotion takes off each line.
    pub(crate) shares: Vec<Vec<i64>>,
    pub(crate) line_discounts: Vec<Money>,
    pub(crate) line_taxes: Vec<Money>,
}

impl Parts {
    /// Adds up.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] if it is more than can be counted.
    pub(crate) fn add_up(&self) -> Result<Sums, MoneyError> {
        let money = |minor: i64| Money::new(minor, self.currency);
        let list = |amounts: &[i64]| {
            let amounts = amounts.iter().map(|&minor| money(minor));
            amounts.collect::<Result<Vec<Money>, MoneyError>>()
        };
        let subtotal = Money::sum(self.currency, list(&self.amounts)?)?;

        let mut left = self.amounts.clone();
        let mut shares = Vec::with_capacity(self.offs.len());
        for off in &self.offs {
            let share = split(off.of(left.iter().sum()), &left);
            for (left, share) in left.iter_mut().zip(&share) {
                *left -= share;
            }
            shares.push(share);
        }
        let pairs = self.amounts.iter().zip(&left);
        let line_discounts: Vec<i64> = pairs.map(|(amount, left)| amount - left).collect();
        let discount = money(line_discounts.iter().sum())?;

        let mut taxed = left;
        taxed.push(self.delivery);
        let tax_shares = split_tax(self.tax_rate, self.tax_included, &taxed);
        let tax = money(tax_shares.iter().sum())?;

        let paid = subtotal.checked_sub(discount)?;
        let paid = paid.checked_add(money(self.delivery)?)?;
        let total = if self.tax_included {
            paid
        } else {
            paid.checked_add(tax)?
        };
        Ok(Sums {
            subtotal,
            discount,
            tax,
            total,
            shares,
            line_discounts: list(&line_discounts)?,
            line_taxes: list(&tax_shares[..self.amounts.len()])?,
        })
    }
}

impl Off {
    /// What it takes off lines that cost so much together: never more than that; half a minor unit rounds up.
    pub(crate) fn of(&self, base: i64) -> i64 {
        match self {
            // Rates are written by us from ones that were read.
            Self::Rate(rate) => rate
                .parse::<TaxRate>()
                .unwrap_or_default()
                .tax_on(base, false),
            Self::Amount(amount) => (*amount).min(base),
        }
    }
}
