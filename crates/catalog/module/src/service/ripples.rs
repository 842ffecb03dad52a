//! What stock movements mean for product pages: a variant sells out, or can be had again.

use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{InventoryDepleted, InventoryRestocked, ProductId, VariantId};
use tenon_events::Emit as _;
use tenon_store::{StoreError, Tx};

use super::{PageRef, search_index};
use crate::domain::stock::Movement;
use crate::store::{levels, products};

/// Movements of one unit of work, as far as availability goes.
#[derive(Debug, Default)]
pub(super) struct Ripples {
    by_variant: BTreeMap<VariantId, Ripple>,
}

#[derive(Debug, Default)]
struct Ripple {
    change: i64,
    /// A location ran empty or was empty, so the variant may have sold out or come back.
    at_zero: bool,
}

impl Ripples {
    /// Notes a movement that left `available` pieces at its location.
    pub(super) fn note(&mut self, movement: &Movement, available: i64) {
        let change = movement.delta_on_hand - movement.delta_reserved;
        let ripple = self.by_variant.entry(movement.variant_id).or_default();
        ripple.change += change;
        ripple.at_zero |= change != 0 && (available == 0 || available == change);
    }

    /// Announces what sold out and what came back, and raises the versions of their products: their pages changed.
    ///
    /// Mostly nothing did, and this sends no statement.
    pub(super) async fn settle(self, tx: &mut Tx<'_>) -> Result<Vec<PageRef>, StoreError> {
        let suspects: Vec<VariantId> = self
            .by_variant
            .iter()
            .filter(|(_, it)| it.at_zero)
            .map(|(id, _)| *id)
            .collect();
        if suspects.is_empty() {
            return Ok(Vec::new());
        }
        levels::lock_variants(tx, &suspects).await?;
        let mut turned: BTreeSet<ProductId> = BTreeSet::new();
        for total in levels::totals(tx, &suspects).await? {
            let levels::Total {
                variant_id,
                product_id,
                available,
            } = total;
            let before = available - self.by_variant.get(&variant_id).map_or(0, |it| it.change);
            match (before, available) {
                (1.., 0) => {
                    tx.emit(&InventoryDepleted {
                        variant_id,
                        product_id,
                        available,
                    })
                    .await?;
                }
                (0, 1..) => {
                    tx.emit(&InventoryRestocked {
                        variant_id,
                        product_id,
                        available,
                    })
                    .await?;
                }
                _ => continue,
            }
            turned.insert(product_id);
        }
        let mut pages = Vec::with_capacity(turned.len());
        for id in turned {
            if let Some((_, slug)) = products::touch(tx, id).await? {
                search_index::keep(tx, id).await?;
                pages.push(PageRef { id, slug });
            }
        }
        Ok(pages)
    }
}
