//! The prices of a variant, all at once.

use catalog_contract::{CatalogError, PriceChanged, ProductUpdated, VariantId};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Tx, retrying};

use super::update_variant::at_version;
use super::{Done, PageRef, Service, audit, refused, search_index};
use crate::domain::price::{check_prices, price_changes};
use crate::domain::rules::Rules;
use crate::domain::variant::Variant;
use crate::store::{prices, products, variants};

impl Service {
    /// Replaces the prices of a variant if it is still at `version`: one for each currency it is sold in.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StaleVariant`] with the version it is at.
    #[tracing::instrument(name = "catalog.set_prices", skip_all, fields(variant.id = %id))]
    pub(crate) async fn set_prices(
        &self,
        ctx: &CallCtx,
        id: VariantId,
        version: i64,
        mut wanted: Vec<Money>,
    ) -> SeamResult<Variant, CatalogError> {
        let mut rules = Rules::default();
        check_prices(&mut rules, "/prices", &wanted);
        rules.finish().map_err(SeamError::Domain)?;
        wanted.sort_unstable_by_key(|price| price.currency());
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.set_prices").await?;
            let done = set(&mut tx, id, version, &wanted).await?;
            tx.commit().await?;
            Ok::<_, SeamError<CatalogError>>(done)
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn set(
    tx: &mut Tx<'_>,
    id: VariantId,
    version: i64,
    wanted: &[Money],
) -> SeamResult<Done<Variant>, CatalogError> {
    let (product, before) = at_version(tx, id, version).await?;
    let changes = price_changes(&before.prices, wanted);
    if changes.is_empty() {
        return Ok(Done::quietly(before));
    }
    let mut after = Variant {
        prices: wanted.to_vec(),
        ..before.clone()
    };
    if !variants::update(tx, &after).await? {
        return refused(CatalogError::StaleVariant {
            variant_id: id,
            current: before.version + 1,
        });
    }
    after.version += 1;
    prices::change(tx, id, &changes).await?;
    let Some((product_version, _)) = products::touch(tx, product.id).await? else {
        return refused(CatalogError::ProductNotFound);
    };
    search_index::keep(tx, product.id).await?;

    let (product_id, valid_from) = (product.id, tx.now());
    for change in changes {
        let (old, new) = (change.old, change.new);
        tx.emit(&PriceChanged {
            variant_id: id,
            product_id,
            list_id: None,
            min_quantity: None,
            old,
            new,
            valid_from,
        })
        .await?;
    }
    let updated = ProductUpdated {
        product_id,
        version: product_version,
        changed: vec!["variants".to_owned()],
    };
    tx.emit(&updated).await?;
    let (_, old, new) = audit::difference(
        audit::variant_members(&before),
        audit::variant_members(&after),
    );
    audit::changed(tx, "price.changed", id.to_string(), old, new).await?;
    Ok(Done::new(
        after,
        vec![PageRef {
            id: product_id,
            slug: product.slug,
        }],
    ))
}
