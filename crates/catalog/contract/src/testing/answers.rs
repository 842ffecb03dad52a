//! The fake's answers to each method of the contract.

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Env, Money, PageRequest};
use tenon_seam::SeamResult;

use super::FakeCatalog;
use super::state::{FakeVariant, added_up, at_most_max_ids, conflict, domain};
use crate::{
    Catalog, CatalogError, CommitReservation, ExtendReservation, GetReservations, GetVariants,
    ListReservations, Release, Reservation, ReservationPage, ReservationStatus, Reservations,
    Reserve, Restock, ReturnStock, StockReturned, VariantOffer, Variants,
};

#[async_trait]
impl Catalog for FakeCatalog {
    async fn get_variants(
        &self,
        _: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError> {
        let state = self.enter("get_variants")?;
        at_most_max_ids("/variant_ids", req.variant_ids.len())?;
        let mut ids = req.variant_ids;
        ids.sort_unstable();
        ids.dedup();
        let offer = |it: &FakeVariant| {
            let wanted = |price: &Money| price.currency() == req.currency;
            let own = it
                .own_prices
                .iter()
                .rev()
                .find(|(buyer, price)| Some(*buyer) == req.buyer && wanted(price));
            let for_all = it.tiers.iter().filter(|tier| wanted(&tier.price)).copied();
            VariantOffer {
                price: match own {
                    Some((_, price)) => Some(*price),
                    None => it.prices.iter().copied().find(wanted),
                },
                tiers: for_all.filter(|_| own.is_none()).collect(),
                available: it.on_hand - it.reserved,
                ..it.offer.clone()
            }
        };
        Ok(Variants {
            variants: ids
                .iter()
                .filter_map(|id| state.variants.get(id))
                .map(offer)
                .collect(),
        })
    }

    async fn reserve(&self, _: &CallCtx, req: Reserve) -> SeamResult<Reservation, CatalogError> {
        let mut state = self.enter("reserve")?;
        let lines = added_up(&req.lines)?;
        if let Some(existing) = state.reservations.get(&req.reservation_id) {
            return match existing.status {
                ReservationStatus::Held | ReservationStatus::Committed
                    if existing.lines == lines =>
                {
                    Ok(existing.clone())
                }
                ReservationStatus::Held | ReservationStatus::Committed => {
                    Err(domain(CatalogError::ReservationMismatch {
                        reservation_id: req.reservation_id,
                    }))
                }
                _ => Err(conflict(existing)),
            };
        }
        state.check(&lines).map_err(domain)?;
        for line in &lines {
            state.variant(line.variant_id).reserved += line.quantity;
        }
        Ok(state.put(Reservation {
            reservation_id: req.reservation_id,
            status: ReservationStatus::Held,
            lines,
            expires_at: req.expires_at,
            order_id: None,
        }))
    }

    async fn release(&self, _: &CallCtx, req: Release) -> SeamResult<Reservation, CatalogError> {
        let mut state = self.enter("release")?;
        match state.give_back(req.reservation_id, ReservationStatus::Released) {
            Some(reservation) if reservation.status == ReservationStatus::Committed => {
                Err(conflict(&reservation))
            }
            Some(reservation) => Ok(reservation),
            None => Ok(state.put(Reservation {
                reservation_id: req.reservation_id,
                status: ReservationStatus::Released,
                lines: Vec::new(),
                expires_at: Env::system().now(),
                order_id: None,
            })),
        }
    }

    async fn extend_reservation(
        &self,
        _: &CallCtx,
        req: ExtendReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        let mut state = self.enter("extend_reservation")?;
        let mut reservation = state.find(req.reservation_id).map_err(domain)?;
        match reservation.status {
            ReservationStatus::Held => {
                reservation.expires_at = reservation.expires_at.max(req.expires_at);
                Ok(state.put(reservation))
            }
            ReservationStatus::Committed => Ok(reservation),
            _ => Err(conflict(&reservation)),
        }
    }

    async fn commit_reservation(
        &self,
        _: &CallCtx,
        req: CommitReservation,
    ) -> SeamResult<Reservation, CatalogError> {
        let mut state = self.enter("commit_reservation")?;
        let mut reservation = state.find(req.reservation_id).map_err(domain)?;
        match reservation.status {
            ReservationStatus::Committed
                if reservation.order_id.as_ref() == Some(&req.order_id) =>
            {
                Ok(reservation)
            }
            ReservationStatus::Held | ReservationStatus::Expired => {
                let held = reservation.status == ReservationStatus::Held;
                if !held {
                    state.check(&reservation.lines).map_err(domain)?;
                }
                for line in &reservation.lines {
                    let variant = state.variant(line.variant_id);
                    variant.on_hand -= line.quantity;
                    variant.reserved -= if held { line.quantity } else { 0 };
                }
                reservation.status = ReservationStatus::Committed;
                reservation.order_id = Some(req.order_id);
                Ok(state.put(reservation))
            }
            _ => Err(conflict(&reservation)),
        }
    }

    async fn restock(&self, _: &CallCtx, req: Restock) -> SeamResult<Reservation, CatalogError> {
        let mut state = self.enter("restock")?;
        let mut reservation = state.find(req.reservation_id).map_err(domain)?;
        match reservation.status {
            ReservationStatus::Restocked => Ok(reservation),
            ReservationStatus::Committed => {
                for line in &reservation.lines {
                    state.variant(line.variant_id).on_hand += line.quantity;
                }
                reservation.status = ReservationStatus::Restocked;
                Ok(state.put(reservation))
            }
            _ => Err(conflict(&reservation)),
        }
    }

    async fn return_stock(
        &self,
        _: &CallCtx,
        req: ReturnStock,
    ) -> SeamResult<StockReturned, CatalogError> {
        let mut state = self.enter("return_stock")?;
        let reservation = state.find(req.reservation_id).map_err(domain)?;
        if reservation.status != ReservationStatus::Committed {
            return Err(conflict(&reservation));
        }
        for line in &req.lines {
            let key = (req.return_id, line.line_id);
            if state.returned.insert(key, line.quantity).is_none() {
                state.variant(line.variant_id).on_hand += line.quantity;
            }
        }
        Ok(StockReturned {
            return_id: req.return_id,
            lines: req.lines,
        })
    }

    async fn get_reservations(
        &self,
        _: &CallCtx,
        req: GetReservations,
    ) -> SeamResult<Reservations, CatalogError> {
        let state = self.enter("get_reservations")?;
        at_most_max_ids("/reservation_ids", req.reservation_ids.len())?;
        let found = req
            .reservation_ids
            .iter()
            .filter_map(|id| state.reservations.get(id));
        Ok(Reservations {
            reservations: found.cloned().collect(),
        })
    }

    /// Gives one page only: everything, up to the limit.
    async fn list_reservations(
        &self,
        _: &CallCtx,
        req: ListReservations,
    ) -> SeamResult<ReservationPage, CatalogError> {
        let state = self.enter("list_reservations")?;
        let PageRequest { limit, .. } = req.page;
        let wanted = |it: &&Reservation| req.status.is_none_or(|status| it.status == status);
        let found = state
            .reservations
            .values()
            .filter(wanted)
            .take(limit as usize);
        Ok(ReservationPage {
            reservations: found.cloned().collect(),
            next_cursor: None,
        })
    }
}
