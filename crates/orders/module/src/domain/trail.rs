//! How a cart or an order comes to its total, step by step, down to what each rounding left out.

use orders_contract::{LineId, PromotionId};
use tenon_kernel::{Currency, Money};

use super::cart::Cart;
use super::promotion::Off;
use super::quote::{Price, Quote, QuotedPromotion};
use super::split::{Remainder, remainders};
use super::tax::TaxRate;

/// Steps whose `adds` add up to the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trail {
    pub(crate) currency: Currency,
    pub(crate) steps: Vec<TrailStep>,
    pub(crate) total: Money,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrailStep {
    pub(crate) what: What,
    /// What it adds to the total, in minor units; negative for promotions.
    pub(crate) adds: i64,
    /// What it is handed out to, in the order of the lines; for the tax, delivery comes last.
    pub(crate) shares: Vec<Share>,
}

/// What a step is about. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Line {
        line_id: LineId,
        unit_price: i64,
        quantity: i64,
    },
    Promotion {
        promotion_id: PromotionId,
        code: String,
        off: Off,
        base: i64,
        remainder: Remainder,
    },
    Delivery {
        method: Option<String>,
    },
    Tax {
        rate: String,
        included: bool,
        base: i64,
        amount: i64,
        remainder: Remainder,
    },
}

/// The share of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// Of a line; of the delivery if absent.
    pub(crate) line_id: Option<LineId>,
    /// In proportion to this.
    pub(crate) base: i64,
    pub(crate) amount: i64,
    pub(crate) remainder: Remainder,
}

/// A line as it goes into the sum.
struct Line {
    id: LineId,
    unit_price: i64,
    quantity: i64,
}

impl Trail {
    /// How a cart comes to its price.
    pub(crate) fn of_cart(cart: &Cart, price: &Price) -> Self {
        let lines = cart.lines.iter().map(|line| Line {
            id: line.id,
            unit_price: line.unit_price.minor(),
            quantity: line.quantity,
        });
        let totals = &price.totals;
        let method = price.shipping.as_ref().map(|option| option.code.clone());
        let mut trail = Self::start(totals.total, lines.collect());
        let left = trail.promotions(&price.promotions);
        trail.delivery(method, totals.shipping);
        trail.tax(&price.tax_rate, totals, left, &price.line_taxes);
        trail
    }

    /// How an order came to its total, from what was frozen when its checkout began.
    pub(crate) fn of_quote(quote: &Quote) -> Self {
        let lines = quote.lines.iter().map(|line| Line {
            id: line.line_id,
            unit_price: line.unit_price.minor(),
            quantity: line.quantity,
        });
        let totals = &quote.totals;
        let taxes: Vec<Money> = quote.lines.iter().map(|line| line.tax).collect();
        let mut trail = Self::start(totals.total, lines.collect());
        let left = trail.promotions(&quote.promotions);
        trail.delivery(quote.shipping_method.clone(), totals.shipping);
        trail.tax(&quote.tax_rate, totals, left, &taxes);
        trail
    }

    fn start(total: Money, lines: Vec<Line>) -> Self {
        let steps = lines.into_iter().map(|line| TrailStep {
            adds: line.unit_price * line.quantity,
            what: What::Line {
                line_id: line.id,
                unit_price: line.unit_price,
                quantity: line.quantity,
            },
            shares: Vec::new(),
        });
        Self {
            currency: total.currency(),
            steps: steps.collect(),
            total,
        }
    }

    /// Adds the promotions; returns what is left of each line.
    fn promotions(&mut self, promotions: &[QuotedPromotion]) -> Vec<(LineId, i64)> {
        let lines = self.steps.iter().filter_map(|step| match step.what {
            What::Line { line_id, .. } => Some((line_id, step.adds)),
            _ => None,
        });
        let mut left: Vec<(LineId, i64)> = lines.collect();
        for promotion in promotions {
            let amounts: Vec<i64> = left.iter().map(|(_, amount)| *amount).collect();
            let base = amounts.iter().sum();
            let discount: i64 = promotion.shares.iter().sum();
            let remainder = match &promotion.off {
                Off::Rate(rate) => rate_of(rate).remainder(base, false),
                Off::Amount(_) => Remainder::of(0, 1),
            };
            let ids: Vec<Option<LineId>> = left.iter().map(|(id, _)| Some(*id)).collect();
            self.steps.push(TrailStep {
                what: What::Promotion {
                    promotion_id: promotion.promotion_id,
                    code: promotion.code.clone(),
                    off: promotion.off.clone(),
                    base,
                    remainder,
                },
                adds: -discount,
                shares: shares(&ids, discount, &amounts, &promotion.shares),
            });
            for ((_, left), share) in left.iter_mut().zip(&promotion.shares) {
                *left -= share;
            }
        }
        left
    }

    fn delivery(&mut self, method: Option<String>, price: Money) {
        self.steps.push(TrailStep {
            what: What::Delivery { method },
            adds: price.minor(),
            shares: Vec::new(),
        });
    }

    fn tax(
        &mut self,
        rate: &str,
        totals: &orders_contract::Totals,
        left: Vec<(LineId, i64)>,
        line_taxes: &[Money],
    ) {
        let mut ids: Vec<Option<LineId>> = left.iter().map(|(id, _)| Some(*id)).collect();
        let mut amounts: Vec<i64> = left.into_iter().map(|(_, amount)| amount).collect();
        ids.push(None);
        amounts.push(totals.shipping.minor());
        let amount = totals.tax.minor();
        let mut taxes: Vec<i64> = line_taxes.iter().map(|tax| tax.minor()).collect();
        taxes.push(amount - taxes.iter().sum::<i64>());
        let (base, included) = (amounts.iter().sum(), totals.tax_included);
        self.steps.push(TrailStep {
            what: What::Tax {
                rate: rate.to_owned(),
                included,
                base,
                amount,
                remainder: rate_of(rate).remainder(base, included),
            },
            adds: if included { 0 } else { amount },
            shares: shares(&ids, amount, &amounts, &taxes),
        });
    }
}

fn shares(ids: &[Option<LineId>], sum: i64, bases: &[i64], amounts: &[i64]) -> Vec<Share> {
    let left_out = remainders(sum, bases, amounts);
    let parts = ids.iter().zip(bases).zip(amounts).zip(left_out);
    parts
        .map(|(((line_id, base), amount), remainder)| Share {
            line_id: *line_id,
            base: *base,
            amount: *amount,
            remainder,
        })
        .collect()
}

/// Rates are written by us from ones that were read.
fn rate_of(text: &str) -> TaxRate {
    text.parse().unwrap_or_default()
}
