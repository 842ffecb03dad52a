//! Promotions as staff makes and changes them.

use orders_contract::{OrdersError, PromotionId};
use tenon_kernel::{FieldError, Money, Timestamp};

use super::{Amounts, Promotion, PromotionStatus, Rule, normal_code};
use crate::domain::patch::Patch;
use crate::domain::tax::TaxRate;

/// Most redemptions that a limit can allow.
const MOST_REDEMPTIONS: i64 = 1_000_000_000;

/// A promotion to be, as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct NewPromotion {
    pub(crate) code: String,
    pub(crate) takes: Takes,
    pub(crate) minimum_subtotals: Vec<Money>,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) status: PromotionStatus,
    pub(crate) total_limit: Option<i64>,
    pub(crate) customer_limit: Option<i64>,
    pub(crate) combinable: bool,
}

/// What it is to take off: the kind, and the member that goes with it.
#[derive(Debug, Clone)]
pub(crate) enum Takes {
    Percent {
        rate: Option<String>,
        amounts: Vec<Money>,
    },
    Fixed {
        rate: Option<String>,
        amounts: Vec<Money>,
    },
}

/// What to change. Code, kind, value and whether it combines stay: a buyer with the code in a cart has seen them.
#[derive(Debug, Clone, Default)]
pub(crate) struct PromotionChange {
    pub(crate) status: Option<PromotionStatus>,
    pub(crate) minimum_subtotals: Option<Vec<Money>>,
    pub(crate) valid_from: Patch<Timestamp>,
    pub(crate) valid_until: Patch<Timestamp>,
    pub(crate) total_limit: Patch<i64>,
    pub(crate) customer_limit: Patch<i64>,
}

impl NewPromotion {
    /// Makes it a promotion, or names each wrong member.
    pub(crate) fn check(self, id: PromotionId, now: Timestamp) -> Result<Promotion, OrdersError> {
        let mut errors = Vec::new();
        let code = normal_code(&self.code).unwrap_or_else(|| {
            let detail = "expected 3 to 40 letters, digits, hyphens and underscores";
            errors.push(FieldError::new("/code", "invalid_code", detail));
            String::new()
        });
        let rule = self.takes.check(&mut errors);
        let minimum_subtotals =
            by_currency("/minimum_subtotals", &self.minimum_subtotals, &mut errors);
        let promotion = Promotion {
            id,
            version: 1,
            code,
            rule,
            minimum_subtotals,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            status: self.status,
            total_limit: self.total_limit,
            customer_limit: self.customer_limit,
            combinable: self.combinable,
            redeemed: 0,
            created_at: now,
            updated_at: now,
        };
        promotion.check(&mut errors);
        concluded(promotion, errors)
    }
}

impl Takes {
    fn check(self, errors: &mut Vec<FieldError>) -> Rule {
        match self {
            Self::Percent { rate, amounts } => {
                if !amounts.is_empty() {
                    let detail = "only promotions of kind `fixed` have amounts";
                    errors.push(FieldError::new("/amounts", "not_allowed", detail));
                }
                let rate = rate.and_then(|rate| rate.parse::<TaxRate>().ok());
                let rate = rate.filter(|rate| rate.is_positive());
                if rate.is_none() {
                    let detail = "expected a decimal above 0 and up to 1 with at most six decimals, such as \"0.10\"";
                    errors.push(FieldError::new("/rate", "invalid_rate", detail));
                }
                Rule::Percent(rate.unwrap_or_default())
            }
            Self::Fixed { rate, amounts } => {
                if rate.is_some() {
                    let detail = "only promotions of kind `percent` have a rate";
                    errors.push(FieldError::new("/rate", "not_allowed", detail));
                }
                if amounts.is_empty() {
                    let detail = "expected an amount for each currency that it counts in";
                    errors.push(FieldError::new("/amounts", "required", detail));
                }
                Rule::Fixed(by_currency("/amounts", &amounts, errors))
            }
        }
    }
}

impl PromotionChange {
    /// Changes a promotion, or names each wrong member.
    pub(crate) fn apply(&self, promotion: Promotion) -> Result<Promotion, OrdersError> {
        let mut errors = Vec::new();
        let mut promotion = promotion;
        promotion.status = self.status.unwrap_or(promotion.status);
        if let Some(minimum) = &self.minimum_subtotals {
            promotion.minimum_subtotals = by_currency("/minimum_subtotals", minimum, &mut errors);
        }
        self.valid_from.clone().apply(&mut promotion.valid_from);
        self.valid_until.clone().apply(&mut promotion.valid_until);
        self.total_limit.clone().apply(&mut promotion.total_limit);
        self.customer_limit
            .clone()
            .apply(&mut promotion.customer_limit);
        promotion.check(&mut errors);
        concluded(promotion, errors)
    }
}

impl Promotion {
    /// Adds what is wrong with its members.
    fn check(&self, errors: &mut Vec<FieldError>) {
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until <= from
        {
            let detail = "it must end after it begins";
            errors.push(FieldError::new("/valid_until", "out_of_range", detail));
        }
        for (pointer, limit) in [
            ("/total_limit", self.total_limit),
            ("/customer_limit", self.customer_limit),
        ] {
            if limit.is_some_and(|limit| !(1..=MOST_REDEMPTIONS).contains(&limit)) {
                let detail = "expected 1 to 1,000,000,000, or null for no limit";
                errors.push(FieldError::new(pointer, "out_of_range", detail));
            } else if pointer == "/total_limit" && limit.is_some_and(|limit| limit < self.redeemed)
            {
                let detail = format!("it was redeemed {} times already", self.redeemed);
                errors.push(FieldError::new(pointer, "out_of_range", detail));
            }
        }
    }
}

fn concluded(promotion: Promotion, errors: Vec<FieldError>) -> Result<Promotion, OrdersError> {
    if errors.is_empty() {
        Ok(promotion)
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

/// Positive amounts, each currency once.
fn by_currency(member: &str, amounts: &[Money], errors: &mut Vec<FieldError>) -> Amounts {
    let mut found = Amounts::new();
    for (position, amount) in amounts.iter().enumerate() {
        let pointer = format!("{member}/{position}");
        if amount.minor() < 1 {
            let detail = "expected a positive amount";
            errors.push(FieldError::new(
                format!("{pointer}/amount"),
                "out_of_range",
                detail,
            ));
        }
        if found.insert(amount.currency(), amount.minor()).is_some() {
            let detail = "the currency is named twice";
            errors.push(FieldError::new(
                format!("{pointer}/currency"),
                "duplicate",
                detail,
            ));
        }
    }
    found
}
