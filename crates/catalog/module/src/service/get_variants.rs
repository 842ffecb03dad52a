//! Variants as buyers meet them, at the prices that hold for them.

use catalog_contract::{
    CatalogError, GetVariants, MAX_IDS, PriceTier, VariantId, VariantOffer, Variants,
};
use tenon_kernel::{CallCtx, Currency, Money, Timestamp};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::StoreError;

use super::Service;
use super::quote_prices::basic;
use crate::domain::resolution::{Candidate, ladder};
use crate::domain::rules::Rules;
use crate::store::{candidates, offers};

impl Service {
    /// Returns those of the variants that exist. Two statements, however many there are.
    #[tracing::instrument(name = "catalog.get_variants", skip_all, fields(variants = req.variant_ids.len()))]
    pub(crate) async fn get_variants(
        &self,
        ctx: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError> {
        let mut rules = Rules::default();
        rules.count("/variant_ids", req.variant_ids.len(), 0..=MAX_IDS);
        rules.finish().map_err(SeamError::Domain)?;
        let (currency, now) = (req.currency, self.db.env().now());
        let mut reader = self.db.read(ctx);
        let mut variants = offers::get(&mut reader, &req.variant_ids, currency).await?;
        let ids: Vec<VariantId> = variants.iter().map(|it| it.variant_id).collect();
        let mut rows = candidates::live(&mut reader, &ids, currency, req.buyer, now).await?;
        for offer in &mut variants {
            // Most variants are in no list.
            if let Some(rows) = rows.remove(&offer.variant_id) {
                take_prices(offer, rows, currency, now)?;
            }
        }
        Ok(Variants { variants })
    }
}

/// Puts what lists say in the place of the basic price.
fn take_prices(
    offer: &mut VariantOffer,
    mut rows: Vec<Candidate>,
    currency: Currency,
    now: Timestamp,
) -> Result<(), StoreError> {
    rows.extend(basic(offer));
    offer.price = None;
    for step in ladder(&rows, now) {
        let price = Money::new(step.amount, currency).map_err(|_| {
            StoreError::inconsistent(format!("price_list_prices of {}", offer.variant_id))
        })?;
        if step.min_quantity == 1 {
            offer.price = Some(price);
        } else {
            let min_quantity = step.min_quantity;
            offer.tiers.push(PriceTier {
                min_quantity,
                price,
            });
        }
    }
    Ok(())
}
