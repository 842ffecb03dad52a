//! What a reservation asks for: one quantity for each variant.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_contract::{CatalogError, MAX_QUANTITY, MAX_RESERVE_LINES, ReserveLine, VariantId};
use tenon_kernel::Timestamp;

use super::rules::Rules;

/// Longest time that stock is held.
const LONGEST_HOLD: Duration = Duration::from_hours(30 * 24);

/// Lines of a reservation, added up and in the order in which rows are locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Demand {
    lines: Vec<ReserveLine>,
}

impl Demand {
    /// Checks and adds up.
    pub(crate) fn new(lines: &[ReserveLine]) -> Result<Self, CatalogError> {
        let mut rules = Rules::default();
        rules.count("/lines", lines.len(), 1..=MAX_RESERVE_LINES);
        let mut sums: BTreeMap<VariantId, i64> = BTreeMap::new();
        for (position, line) in lines.iter().enumerate() {
            let sum = sums.entry(line.variant_id).or_default();
            *sum = sum.saturating_add(line.quantity);
            let worst = if line.quantity < 1 {
                line.quantity
            } else {
                *sum
            };
            rules.range(
                format_args!("/lines/{position}/quantity"),
                worst,
                1..=MAX_QUANTITY,
            );
        }
        rules.finish()?;
        let lines = sums
            .into_iter()
            .map(|(variant_id, quantity)| ReserveLine {
                variant_id,
                quantity,
            })
            .collect();
        Ok(Self { lines })
    }

    /// One line for each variant, by variant id.
    pub(crate) fn lines(&self) -> &[ReserveLine] {
        &self.lines
    }

    /// Every variant, in order.
    pub(crate) fn variants(&self) -> Vec<VariantId> {
        self.lines.iter().map(|line| line.variant_id).collect()
    }
}

/// Checks until when stock may be held.
pub(crate) fn check_expiry(now: Timestamp, expires_at: Timestamp) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    rules.check(
        expires_at > now,
        "/expires_at",
        "out_of_range",
        "expected a time in the future",
    );
    rules.check(
        expires_at <= now + LONGEST_HOLD,
        "/expires_at",
        "out_of_range",
        "expected at most 30 days from now",
    );
    rules.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn line(variant: u128, quantity: i64) -> ReserveLine {
        ReserveLine {
            variant_id: VariantId::from_uuid(Uuid::from_u128(variant)),
            quantity,
        }
    }

    fn pointers(lines: &[ReserveLine]) -> Vec<String> {
        match Demand::new(lines) {
            Err(CatalogError::Invalid { errors }) => {
                errors.into_iter().map(|error| error.pointer).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn quantities_are_bounded_also_when_added_up() {
        assert_eq!(pointers(&[]), ["/lines"]);
        assert_eq!(
            pointers(&[line(1, 0), line(2, 1_000_000_000), line(3, -5)]).len(),
            3
        );
        assert_eq!(
            pointers(&[line(1, 5_000), line(1, 5_000)]),
            ["/lines/1/quantity"]
        );
        assert_eq!(pointers(&[line(1, i64::MAX), line(1, i64::MAX)]).len(), 2);
        assert!(pointers(&[line(1, 9_999), line(2, 9_999)]).is_empty());
        let too_many: Vec<ReserveLine> = (0..101).map(|variant| line(variant, 1)).collect();
        assert_eq!(pointers(&too_many), ["/lines"]);
    }

    proptest! {
        #[test]
        fn demand_is_sorted_and_keeps_every_piece(lines in prop::collection::vec((0..9_u128, 1..100_i64), 1..50)) {
            let lines: Vec<ReserveLine> = lines.into_iter().map(|(variant, quantity)| line(variant, quantity)).collect();
            let demand = Demand::new(&lines).expect("within bounds");
            prop_assert!(demand.lines().is_sorted_by_key(|line| line.variant_id));
            prop_assert!(demand.variants().windows(2).all(|pair| pair[0] != pair[1]));
            let pieces = |lines: &[ReserveLine]| lines.iter().map(|line| line.quantity).sum::<i64>();
            prop_assert_eq!(pieces(demand.lines()), pieces(&lines));
        }
    }
}
