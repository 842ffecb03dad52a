//! Which price holds: a pure function of what is in the lists, who buys, how many, and when.
//!
//! A list takes part if it is active, the moment is in its dates and its buyer in its groups; with its row of the
//! largest quantity that is reached. Of these rows wins the one of the highest priority, then the one with the lowest
//! amount, then the one of the oldest list. The basic price holds where no list takes part.

use std::collections::BTreeMap;

use catalog_contract::PriceListId;
use tenon_kernel::Timestamp;

use super::product::Status;

/// A price that could hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The list it comes from; `None` is the basic price.
    pub(crate) list: Option<Listing>,
    /// From so many pieces on.
    pub(crate) min_quantity: i64,
    pub(crate) amount: i64,
}

/// What counts of a price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) id: PriceListId,
    pub(crate) name: String,
    pub(crate) priority: i64,
    pub(crate) status: Status,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
    /// It is for everybody, or for a group that the buyer is in.
    pub(crate) is_for_buyer: bool,
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Won,
    Draft,
    Archived,
    NotYetValid,
    Expired,
    WrongGroup,
    TierNotReached,
    HigherTierReached,
    LowerPriority,
    Dearer,
    YoungerList,
    ListPriceApplies,
}

/// Which candidate won, and a verdict for each in the order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) winner: Option<usize>,
    pub(crate) verdicts: Vec<Verdict>,
}

/// A price from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) min_quantity: i64,
    pub(crate) amount: i64,
}

/// Decides which of the candidates of one variant and currency holds for so many pieces at a moment.
pub(crate) fn resolve(candidates: &[Candidate], quantity: i64, at: Timestamp) -> Resolution {
    let mut verdicts: Vec<Option<Verdict>> = candidates
        .iter()
        .map(|it| it.own_fault(quantity, at))
        .collect();
    // A list takes part with its row of the largest quantity that is reached.
    let mut reached: BTreeMap<Option<PriceListId>, i64> = BTreeMap::new();
    for (candidate, verdict) in candidates.iter().zip(&verdicts) {
        if verdict.is_none() {
            let most = reached.entry(candidate.list_id()).or_default();
            *most = candidate.min_quantity.max(*most);
        }
    }
    for (candidate, verdict) in candidates.iter().zip(&mut verdicts) {
        if verdict.is_none() && reached[&candidate.list_id()] > candidate.min_quantity {
            *verdict = Some(Verdict::HigherTierReached);
        }
    }
    let in_play = candidates
        .iter()
        .enumerate()
        .filter(|(place, _)| verdicts[*place].is_none());
    let best = in_play.min_by_key(|(_, it)| it.rank());
    let winner = best.map(|(place, _)| place);
    let verdict = |(place, known): (usize, Option<Verdict>)| match (known, best) {
        (Some(known), _) => known,
        (None, Some((winner, _))) if winner == place => Verdict::Won,
        (None, Some((_, best))) => candidates[place].lost_to(best),
        (None, None) => Verdict::TierNotReached, // nothing in play is nothing without a verdict
    };
    let verdicts = verdicts.into_iter().enumerate().map(verdict).collect();
    Resolution { winner, verdicts }
}

/// The prices that hold at a moment in every quantity: each step until the next.
pub(crate) fn ladder(candidates: &[Candidate], at: Timestamp) -> Vec<Step> {
    let mut quantities: Vec<i64> = candidates.iter().map(|it| it.min_quantity).collect();
    quantities.sort_unstable();
    quantities.dedup();
    let mut steps: Vec<Step> = Vec::new();
    for min_quantity in quantities {
        let Some(winner) = resolve(candidates, min_quantity, at).winner else {
            continue;
        };
        let amount = candidates[winner].amount;
        if steps.last().is_none_or(|last| last.amount != amount) {
            steps.push(Step {
                min_quantity,
                amount,
            });
        }
    }
    steps
}

impl Candidate {
    /// Why it does not even take part.
    fn own_fault(&self, quantity: i64, at: Timestamp) -> Option<Verdict> {
        let Some(list) = &self.list else {
            return None;
        };
        let faults = [
            (list.status == Status::Draft, Verdict::Draft),
            (list.status == Status::Archived, Verdict::Archived),
            (
                list.valid_from.is_some_and(|from| at < from),
                Verdict::NotYetValid,
            ),
            (
                list.valid_until.is_some_and(|until| at >= until),
                Verdict::Expired,
            ),
            (!list.is_for_buyer, Verdict::WrongGroup),
            (self.min_quantity > quantity, Verdict::TierNotReached),
        ];
        let mut found = faults.into_iter().filter(|(is_so, _)| *is_so);
        found.next().map(|(_, verdict)| verdict)
    }

    fn list_id(&self) -> Option<PriceListId> {
        self.list.as_ref().map(|list| list.id)
    }

    /// Lowest wins.
    fn rank(&self) -> (bool, i64, i64, Option<PriceListId>) {
        let priority = self.list.as_ref().map_or(0, |list| -list.priority);
        (self.list.is_none(), priority, self.amount, self.list_id())
    }

    fn lost_to(&self, best: &Self) -> Verdict {
        let (Some(list), Some(other)) = (&self.list, &best.list) else {
            return Verdict::ListPriceApplies;
        };
        if list.priority != other.priority {
            Verdict::LowerPriority
        } else if self.amount != best.amount {
            Verdict::Dearer
        } else {
            Verdict::YoungerList
        }
    }
}

#[cfg(test)]
mod tests;
