//! Taking stock and giving it back, as several commands and the expiry do.

use catalog_contract::{InventoryReleased, ReserveLine, Shortage, VariantId};
use tenon_events::Emit as _;
use tenon_store::{StoreError, Tx};

use super::PageRef;
use super::ripples::Ripples;
use crate::domain::reservation::{Held, Take};
use crate::domain::stock::{Cause, Level, Movement};
use crate::store::{levels, movements};

/// Reading and taking is tried so often while others take from the same places.
const MOST_TRIES: u32 = 4;

/// What taking a piece does to its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    /// Promised.
    Reserving,
    /// Gone.
    Selling,
}

impl Taking {
    /// The movement for pieces taken; negative pieces go back.
    pub(super) fn movement(self, take: &Take, pieces: i64) -> Movement {
        let (delta_on_hand, delta_reserved) = match self {
            Self::Reserving => (0, pieces),
            Self::Selling => (-pieces, 0),
        };
        Movement {
            variant_id: take.variant_id,
            location_id: take.location_id,
            delta_on_hand,
            delta_reserved,
        }
    }
}

/// Takes pieces of one variant from wherever they lie, a part here and a part there if need be.
///
/// Returns the shortage if there are not enough; what was taken then must be rolled back.
pub(super) async fn take_anywhere(
    tx: &mut Tx<'_>,
    line: ReserveLine,
    taking: Taking,
    takes: &mut Vec<Take>,
    ripples: &mut Ripples,
) -> Result<Option<Shortage>, StoreError> {
    let mut missing = line.quantity;
    let mut available = 0;
    for _ in 0..MOST_TRIES {
        let found = levels::of_variant(tx, line.variant_id).await?;
        available = found.iter().map(Level::available).sum();
        if available < missing {
            break;
        }
        for level in found.iter().filter(|level| level.available() > 0) {
            let quantity = missing.min(level.available());
            let take = Take {
                variant_id: line.variant_id,
                location_id: level.location_id,
                quantity,
            };
            let movement = taking.movement(&take, quantity);
            if let Some(left) = levels::apply(tx, &movement, quantity).await? {
                ripples.note(&movement, left);
                takes.push(take);
                missing -= quantity;
            }
            if missing == 0 {
                return Ok(None);
            }
        }
    }
    let available = available + line.quantity - missing;
    Ok(Some(Shortage {
        variant_id: line.variant_id,
        requested: line.quantity,
        available,
    }))
}

/// Puts back what was taken a moment ago, before any entry was written about it.
pub(super) async fn untake(
    tx: &mut Tx<'_>,
    takes: &[Take],
    taking: Taking,
) -> Result<(), StoreError> {
    for take in takes {
        let movement = taking.movement(take, -take.quantity);
        levels::apply(tx, &movement, 0)
            .await?
            .ok_or_else(|| gone(take))?;
    }
    Ok(())
}

/// Gives back what a reservation took, with an entry for each take, and tells why.
pub(crate) async fn give_back(
    tx: &mut Tx<'_>,
    held: &Held,
    taking: Taking,
    cause: Cause<'_>,
) -> Result<Vec<PageRef>, StoreError> {
    let mut ripples = Ripples::default();
    let mut entries = Vec::with_capacity(held.takes.len());
    for take in in_lock_order(&held.takes) {
        let movement = taking.movement(&take, -take.quantity);
        let left = levels::apply(tx, &movement, 0)
            .await?
            .ok_or_else(|| gone(&take))?;
        ripples.note(&movement, left);
        entries.push(movement);
    }
    movements::insert(tx, &entries, cause).await?;
    let released = InventoryReleased {
        reservation_id: held.id,
        cause: cause.reason.to_owned(),
        lines: held.lines(),
    };
    tx.emit(&released).await?;
    ripples.settle(tx).await
}

/// Rows are locked in the order of variant and location everywhere, so that no two commands wait for each other.
pub(super) fn in_lock_order(takes: &[Take]) -> Vec<Take> {
    let mut sorted = takes.to_vec();
    sorted.sort_unstable_by_key(|take| (take.variant_id, take.location_id));
    sorted
}

/// Pieces of one variant among takes.
pub(super) fn taken_of(takes: &[Take], variant: VariantId) -> i64 {
    takes
        .iter()
        .filter(|take| take.variant_id == variant)
        .map(|take| take.quantity)
        .sum()
}

fn gone(take: &Take) -> StoreError {
    StoreError::inconsistent(format!(
        "stock_levels: {} at {} is gone",
        take.variant_id, take.location_id
    ))
}
