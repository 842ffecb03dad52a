//! How a quote looks to the outside.

use catalog_contract::{BuyerId, PriceListId, VariantId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Currency, Money, Timestamp};

use crate::domain::price_quote::{PriceQuote, QuotedLine};
use crate::domain::resolution::{Candidate, Verdict};

/// What lines cost somebody at a moment.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceQuote")]
pub(super) struct PriceQuoteView {
    currency: Currency,
    /// The moment.
    at: Timestamp,
    /// Who would buy; null: a guest.
    user_id: Option<BuyerId>,
    /// In the order asked.
    lines: Vec<LineView>,
}

/// What one line costs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceQuoteLine")]
struct LineView {
    variant_id: VariantId,
    quantity: i64,
    /// Price of one; null: not sold in this currency and quantity.
    unit_price: Option<Money>,
    /// Price of all.
    total: Option<Money>,
    /// Where the price comes from; null: the basic price, or none.
    price_list_id: Option<PriceListId>,
    /// What one costs in each quantity, by quantity.
    tiers: Vec<TierView>,
    /// With `explain`: the winner first, then by priority, list and quantity, the basic price last. At most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<CandidateView>>,
    /// With `explain`: how many candidates more there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates_left_off: Option<usize>,
}

/// From so many pieces on, each costs this much.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceQuoteTier")]
struct TierView {
    min_quantity: i64,
    unit_price: Money,
}

/// A price that could hold.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceCandidate")]
struct CandidateView {
    /// Null: the basic price of the variant.
    price_list_id: Option<PriceListId>,
    price_list_name: Option<String>,
    priority: Option<i64>,
    min_quantity: i64,
    unit_price: Money,
    outcome: Outcome,
}

/// What became of a candidate. The first that holds is told.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PriceCandidateOutcome")]
enum Outcome {
    /// This is the price.
    Won,
    /// Its list is a draft.
    Draft,
    /// Its list was put away.
    Archived,
    /// The moment is before `valid_from` of its list.
    NotYetValid,
    /// The moment is at or after `valid_until` of its list.
    Expired,
    /// The buyer is in none of the groups of its list.
    WrongGroup,
    /// The quantity is less than its `min_quantity`.
    TierNotReached,
    /// Another row of the same list is for a larger quantity, which is reached too.
    HigherTierReached,
    /// Another list has a higher priority.
    LowerPriority,
    /// Another list of the same priority has a lower price.
    Dearer,
    /// An older list of the same priority has the same price.
    YoungerList,
    /// It is the basic price, and a list has one.
    ListPriceApplies,
}

impl From<PriceQuote> for PriceQuoteView {
    fn from(quote: PriceQuote) -> Self {
        let currency = quote.currency;
        let lines = quote.lines.into_iter();
        Self {
            currency,
            at: quote.at,
            user_id: quote.buyer,
            lines: lines.map(|line| LineView::new(line, currency)).collect(),
        }
    }
}

impl LineView {
    fn new(quoted: QuotedLine, currency: Currency) -> Self {
        let winner = quoted.price.as_ref().and_then(|it| it.winner.list.as_ref());
        let tier = |min_quantity, amount| {
            let unit_price = Money::new(amount, currency).ok()?;
            Some(TierView {
                min_quantity,
                unit_price,
            })
        };
        let steps = quoted.steps.iter();
        let (candidates, candidates_left_off) = match quoted.explained {
            None => (None, None),
            Some(explained) => {
                let shown = explained.candidates.into_iter();
                let shown = shown.filter_map(|(it, verdict)| view(it, verdict, currency));
                (Some(shown.collect()), Some(explained.left_off))
            }
        };
        Self {
            variant_id: quoted.line.variant_id,
            quantity: quoted.line.quantity,
            price_list_id: winner.map(|list| list.id),
            tiers: steps
                .filter_map(|step| tier(step.min_quantity, step.amount))
                .collect(),
            unit_price: quoted.price.as_ref().map(|it| it.unit),
            total: quoted.price.as_ref().map(|it| it.total),
            candidates,
            candidates_left_off,
        }
    }
}

fn view(candidate: Candidate, verdict: Verdict, currency: Currency) -> Option<CandidateView> {
    let (list_id, name, priority) = match candidate.list {
        Some(list) => (Some(list.id), Some(list.name), Some(list.priority)),
        None => (None, None, None),
    };
    Some(CandidateView {
        price_list_id: list_id,
        price_list_name: name,
        priority,
        min_quantity: candidate.min_quantity,
        unit_price: Money::new(candidate.amount, currency).ok()?,
        outcome: verdict.into(),
    })
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Won => Self::Won,
            Verdict::Draft => Self::Draft,
            Verdict::Archived => Self::Archived,
            Verdict::NotYetValid => Self::NotYetValid,
            Verdict::Expired => Self::Expired,
            Verdict::WrongGroup => Self::WrongGroup,
            Verdict::TierNotReached => Self::TierNotReached,
            Verdict::HigherTierReached => Self::HigherTierReached,
            Verdict::LowerPriority => Self::LowerPriority,
            Verdict::Dearer => Self::Dearer,
            Verdict::YoungerList => Self::YoungerList,
            Verdict::ListPriceApplies => Self::ListPriceApplies,
        }
    }
}
