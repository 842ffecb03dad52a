//! A promotion as staff sees it, and members that bodies of promotions share.

use orders_contract::PromotionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};

use crate::domain::promotion::{Amounts, Promotion, PromotionStatus, Rule};

/// A promotion.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Promotion")]
pub(super) struct PromotionView {
    id: PromotionId,
    /// What buyers enter, in any letter case.
    code: String,
    kind: PromotionKind,
    /// Of `percent`: the part of the lines' price that it takes off, as a decimal string.
    rate: Option<String>,
    /// Of `fixed`: what it takes off, in each currency that it counts in.
    amounts: Vec<Money>,
    /// What a cart must be worth, before any discount; nothing in currencies that are not named.
    minimum_subtotals: Vec<Money>,
    /// It counts from this moment.
    valid_from: Option<Timestamp>,
    /// From this moment it does not count any more.
    valid_until: Option<Timestamp>,
    status: PromotionState,
    /// How often all buyers together may redeem it.
    total_limit: Option<i64>,
    /// How often one buyer may redeem it: an account, or the mail address of a guest.
    customer_limit: Option<i64>,
    /// Whether it counts beside other promotions that are combinable, too.
    combinable: bool,
    /// How often it is redeemed: by orders that are placed, or wait for their payment. Not part of the version.
    redeemed: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What a promotion takes off.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PromotionKind {
    /// A part of what the lines cost.
    Percent,
    /// An amount.
    Fixed,
}

/// Whether a promotion is to count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PromotionState {
    Active,
    Disabled,
}

impl From<PromotionState> for PromotionStatus {
    fn from(state: PromotionState) -> Self {
        match state {
            PromotionState::Active => Self::Active,
            PromotionState::Disabled => Self::Disabled,
        }
    }
}

impl From<PromotionStatus> for PromotionState {
    fn from(status: PromotionStatus) -> Self {
        match status {
            PromotionStatus::Active => Self::Active,
            PromotionStatus::Disabled => Self::Disabled,
        }
    }
}

impl From<Promotion> for PromotionView {
    fn from(promotion: Promotion) -> Self {
        let (kind, rate, fixed) = match &promotion.rule {
            Rule::Percent(rate) => (PromotionKind::Percent, Some(rate.to_string()), None),
            Rule::Fixed(amounts) => (PromotionKind::Fixed, None, Some(amounts)),
        };
        Self {
            kind,
            rate,
            amounts: fixed.map(monies).unwrap_or_default(),
            minimum_subtotals: monies(&promotion.minimum_subtotals),
            id: promotion.id,
            code: promotion.code,
            valid_from: promotion.valid_from,
            valid_until: promotion.valid_until,
            status: promotion.status.into(),
            total_limit: promotion.total_limit,
            customer_limit: promotion.customer_limit,
            combinable: promotion.combinable,
            redeemed: promotion.redeemed,
            created_at: promotion.created_at,
            updated_at: promotion.updated_at,
        }
    }
}

fn monies(amounts: &Amounts) -> Vec<Money> {
    let amounts = amounts.iter();
    let amounts = amounts.filter_map(|(currency, minor)| Money::new(*minor, *currency).ok()); // they were money
    amounts.collect()
}
