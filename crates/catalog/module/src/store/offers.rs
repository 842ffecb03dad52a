//! Variants as buyers meet them, many at once.

use catalog_contract::{ProductId, VariantId, VariantOffer, VariantStatus};
use tenon_kernel::Currency;
use tenon_store::{Queryable, StoreError};

use super::{Texts, by_ids, id_list, money, status};
use crate::domain::product::Status;

const OFFERS: Texts = by_ids!(
    "SELECT v.id, v.product_id, p.title AS product_title, v.title, v.sku, p.image, p.status AS product_status,
            v.status, p.version, r.amount,
            (SELECT CAST(COALESCE(SUM(s.on_hand - s.reserved), 0) AS bigint)
               FROM stock_levels s
              WHERE s.variant_id = v.id) AS available
       FROM variants v
       JOIN products p ON p.id = v.product_id
       LEFT JOIN prices r ON r.variant_id = v.id AND r.currency = $2
      WHERE v.id",
    ""
);

const AVAILABILITY: Texts = by_ids!(
    "SELECT v.id,
            (SELECT CAST(COALESCE(SUM(s.on_hand - s.reserved), 0) AS bigint)
               FROM stock_levels s
              WHERE s.variant_id = v.id) AS available
       FROM variants v
       JOIN products p ON p.id = v.product_id
      WHERE v.status = 'active' AND p.status = 'active' AND v.id",
    ""
);

#[derive(sqlx::FromRow)]
struct OfferRow {
    id: VariantId,
    product_id: ProductId,
    product_title: String,
    title: String,
    sku: String,
    image: Option<String>,
    product_status: String,
    status: String,
    version: i64,
    amount: Option<i64>,
    available: i64,
}

/// A variant that is for sale, and how many pieces of it can be had.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Availability {
    pub(crate) id: VariantId,
    pub(crate) available: i64,
}

/// Returns those of the variants that exist.
#[tracing::instrument(name = "db.catalog.get_offers", skip_all, fields(variants = ids.len()), err(level = "debug"))]
pub(crate) async fn get(
    db: &mut dyn Queryable,
    ids: &[VariantId],
    currency: Currency,
) -> Result<Vec<VariantOffer>, StoreError> {
    let text = OFFERS.text(db.engine());
    let rows: Vec<OfferRow> = db
        .query(text)
        .bind(id_list(ids))
        .bind(currency.code())
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| row.into_offer(currency))
        .collect()
}

/// Returns those of the variants that are for sale.
#[tracing::instrument(name = "db.catalog.get_availability", skip_all, fields(variants = ids.len()), err(level = "debug"))]
pub(crate) async fn availability(
    db: &mut dyn Queryable,
    ids: &[VariantId],
) -> Result<Vec<Availability>, StoreError> {
    let text = AVAILABILITY.text(db.engine());
    db.query(text).bind(id_list(ids)).fetch_all().await
}

impl OfferRow {
    fn into_offer(self, currency: Currency) -> Result<VariantOffer, StoreError> {
        let price = self
            .amount
            .map(|amount| money(amount, currency.code()))
            .transpose()?;
        let status = match (status(&self.product_status)?, status(&self.status)?) {
            (Status::Active, Status::Active) => VariantStatus::Active,
            (Status::Archived, _) | (_, Status::Archived) => VariantStatus::Archived,
            (Status::Draft, _) | (_, Status::Draft) => VariantStatus::Draft,
        };
        Ok(VariantOffer {
            variant_id: self.id,
            product_id: self.product_id,
            product_title: self.product_title,
            variant_title: self.title,
            sku: self.sku,
            image: self.image,
            price,
            tiers: Vec::new(), // of price lists, which are asked about beside
            status,
            available: self.available,
            version: self.version,
        })
    }
}
