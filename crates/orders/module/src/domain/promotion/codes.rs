//! The codes of a cart: which of them count, and what is wrong with the others.

use orders_contract::{CartProblem, PromotionId};
use tenon_kernel::{Currency, Money, Timestamp};

use super::{Misfit, Off, Promotion, Rule};
use crate::domain::cart::problem;

/// A promotion whose code was entered, and why it does not count.
#[derive(Debug, Clone)]
pub(crate) struct CodeInCart {
    pub(crate) promotion: Promotion,
    pub(crate) misfit: Option<Misfit>,
}

/// The codes of a cart, in the order in which they were entered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Codes(pub(crate) Vec<CodeInCart>);

/// A promotion that counts, in the currency of its cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counting {
    pub(crate) promotion_id: PromotionId,
    pub(crate) code: String,
    pub(crate) off: Off,
}

impl Codes {
    /// Judges promotions, each with how often the buyer has redeemed it, for an open cart.
    pub(crate) fn judge(
        promotions: Vec<(Promotion, i64)>,
        subtotal: Money,
        now: Timestamp,
    ) -> Self {
        let judged = promotions.into_iter().map(|(promotion, used)| CodeInCart {
            misfit: promotion.misfit(subtotal, used, now),
            promotion,
        });
        Self(judged.collect())
    }

    /// Takes the promotions of a cart that a checkout holds: they were judged when it began, and count until it ends.
    pub(crate) fn held(promotions: Vec<(Promotion, i64)>, currency: Currency) -> Self {
        let held = promotions.into_iter().map(|(promotion, _)| CodeInCart {
            misfit: promotion
                .rule
                .off(currency)
                .is_none()
                .then_some(Misfit::Currency),
            promotion,
        });
        Self(held.collect())
    }

    /// Those that count. Parts come before amounts, so that what a buyer pays does not hang on who was entered first.
    pub(crate) fn counting(&self, currency: Currency) -> Vec<Counting> {
        let fits = |code: &&CodeInCart| code.misfit.is_none();
        let mut fitting: Vec<&CodeInCart> = self.0.iter().filter(fits).collect();
        fitting.sort_by_key(|code| matches!(code.promotion.rule, Rule::Fixed(_)));
        let counting = fitting.into_iter().filter_map(|code| {
            Some(Counting {
                promotion_id: code.promotion.id,
                code: code.promotion.code.clone(),
                off: code.promotion.rule.off(currency)?,
            })
        });
        counting.collect()
    }

    /// What the buyer should know about those that do not count.
    pub(crate) fn problems(&self) -> Vec<CartProblem> {
        let codes = self.0.iter().enumerate();
        codes
            .filter_map(|(position, code)| {
                let misfit = code.misfit?;
                let pointer = format!("/promotion_codes/{position}");
                let detail = misfit.detail(&code.promotion.code);
                let mut problem = problem(misfit.code(), &pointer, &detail);
                if let Misfit::Minimum(minimum) = misfit {
                    problem.price = Some(minimum);
                }
                Some(problem)
            })
            .collect()
    }

    /// Those that are used up, if nothing else is wrong with any.
    pub(crate) fn exhausted(&self) -> Option<Vec<String>> {
        let misfits: Vec<&CodeInCart> = self.0.iter().filter(|it| it.misfit.is_some()).collect();
        let used_up = |it: &&CodeInCart| it.misfit == Some(Misfit::Exhausted);
        let codes = || misfits.iter().map(|it| it.promotion.code.clone()).collect();
        (!misfits.is_empty() && misfits.iter().all(used_up)).then(codes)
    }
}
