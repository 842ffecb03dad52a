//! `prices`.

use catalog_contract::VariantId;
use tenon_kernel::Money;
use tenon_store::{Queryable as _, StoreError, Tx};

use crate::domain::price::PriceChange;

/// Writes the prices of a new variant.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    variant: VariantId,
    prices: &[Money],
) -> Result<(), StoreError> {
    for price in prices {
        set(tx, variant, *price).await?;
    }
    Ok(())
}

/// Writes what changed.
#[tracing::instrument(name = "db.catalog.change_prices", skip_all, fields(variant.id = %variant), err(level = "debug"))]
pub(crate) async fn change(
    tx: &mut Tx<'_>,
    variant: VariantId,
    changes: &[PriceChange],
) -> Result<(), StoreError> {
    for change in changes {
        match (change.old, change.new) {
            (_, Some(price)) => set(tx, variant, price).await?,
            (Some(gone), None) => remove(tx, variant, gone).await?,
            (None, None) => {}
        }
    }
    Ok(())
}

async fn set(tx: &mut Tx<'_>, variant: VariantId, price: Money) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO prices (variant_id, currency, amount, updated_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (variant_id, currency) DO UPDATE SET amount = excluded.amount, updated_at = excluded.updated_at",
    )
    .bind(variant)
    .bind(price.currency().code())
    .bind(price.minor())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

async fn remove(tx: &mut Tx<'_>, variant: VariantId, price: Money) -> Result<(), StoreError> {
    tx.query("DELETE FROM prices WHERE variant_id = $1 AND currency = $2")
        .bind(variant)
        .bind(price.currency().code())
        .execute()
        .await?;
    Ok(())
}
