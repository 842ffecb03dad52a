//! `promotions`.

use orders_contract::PromotionId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use super::{document, id_list, name};
use crate::domain::promotion::{Amounts, Promotion, PromotionStatus, Rule};

#[derive(sqlx::FromRow)]
struct PromotionRow {
    id: PromotionId,
    version: i64,
    code: String,
    kind: String,
    rate: Option<String>,
    amounts: Option<Json<Amounts>>,
    minimum_subtotals: Json<Amounts>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    status: String,
    total_limit: Option<i64>,
    customer_limit: Option<i64>,
    combinable: bool,
    redeemed: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct UsedRow {
    #[sqlx(flatten)]
    promotion: PromotionRow,
    used: i64,
}

macro_rules! columns {
    () => {
        "id, version, code, kind, rate, amounts, minimum_subtotals, valid_from, valid_until, status, total_limit, \
         customer_limit, combinable, redeemed, created_at, updated_at"
    };
}

/// Inserts a promotion.
///
/// # Errors
///
/// [`StoreError::Duplicate`] of `promotions.code` if another one has its code.
pub(crate) async fn insert(tx: &mut Tx<'_>, promotion: &Promotion) -> Result<(), StoreError> {
    let (kind, rate, amounts) = match &promotion.rule {
        Rule::Percent(rate) => ("percent", Some(rate.to_string()), None),
        Rule::Fixed(amounts) => ("fixed", None, Some(Json(amounts.clone()))),
    };
    tx.query(
        "INSERT INTO promotions
             (id, version, code, kind, rate, amounts, minimum_subtotals, valid_from, valid_until, status, total_limit,
              customer_limit, combinable, redeemed, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $14)",
    )
    .bind(promotion.id)
    .bind(promotion.version)
    .bind(promotion.code.clone())
    .bind(kind)
    .bind(rate)
    .bind(amounts)
    .bind(Json(promotion.minimum_subtotals.clone()))
    .bind(promotion.valid_from)
    .bind(promotion.valid_until)
    .bind(promotion.status.as_str())
    .bind(promotion.total_limit)
    .bind(promotion.customer_limit)
    .bind(promotion.combinable)
    .bind(promotion.created_at)
    .execute()
    .await?;
    Ok(())
}

/// Saves what staff may change of a locked promotion.
pub(crate) async fn save(tx: &mut Tx<'_>, promotion: &Promotion) -> Result<(), StoreError> {
    tx.query(
        "UPDATE promotions
            SET minimum_subtotals = $2, valid_from = $3, valid_until = $4, status = $5, total_limit = $6,
                customer_limit = $7
          WHERE id = $1",
    )
    .bind(promotion.id)
    .bind(Json(promotion.minimum_subtotals.clone()))
    .bind(promotion.valid_from)
    .bind(promotion.valid_until)
    .bind(promotion.status.as_str())
    .bind(promotion.total_limit)
    .bind(promotion.customer_limit)
    .execute()
    .await?;
    Ok(())
}

/// Finds a promotion.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: PromotionId,
) -> Result<Option<Promotion>, StoreError> {
    let row: Option<PromotionRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM promotions WHERE id = $1"
        ))
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(PromotionRow::into_promotion).transpose()
}

/// Locks a promotion and gives it its next version; the unit rolls back if nothing comes of it.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: PromotionId,
) -> Result<Option<Promotion>, StoreError> {
    let now = tx.now();
    let row: Option<PromotionRow> = tx
        .query(concat!(
            "UPDATE promotions SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING ",
            columns!()
        ))
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(PromotionRow::into_promotion).transpose()
}

/// Finds the promotion with a code, with how often a buyer has redeemed it.
pub(crate) async fn find_by_code(
    db: &mut dyn Queryable,
    code: &str,
    customer: Option<Vec<u8>>,
) -> Result<Option<(Promotion, i64)>, StoreError> {
    let row: Option<UsedRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            ", COALESCE(times, 0) AS used
               FROM promotions
               LEFT JOIN (SELECT promotion_id, redeemed AS times FROM promotion_customers WHERE customer = $2) AS by_buyer
                 ON by_buyer.promotion_id = promotions.id
              WHERE code = $1"
        ))
        .bind(code.to_owned())
        .bind(customer)
        .fetch_optional()
        .await?;
    row.map(UsedRow::into_used).transpose()
}

/// Returns promotions in the order of their ids in `ids`, each with how often a buyer has redeemed it.
pub(crate) async fn of_cart(
    db: &mut dyn Queryable,
    ids: &[PromotionId],
    customer: Option<Vec<u8>>,
) -> Result<Vec<(Promotion, i64)>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => concat!(
            "SELECT ",
            columns!(),
            ", COALESCE(times, 0) AS used
               FROM promotions
               LEFT JOIN (SELECT promotion_id, redeemed AS times FROM promotion_customers WHERE customer = $2) AS by_buyer
                 ON by_buyer.promotion_id = promotions.id
              WHERE id IN (SELECT unhex(value) FROM json_each($1)) LIMIT 200"
        ),
        Engine::Postgres => concat!(
            "SELECT ",
            columns!(),
            ", COALESCE(times, 0) AS used
               FROM promotions
               LEFT JOIN (SELECT promotion_id, redeemed AS times FROM promotion_customers WHERE customer = $2) AS by_buyer
                 ON by_buyer.promotion_id = promotions.id
              WHERE id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid)) LIMIT 200"
        ),
    };
    let rows: Vec<UsedRow> = db
        .query(sql)
        .bind(id_list(ids))
        .bind(customer)
        .fetch_all()
        .await?;
    let mut found = rows
        .into_iter()
        .map(UsedRow::into_used)
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|(promotion, _)| ids.iter().position(|id| *id == promotion.id));
    Ok(found)
}

/// Lists promotions, newest first, with ids below `before`; one row more than `limit` says that there is more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    code: Option<String>,
    status: Option<PromotionStatus>,
    before: Option<PromotionId>,
    limit: u32,
) -> Result<Vec<Promotion>, StoreError> {
    let rows: Vec<PromotionRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM promotions
               WHERE id < $1 AND (CAST($2 AS text) IS NULL OR code = $2)
                 AND (CAST($3 AS text) IS NULL OR status = $3)
               ORDER BY id DESC LIMIT $4"
        ))
        .bind(before.map_or(uuid::Uuid::max(), PromotionId::uuid))
        .bind(code)
        .bind(status.map(PromotionStatus::as_str))
        .bind(i64::from(limit) + 1)
        .fetch_all()
        .await?;
    rows.into_iter().map(PromotionRow::into_promotion).collect()
}

impl UsedRow {
    fn into_used(self) -> Result<(Promotion, i64), StoreError> {
        Ok((self.promotion.into_promotion()?, self.used))
    }
}

impl PromotionRow {
    fn into_promotion(self) -> Result<Promotion, StoreError> {
        let wrong = |what: &str| StoreError::Inconsistent {
            what: format!("promotions.{what} of {}", self.id),
        };
        let rule = match (self.kind.as_str(), &self.rate) {
            ("percent", Some(rate)) => Rule::Percent(rate.parse().map_err(|_| wrong("rate"))?),
            ("fixed", None) => Rule::Fixed(document(self.amounts).unwrap_or_default()),
            _ => return Err(wrong("kind")),
        };
        Ok(Promotion {
            id: self.id,
            version: self.version,
            code: self.code,
            rule,
            minimum_subtotals: self.minimum_subtotals.0,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            status: name("promotions.status", &self.status, PromotionStatus::parse)?,
            total_limit: self.total_limit,
            customer_limit: self.customer_limit,
            combinable: self.combinable,
            redeemed: self.redeemed,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
