//! What may happen to a reservation in each of its states.

use catalog_contract::{
    CatalogError, LocationId, Reservation, ReservationId, ReservationStatus, ReserveLine, VariantId,
};
use tenon_kernel::Timestamp;

use super::demand::Demand;

/// A reservation with the places its stock was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: ReservationId,
    pub(crate) status: ReservationStatus,
    pub(crate) takes: Vec<Take>,
    pub(crate) expires_at: Timestamp,
    pub(crate) order_id: Option<String>,
}

/// So many pieces of one variant from one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) quantity: i64,
}

impl Held {
    /// One line for each variant, by variant id.
    pub(crate) fn lines(&self) -> Vec<ReserveLine> {
        lines_of(&self.takes)
    }

    /// What callers of the module see.
    pub(crate) fn to_contract(&self) -> Reservation {
        Reservation {
            reservation_id: self.id,
            status: self.status,
            lines: self.lines(),
            expires_at: self.expires_at,
            order_id: self.order_id.clone(),
        }
    }

    /// The answer to a reserve that finds the reservation there already.
    pub(crate) fn reserve_again(&self, demand: &Demand) -> Result<Reservation, CatalogError> {
        match self.status {
            ReservationStatus::Held | ReservationStatus::Committed
                if self.lines() == demand.lines() =>
            {
                Ok(self.to_contract())
            }
            ReservationStatus::Held | ReservationStatus::Committed => {
                Err(CatalogError::ReservationMismatch {
                    reservation_id: self.id,
                })
            }
            _ => Err(self.conflict()),
        }
    }

    /// The answer to a release of a reservation that holds no stock.
    pub(crate) fn release_again(&self) -> Result<Reservation, CatalogError> {
        if self.status == ReservationStatus::Committed {
            Err(self.conflict())
        } else {
            Ok(self.to_contract())
        }
    }

    /// The answer to an extension that changed nothing.
    pub(crate) fn extend_again(&self) -> Result<Reservation, CatalogError> {
        match self.status {
            ReservationStatus::Held | ReservationStatus::Committed => Ok(self.to_contract()),
            _ => Err(self.conflict()),
        }
    }

    /// The answer to a commit of a reservation that is neither held nor expired.
    pub(crate) fn commit_again(&self, order_id: &str) -> Result<Reservation, CatalogError> {
        let same_order = self.order_id.as_deref() == Some(order_id);
        if self.status == ReservationStatus::Committed && same_order {
            Ok(self.to_contract())
        } else {
            Err(self.conflict())
        }
    }

    /// The answer to a restock of a reservation that is not committed.
    pub(crate) fn restock_again(&self) -> Result<Reservation, CatalogError> {
        if self.status == ReservationStatus::Restocked {
            Ok(self.to_contract())
        } else {
            Err(self.conflict())
        }
    }

    pub(crate) fn conflict(&self) -> CatalogError {
        CatalogError::ReservationConflict {
            reservation_id: self.id,
            status: self.status,
        }
    }
}

/// Adds up what was taken of each variant.
pub(crate) fn lines_of(takes: &[Take]) -> Vec<ReserveLine> {
    let mut lines: Vec<ReserveLine> = Vec::with_capacity(takes.len());
    for take in takes {
        match lines
            .iter_mut()
            .find(|line| line.variant_id == take.variant_id)
        {
            Some(line) => line.quantity += take.quantity,
            None => lines.push(ReserveLine {
                variant_id: take.variant_id,
                quantity: take.quantity,
            }),
        }
    }
    lines.sort_unstable_by_key(|line| line.variant_id);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn held(status: ReservationStatus) -> Held {
        let take = |variant, location, quantity| Take {
            variant_id: VariantId::from_uuid(Uuid::from_u128(variant)),
            location_id: LocationId::from_uuid(Uuid::from_u128(location)),
            quantity,
        };
        Held {
            id: ReservationId::from_uuid(Uuid::from_u128(1)),
            status,
            takes: vec![take(2, 1, 1), take(1, 1, 3), take(1, 2, 4)],
            expires_at: Timestamp::EPOCH,
            order_id: matches!(status, ReservationStatus::Committed).then(|| "ord_1".to_owned()),
        }
    }

    #[test]
    fn pieces_of_one_variant_from_two_places_are_one_line() {
        let quantities: Vec<i64> = held(ReservationStatus::Held)
            .lines()
            .iter()
            .map(|line| line.quantity)
            .collect();
        assert_eq!(quantities, [7, 1]);
    }

    /// Every state against every command that finds nothing to do: the whole table.
    #[test]
    fn each_state_answers_each_repeated_command() {
        use ReservationStatus::{Committed, Expired, Held, Released, Restocked};
        let demand = Demand::new(&held(Held).lines()).expect("good");
        let table = [
            // status, reserve, release, extend, commit, restock
            (Held, [true, true, true, false, false]),
            (Committed, [true, false, true, true, false]),
            (Released, [false, true, false, false, false]),
            (Expired, [false, true, false, false, false]),
            (Restocked, [false, true, false, false, true]),
        ];
        for (status, expected) in table {
            let it = held(status);
            let answers = [
                it.reserve_again(&demand).is_ok(),
                it.release_again().is_ok(),
                it.extend_again().is_ok(),
                it.commit_again("ord_1").is_ok(),
                it.restock_again().is_ok(),
            ];
            assert_eq!(answers, expected, "{status:?}");
        }
        assert!(
            held(Committed).commit_again("ord_2").is_err(),
            "sold to another order"
        );
    }

    #[test]
    fn another_demand_under_the_same_id_is_a_mismatch() {
        let variant_id = VariantId::from_uuid(Uuid::from_u128(9));
        let other = Demand::new(&[ReserveLine {
            variant_id,
            quantity: 1,
        }])
        .expect("good");
        let refused = held(ReservationStatus::Held).reserve_again(&other);
        assert!(matches!(
            refused,
            Err(CatalogError::ReservationMismatch { .. })
        ));
    }
}
