//! What somebody would pay for so many of some variants.

use catalog_contract::{BuyerId, CatalogError, MAX_QUANTITY, VariantId};
use tenon_kernel::{Currency, FieldError, Money, Timestamp};

use super::resolution::{Candidate, Resolution, Step, Verdict, ladder, resolve};
use super::rules::Rules;

/// Most lines of a quote, as of a cart.
pub(crate) const MAX_LINES: usize = 100;
/// Most lines of a quote that explains itself: it reads every row about their variants.
pub(crate) const MAX_EXPLAINED_LINES: usize = 20;
/// Most candidates that are shown of a line.
pub(crate) const MAX_CANDIDATES: usize = 200;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct QuoteRequest {
    pub(crate) currency: Currency,
    pub(crate) lines: Vec<WantedLine>,
    /// Another moment than now.
    pub(crate) at: Option<Timestamp>,
    /// Somebody else than the caller.
    pub(crate) buyer: Option<BuyerId>,
    pub(crate) explain: bool,
}

/// So many of a variant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedLine {
    pub(crate) variant_id: VariantId,
    pub(crate) quantity: i64,
}

/// What the lines of a request cost.
#[derive(Debug, Clone)]
pub(crate) struct PriceQuote {
    pub(crate) currency: Currency,
    pub(crate) at: Timestamp,
    pub(crate) buyer: Option<BuyerId>,
    /// In the order asked.
    pub(crate) lines: Vec<QuotedLine>,
}

/// What one line costs; without `price` it is not sold in that currency and quantity.
#[derive(Debug, Clone)]
pub(crate) struct QuotedLine {
    pub(crate) line: WantedLine,
    pub(crate) price: Option<LinePrice>,
    /// What it costs in other quantities.
    pub(crate) steps: Vec<Step>,
    /// The winner first, then by priority, list and quantity; the basic price last.
    pub(crate) explained: Option<Explained>,
}

/// The price of one, where it comes from, and of all.
#[derive(Debug, Clone)]
pub(crate) struct LinePrice {
    pub(crate) winner: Candidate,
    pub(crate) unit: Money,
    pub(crate) total: Money,
}

/// What became of the candidates.
#[derive(Debug, Clone)]
pub(crate) struct Explained {
    pub(crate) candidates: Vec<(Candidate, Verdict)>,
    /// How many more there were.
    pub(crate) left_off: usize,
}

impl QuoteRequest {
    /// Checks every member, and that nobody asks for what only staff may know.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StaffOnly`], [`CatalogError::Invalid`].
    pub(crate) fn check(&self, is_staff: bool) -> Result<(), CatalogError> {
        let reserved = [
            ("/at", self.at.is_some()),
            ("/user_id", self.buyer.is_some()),
            ("?explain", self.explain),
        ];
        let asked = reserved
            .into_iter()
            .filter(|(_, is_asked)| *is_asked && !is_staff);
        let errors: Vec<FieldError> = asked
            .map(|(at, _)| FieldError::new(at, "staff_only", "only staff may ask for this"))
            .collect();
        if !errors.is_empty() {
            return Err(CatalogError::StaffOnly { errors });
        }
        let most = if self.explain {
            MAX_EXPLAINED_LINES
        } else {
            MAX_LINES
        };
        let mut rules = Rules::default();
        rules.count("/lines", self.lines.len(), 1..=most);
        for (position, line) in self.lines.iter().take(MAX_LINES).enumerate() {
            let at = format!("/lines/{position}/quantity");
            rules.range(at, line.quantity, 1..=MAX_QUANTITY);
        }
        rules.finish()
    }
}

/// Prices one line; `None` if it costs more than can be counted.
pub(crate) fn quote_line(
    line: WantedLine,
    currency: Currency,
    candidates: Vec<Candidate>,
    at: Timestamp,
    explain: bool,
) -> Option<QuotedLine> {
    let Resolution { winner, verdicts } = resolve(&candidates, line.quantity, at);
    let winner = winner.map(|place| candidates[place].clone());
    let price = match winner {
        None => None,
        Some(winner) => {
            let unit = Money::new(winner.amount, currency).ok()?;
            let total = unit.checked_mul(line.quantity).ok()?;
            Some(LinePrice {
                winner,
                unit,
                total,
            })
        }
    };
    let steps = ladder(&candidates, at);
    let explained = explain.then(|| explained(candidates, verdicts));
    Some(QuotedLine {
        line,
        price,
        steps,
        explained,
    })
}

fn explained(candidates: Vec<Candidate>, verdicts: Vec<Verdict>) -> Explained {
    let mut candidates: Vec<_> = candidates.into_iter().zip(verdicts).collect();
    candidates.sort_by_key(|(it, verdict)| {
        let list = it.list.as_ref().map(|list| (-list.priority, list.id));
        (
            *verdict != Verdict::Won,
            list.is_none(),
            list,
            it.min_quantity,
        )
    });
    let left_off = candidates.len().saturating_sub(MAX_CANDIDATES);
    candidates.truncate(MAX_CANDIDATES);
    Explained {
        candidates,
        left_off,
    }
}
