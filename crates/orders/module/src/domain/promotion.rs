//! A promotion: what it takes off, and when it counts.

mod change;
mod codes;
mod entry;

use std::collections::BTreeMap;

use orders_contract::{CartProblemCode, PromotionId};
use serde::{Deserialize, Serialize};
use tenon_kernel::{Currency, Money, Timestamp};

pub(crate) use self::change::{NewPromotion, PromotionChange, Takes};
#[cfg(test)]
pub(crate) use self::codes::CodeInCart;
pub(crate) use self::codes::Codes;
use super::tax::TaxRate;

/// Characters of a code.
pub(crate) const CODE_LENGTH: std::ops::RangeInclusive<usize> = 3..=40;

/// Amounts in minor units, one for each currency.
pub(crate) type Amounts = BTreeMap<Currency, i64>;

/// A promotion with its counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promotion {
    pub(crate) id: PromotionId,
    /// Grows with what staff changes, not with redemptions.
    pub(crate) version: i64,
    pub(crate) code: String,
    pub(crate) rule: Rule,
    /// What a cart must be worth, in the currencies that are named.
    pub(crate) minimum_subtotals: Amounts,
    pub(crate) valid_from: Option<Timestamp>,
    /// The first moment at which it is not valid any more.
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) status: PromotionStatus,
    /// How often it may be redeemed by all buyers together.
    pub(crate) total_limit: Option<i64>,
    /// How often it may be redeemed by one buyer.
    pub(crate) customer_limit: Option<i64>,
    /// Whether it counts beside others.
    pub(crate) combinable: bool,
    /// Redemptions that were not released.
    pub(crate) redeemed: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What a promotion takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A part of what the lines cost.
    Percent(TaxRate),
    /// An amount, in the currencies that are named.
    Fixed(Amounts),
}

/// What a rule takes off in one currency. Kept in quotes: names never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Off {
    /// A part between 0 and 1, as a decimal string.
    Rate(String),
    /// Minor units.
    Amount(i64),
}

/// Whether staff wants it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PromotionStatus {
    Active,
    Disabled,
}

/// Why a promotion does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It has not begun, has ended, or was disabled.
    Ended,
    /// It was used as often as it may be.
    Exhausted,
    /// The cart must be worth this much.
    Minimum(Money),
    /// It takes nothing off in the cart's currency.
    Currency,
}

impl PromotionStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Disabled]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

impl Rule {
    /// What it takes off in a currency; `None` if nothing.
    pub(crate) fn off(&self, currency: Currency) -> Option<Off> {
        match self {
            Self::Percent(rate) => Some(Off::Rate(rate.to_string())),
            Self::Fixed(amounts) => amounts.get(&currency).copied().map(Off::Amount),
        }
    }
}

impl Promotion {
    /// Whether it is on at this moment.
    pub(crate) fn is_on(&self, now: Timestamp) -> bool {
        self.status == PromotionStatus::Active
            && self.valid_from.is_none_or(|from| from <= now)
            && self.valid_until.is_none_or(|until| now < until)
    }

    /// Whether it can be redeemed once more by a buyer who has redeemed it `used` times.
    pub(crate) fn is_left(&self, used: i64) -> bool {
        self.total_limit.is_none_or(|limit| self.redeemed < limit)
            && self.customer_limit.is_none_or(|limit| used < limit)
    }

    /// Why it does not count for a cart that is worth `subtotal`; `None` if it does.
    pub(crate) fn misfit(&self, subtotal: Money, used: i64, now: Timestamp) -> Option<Misfit> {
        let currency = subtotal.currency();
        if !self.is_on(now) {
            return Some(Misfit::Ended);
        }
        if !self.is_left(used) {
            return Some(Misfit::Exhausted);
        }
        if self.rule.off(currency).is_none() {
            return Some(Misfit::Currency);
        }
        let minimum = self.minimum_subtotals.get(&currency)?;
        let minimum = Money::new(*minimum, currency).ok()?;
        (subtotal.minor() < minimum.minor()).then_some(Misfit::Minimum(minimum))
    }
}

impl Misfit {
    /// The problem that buyers are told of.
    pub(crate) fn code(self) -> CartProblemCode {
        match self {
            Self::Ended => CartProblemCode::PromotionEnded,
            Self::Exhausted => CartProblemCode::PromotionExhausted,
            Self::Minimum(_) => CartProblemCode::PromotionMinimum,
            Self::Currency => CartProblemCode::PromotionCurrency,
        }
    }

    /// One sentence for people.
    pub(crate) fn detail(self, code: &str) -> String {
        match self {
            Self::Ended => format!("{code} does not count any more"),
            Self::Exhausted => format!("{code} is used up"),
            Self::Minimum(minimum) => format!("{code} counts for carts worth {minimum} or more"),
            Self::Currency => format!("{code} does not count in the cart's currency"),
        }
    }
}

/// The form in which codes are stored and compared: capital letters. `None` if it cannot be a code.
pub(crate) fn normal_code(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = CODE_LENGTH.contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    fits.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
#[path = "promotion_tests.rs"]
mod tests;
