//! How a cart or an order comes to its total, as its buyer sees it.

use orders_contract::{LineId, PromotionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Money;

use crate::domain::promotion::Off;
use crate::domain::trail::{Share, Trail, TrailStep, What};

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainQuery {
    /// `true` adds `explanation`: each step to the total, with what roundings left out.
    #[serde(default)]
    pub(super) explain: bool,
}

/// Each step to the total: the sum of their `adds` is `total`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Explanation")]
pub(super) struct TrailView {
    /// Lines, promotions in the order in which they count, delivery, tax.
    steps: Vec<StepView>,
    total: Money,
}

/// One step. Which members it has follows from `kind`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExplanationStep")]
struct StepView {
    /// `line`, `promotion`, `delivery` or `tax`. More may come.
    kind: &'static str,
    /// What it adds to the total: negative for a promotion, zero for a tax that the prices contain.
    adds: Money,
    /// Of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_id: Option<LineId>,
    /// Of a line: the price of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<Money>,
    /// Of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<i64>,
    /// Of a promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    promotion_id: Option<PromotionId>,
    /// Of a promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Of the delivery: the chosen way.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_method: Option<String>,
    /// Of the tax, and of a promotion that takes a part off: a decimal string.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
    /// Of the tax: whether the prices contain it.
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<bool>,
    /// Of the tax and of promotions: what it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Money>,
    /// Of the tax: how much it is. Of a promotion that takes an amount off: that amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    /// What its rounding left out, in minor units, as a fraction: `-3/10`. The exact value is this more.
    #[serde(skip_serializing_if = "Option::is_none")]
    remainder: Option<String>,
    /// What it is handed out to.
    shares: Vec<ShareView>,
}

/// The share of a line in a promotion or the tax, or of the delivery in the tax. Shares add up to their step.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExplanationShare")]
struct ShareView {
    /// Absent for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_id: Option<LineId>,
    /// Shares are in proportion to this.
    base: Money,
    amount: Money,
    /// What its rounding left out, in minor units, as a fraction.
    remainder: String,
}

impl From<Trail> for TrailView {
    fn from(trail: Trail) -> Self {
        let zero = Money::zero(trail.currency);
        // All of them are within what was counted already.
        let money = |minor: i64| Money::new(minor, trail.currency).unwrap_or(zero);
        let steps = trail.steps.into_iter();
        Self {
            steps: steps.map(|step| StepView::of(step, &money)).collect(),
            total: trail.total,
        }
    }
}

impl StepView {
    fn of(step: TrailStep, money: &impl Fn(i64) -> Money) -> Self {
        let share = |share: Share| ShareView {
            line_id: share.line_id,
            base: money(share.base),
            amount: money(share.amount),
            remainder: share.remainder.to_string(),
        };
        let empty = Self {
            kind: "line",
            adds: money(step.adds),
            line_id: None,
            unit_price: None,
            quantity: None,
            promotion_id: None,
            code: None,
            shipping_method: None,
            rate: None,
            included: None,
            base: None,
            amount: None,
            remainder: None,
            shares: step.shares.into_iter().map(share).collect(),
        };
        match step.what {
            What::Line {
                line_id,
                unit_price,
                quantity,
            } => Self {
                line_id: Some(line_id),
                unit_price: Some(money(unit_price)),
                quantity: Some(quantity),
                ..empty
            },
            What::Promotion {
                promotion_id,
                code,
                off,
                base,
                remainder,
            } => {
                let (rate, amount) = match off {
                    Off::Rate(rate) => (Some(rate), None),
                    Off::Amount(amount) => (None, Some(money(amount))),
                };
                Self {
                    kind: "promotion",
                    promotion_id: Some(promotion_id),
                    code: Some(code),
                    rate,
                    amount,
                    base: Some(money(base)),
                    remainder: Some(remainder.to_string()),
                    ..empty
                }
            }
            What::Delivery { method } => Self {
                kind: "delivery",
                shipping_method: method,
                ..empty
            },
            What::Tax {
                rate,
                included,
                base,
                amount,
                remainder,
            } => Self {
                kind: "tax",
                rate: Some(rate),
                included: Some(included),
                base: Some(money(base)),
                amount: Some(money(amount)),
                remainder: Some(remainder.to_string()),
                ..empty
            },
        }
    }
}
