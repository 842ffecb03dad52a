//! What the fake remembers, and its rules.

use std::collections::{BTreeMap, HashMap};

use tenon_kernel::Money;
use tenon_seam::{SeamError, SeamFault, SeamResult};

use crate::{
    BuyerId, CatalogError, LineRef, MAX_IDS, MAX_QUANTITY, MAX_RESERVE_LINES, PriceTier,
    Reservation, ReservationId, ReservationStatus, ReserveLine, ReturnRef, Shortage, VariantId,
    VariantOffer, VariantStatus,
};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) variants: HashMap<VariantId, FakeVariant>,
    pub(super) reservations: BTreeMap<ReservationId, Reservation>,
    /// Pieces of each line that came back with each return.
    pub(super) returned: BTreeMap<(ReturnRef, LineRef), i64>,
    pub(super) faults: Vec<SeamFault>,
    pub(super) calls: Vec<&'static str>,
}

#[derive(Debug)]
pub(super) struct FakeVariant {
    pub(super) offer: VariantOffer,
    pub(super) prices: Vec<Money>,
    pub(super) tiers: Vec<PriceTier>,
    pub(super) own_prices: Vec<(BuyerId, Money)>,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
}

impl State {
    pub(super) fn find(&self, id: ReservationId) -> Result<Reservation, CatalogError> {
        self.reservations
            .get(&id)
            .cloned()
            .ok_or(CatalogError::ReservationNotFound { reservation_id: id })
    }

    pub(super) fn put(&mut self, reservation: Reservation) -> Reservation {
        self.reservations
            .insert(reservation.reservation_id, reservation.clone());
        reservation
    }

    pub(super) fn give_back(
        &mut self,
        id: ReservationId,
        status: ReservationStatus,
    ) -> Option<Reservation> {
        let mut reservation = self.reservations.get(&id)?.clone();
        if reservation.status == ReservationStatus::Held {
            for line in &reservation.lines {
                self.variant(line.variant_id).reserved -= line.quantity;
            }
            reservation.status = status;
        }
        Some(self.put(reservation))
    }

    pub(super) fn variant(&mut self, id: VariantId) -> &mut FakeVariant {
        self.variants
            .get_mut(&id)
            .expect("variants are never removed")
    }

    /// Says no unless every line can be had.
    pub(super) fn check(&self, lines: &[ReserveLine]) -> Result<(), CatalogError> {
        let sellable = |id: &VariantId| {
            self.variants
                .get(id)
                .is_some_and(|it| it.offer.status == VariantStatus::Active)
        };
        let missing: Vec<VariantId> = lines
            .iter()
            .map(|line| line.variant_id)
            .filter(|id| !sellable(id))
            .collect();
        if !missing.is_empty() {
            return Err(CatalogError::NotForSale {
                variant_ids: missing,
            });
        }
        let available = |id: &VariantId| {
            self.variants
                .get(id)
                .map_or(0, |it| it.on_hand - it.reserved)
        };
        let short: Vec<Shortage> = lines
            .iter()
            .map(|line| Shortage {
                variant_id: line.variant_id,
                requested: line.quantity,
                available: available(&line.variant_id),
            })
            .filter(|line| line.available < line.requested)
            .collect();
        if short.is_empty() {
            Ok(())
        } else {
            Err(CatalogError::OutOfStock { lines: short })
        }
    }
}

pub(super) fn added_up(lines: &[ReserveLine]) -> SeamResult<Vec<ReserveLine>, CatalogError> {
    if lines.is_empty() || lines.len() > MAX_RESERVE_LINES {
        return Err(domain(CatalogError::invalid(
            "/lines",
            "out_of_range",
            "expected 1 to 100 lines",
        )));
    }
    let mut demand = BTreeMap::new();
    for (position, line) in lines.iter().enumerate() {
        let sum = demand.entry(line.variant_id).or_insert(0_i64);
        *sum = sum.saturating_add(line.quantity);
        if line.quantity < 1 || *sum > MAX_QUANTITY {
            let pointer = format!("/lines/{position}/quantity");
            return Err(domain(CatalogError::invalid(
                pointer,
                "out_of_range",
                "expected 1 to 9999",
            )));
        }
    }
    Ok(demand
        .into_iter()
        .map(|(variant_id, quantity)| ReserveLine {
            variant_id,
            quantity,
        })
        .collect())
}

pub(super) fn at_most_max_ids(pointer: &str, count: usize) -> SeamResult<(), CatalogError> {
    if count > MAX_IDS {
        return Err(domain(CatalogError::invalid(
            pointer,
            "too_many",
            "expected at most 200 ids",
        )));
    }
    Ok(())
}

pub(super) fn conflict(reservation: &Reservation) -> SeamError<CatalogError> {
    let Reservation {
        reservation_id,
        status,
        ..
    } = *reservation;
    domain(CatalogError::ReservationConflict {
        reservation_id,
        status,
    })
}

pub(super) fn domain(error: CatalogError) -> SeamError<CatalogError> {
    SeamError::Domain(error)
}
