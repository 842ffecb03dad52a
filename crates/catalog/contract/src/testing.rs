//! An in-memory catalog for the tests of other modules: same rules, no store, no expiry by itself.

mod answers;
mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tenon_kernel::{Env, Money};
use tenon_seam::SeamFault;

use self::state::{FakeVariant, State};
use crate::{
    BuyerId, PriceTier, Reservation, ReservationId, ReservationStatus, VariantId, VariantOffer,
    VariantStatus,
};

/// An in-memory [`Catalog`](crate::Catalog). Share it as `Arc<FakeCatalog>` between the module under test and the test.
#[derive(Debug, Default)]
pub struct FakeCatalog {
    state: Mutex<State>,
}

impl FakeCatalog {
    /// An empty catalog.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an active variant of a product of its own, priced, with this many pieces on hand.
    pub fn add(&self, sku: &str, title: &str, price: Money, on_hand: i64) -> VariantId {
        let env = Env::system();
        let variant_id = env.new_id();
        let offer = VariantOffer {
            variant_id,
            product_id: env.new_id(),
            product_title: title.to_owned(),
            variant_title: "Standard".to_owned(),
            sku: sku.to_owned(),
            image: None,
            price: None,
            tiers: Vec::new(),
            status: VariantStatus::Active,
            available: 0,
            version: 1,
        };
        self.state().variants.insert(
            variant_id,
            FakeVariant {
                offer,
                prices: vec![price],
                tiers: Vec::new(),
                own_prices: Vec::new(),
                on_hand,
                reserved: 0,
            },
        );
        variant_id
    }

    /// Changes the price in the currency of `price`, or adds one.
    pub fn set_price(&self, variant: VariantId, price: Money) {
        self.change(variant, |it| {
            it.prices.retain(|old| old.currency() != price.currency());
            it.prices.push(price);
        });
    }

    /// Changes what more than one piece cost, in the currencies of the tiers.
    pub fn set_tiers(&self, variant: VariantId, tiers: &[PriceTier]) {
        self.change(variant, |it| it.tiers = tiers.to_vec());
    }

    /// Gives somebody a price of their own, in any quantity.
    pub fn set_price_for(&self, variant: VariantId, buyer: BuyerId, price: Money) {
        self.change(variant, |it| it.own_prices.push((buyer, price)));
    }

    /// Changes the status.
    pub fn set_status(&self, variant: VariantId, status: VariantStatus) {
        self.change(variant, |it| it.offer.status = status);
    }

    /// Changes the pieces on hand.
    pub fn set_on_hand(&self, variant: VariantId, on_hand: i64) {
        self.change(variant, |it| it.on_hand = on_hand);
    }

    /// Returns the pieces on hand, reserved ones included.
    pub fn on_hand(&self, variant: VariantId) -> i64 {
        self.state()
            .variants
            .get(&variant)
            .map_or(0, |it| it.on_hand)
    }

    /// Returns the reserved pieces.
    pub fn reserved(&self, variant: VariantId) -> i64 {
        self.state()
            .variants
            .get(&variant)
            .map_or(0, |it| it.reserved)
    }

    /// Returns a reservation as it stands.
    pub fn reservation(&self, id: ReservationId) -> Option<Reservation> {
        self.state().reservations.get(&id).cloned()
    }

    /// Lets a held reservation expire, as the real catalog does at `expires_at`.
    pub fn expire(&self, id: ReservationId) {
        self.state().give_back(id, ReservationStatus::Expired);
    }

    /// Makes the next call fail before it runs; several faults are used up in the order given.
    pub fn fail_next(&self, fault: SeamFault) {
        self.state().faults.push(fault);
    }

    /// Returns the names of the methods called so far, failed calls included.
    pub fn calls(&self) -> Vec<&'static str> {
        self.state().calls.clone()
    }

    fn change(&self, variant: VariantId, change: impl FnOnce(&mut FakeVariant)) {
        if let Some(it) = self.state().variants.get_mut(&variant) {
            change(it);
            it.offer.version += 1;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, method: &'static str) -> Result<MutexGuard<'_, State>, SeamFault> {
        let mut state = self.state();
        state.calls.push(method);
        if state.faults.is_empty() {
            Ok(state)
        } else {
            Err(state.faults.remove(0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog as _, CatalogError, CommitReservation, Release, Reserve, ReserveLine};
    use tenon_kernel::{CallCtx, Interface};

    #[tokio::test]
    async fn one_unit_is_reserved_once_and_sold_once() {
        let catalog = FakeCatalog::new();
        let env = Env::system();
        let ctx = CallCtx::service(&env, Interface::Cli, "test");
        let price = Money::new(450, "EUR".parse().expect("known")).expect("in range");
        let variant = catalog.add("TEA-001", "Assam", price, 1);
        let reserve = |reservation_id| Reserve {
            reservation_id,
            lines: vec![ReserveLine {
                variant_id: variant,
                quantity: 1,
            }],
            expires_at: env.now() + std::time::Duration::from_mins(1),
        };
        let (first, second) = (env.new_id(), env.new_id());

        catalog
            .reserve(&ctx, reserve(first))
            .await
            .expect("in stock");
        let refused = catalog
            .reserve(&ctx, reserve(second))
            .await
            .expect_err("gone");
        assert!(
            matches!(refused.domain(), Some(CatalogError::OutOfStock { lines }) if lines[0].available == 0)
        );

        let sold = CommitReservation {
            reservation_id: first,
            order_id: "ord_1".to_owned(),
        };
        catalog
            .commit_reservation(&ctx, sold.clone())
            .await
            .expect("held");
        catalog
            .commit_reservation(&ctx, sold)
            .await
            .expect("the same again");
        assert_eq!(
            (catalog.on_hand(variant), catalog.reserved(variant)),
            (0, 0)
        );

        catalog
            .release(
                &ctx,
                Release {
                    reservation_id: second,
                    reason: "late".to_owned(),
                },
            )
            .await
            .expect("tombstone");
        let late = catalog
            .reserve(&ctx, reserve(second))
            .await
            .expect_err("released before it arrived");
        assert!(matches!(
            late.domain(),
            Some(CatalogError::ReservationConflict { .. })
        ));
    }
}
