//! `stock_levels`: every change is guarded, so that what is promised is always there.

use catalog_contract::{LocationId, ProductId, VariantId};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};

use super::{Texts, by_ids, id_list};
use crate::domain::stock::{Level, Movement};

const TOTALS: Texts = by_ids!(
    "SELECT v.id AS variant_id, v.product_id,
            (SELECT CAST(COALESCE(SUM(s.on_hand - s.reserved), 0) AS bigint)
               FROM stock_levels s
              WHERE s.variant_id = v.id) AS available
       FROM variants v
      WHERE v.id",
    ""
);

/// What can be had of a variant over all locations.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Total {
    pub(crate) variant_id: VariantId,
    pub(crate) product_id: ProductId,
    pub(crate) available: i64,
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    variant_id: VariantId,
    location_id: LocationId,
    on_hand: i64,
    reserved: i64,
    updated_at: Timestamp,
}

/// Applies a movement if `needed` pieces are available there; returns how many are available after it.
#[tracing::instrument(name = "db.catalog.move_stock", skip_all, fields(variant.id = %movement.variant_id), err(level = "debug"))]
pub(crate) async fn apply(
    tx: &mut Tx<'_>,
    movement: &Movement,
    needed: i64,
) -> Result<Option<i64>, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE stock_levels
            SET on_hand = on_hand + $4, reserved = reserved + $5, updated_at = $6
          WHERE variant_id = $1 AND location_id = $2 AND on_hand - reserved >= $3
         RETURNING on_hand - reserved",
    )
    .bind(movement.variant_id)
    .bind(movement.location_id)
    .bind(needed)
    .bind(movement.delta_on_hand)
    .bind(movement.delta_reserved)
    .bind(now)
    .fetch_scalar()
    .await
}

/// Reserves pieces of a variant that is for sale, at the first location that has them all; returns that
/// location and how many are available there after it.
///
/// The guard is repeated outside the choice of the location: whoever waits for the row sees it as it is then.
#[tracing::instrument(name = "db.catalog.reserve_stock", skip_all, fields(variant.id = %variant), err(level = "debug"))]
pub(crate) async fn reserve(
    tx: &mut Tx<'_>,
    variant: VariantId,
    quantity: i64,
) -> Result<Option<(LocationId, i64)>, StoreError> {
    let now = tx.now();
    // What the guards are asked for; a planted bug asks for nothing.
    let needed = if tenon_chaos::is_planted("catalog.unguarded-reserve") {
        i64::MIN
    } else {
        quantity
    };
    tx.query(
        "UPDATE stock_levels
            SET reserved = reserved + $2, updated_at = $3
          WHERE variant_id = $1
            AND location_id = (SELECT s.location_id
                                 FROM stock_levels s
                                 JOIN locations l ON l.id = s.location_id
                                WHERE s.variant_id = $1 AND s.on_hand - s.reserved >= $4
                                ORDER BY l.priority, l.id
                                LIMIT 1)
            AND on_hand - reserved >= $4
            AND EXISTS (SELECT 1
                          FROM variants v
                          JOIN products p ON p.id = v.product_id
                         WHERE v.id = $1 AND v.status = 'active' AND p.status = 'active')
         RETURNING location_id, on_hand - reserved",
    )
    .bind(variant)
    .bind(quantity)
    .bind(now)
    .bind(needed)
    .fetch_optional()
    .await
}

/// Makes sure that a level exists, so that stock can be added to it.
#[tracing::instrument(name = "db.catalog.open_level", skip_all, fields(variant.id = %variant), err(level = "debug"))]
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    variant: VariantId,
    location: LocationId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO stock_levels (variant_id, location_id, on_hand, reserved, updated_at)
         VALUES ($1, $2, 0, 0, $3)
         ON CONFLICT (variant_id, location_id) DO NOTHING",
    )
    .bind(variant)
    .bind(location)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the levels of one variant, by location: the order in which rows are locked.
#[tracing::instrument(name = "db.catalog.levels_of", skip_all, fields(variant.id = %variant), err(level = "debug"))]
pub(crate) async fn of_variant(
    db: &mut dyn Queryable,
    variant: VariantId,
) -> Result<Vec<Level>, StoreError> {
    let rows: Vec<LevelRow> = db
        .query(
            "SELECT variant_id, location_id, on_hand, reserved, updated_at
               FROM stock_levels
              WHERE variant_id = $1
              ORDER BY location_id",
        )
        .bind(variant)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Level::from).collect())
}

/// Lists levels behind a place, by variant and location.
#[tracing::instrument(name = "db.catalog.list_levels", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    variant: Option<VariantId>,
    after: (VariantId, LocationId),
    limit: i64,
) -> Result<Vec<Level>, StoreError> {
    let rows: Vec<LevelRow> = match variant {
        None => {
            db.query(
                "SELECT variant_id, location_id, on_hand, reserved, updated_at
                   FROM stock_levels
                  WHERE (variant_id, location_id) > ($1, $2)
                  ORDER BY variant_id, location_id
                  LIMIT $3",
            )
            .bind(after.0)
            .bind(after.1)
            .bind(limit)
            .fetch_all()
            .await?
        }
        Some(variant) => {
            db.query(
                "SELECT variant_id, location_id, on_hand, reserved, updated_at
                   FROM stock_levels
                  WHERE variant_id = $1 AND location_id > $2
                  ORDER BY location_id
                  LIMIT $3",
            )
            .bind(variant)
            .bind(after.1)
            .bind(limit)
            .fetch_all()
            .await?
        }
    };
    Ok(rows.into_iter().map(Level::from).collect())
}

/// Locks variants until the commit, in one order. Two units that each empty one location of a variant then see, one after the
/// other, what is left of it everywhere.
#[tracing::instrument(name = "db.catalog.lock_variants", skip_all, fields(variants = variants.len()), err(level = "debug"))]
pub(crate) async fn lock_variants(
    tx: &mut Tx<'_>,
    variants: &[VariantId],
) -> Result<(), StoreError> {
    if tx.engine() == Engine::Sqlite {
        return Ok(()); // one writer at a time
    }
    tx.query(
        "SELECT id
           FROM variants
          WHERE id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))
          ORDER BY id
            FOR NO KEY UPDATE",
    )
    .bind(id_list(variants))
    .execute()
    .await?;
    Ok(())
}

/// Returns what can be had of each of the variants, with its product.
#[tracing::instrument(name = "db.catalog.stock_totals", skip_all, fields(variants = variants.len()), err(level = "debug"))]
pub(crate) async fn totals(
    tx: &mut Tx<'_>,
    variants: &[VariantId],
) -> Result<Vec<Total>, StoreError> {
    let text = TOTALS.text(tx.engine());
    tx.query(text).bind(id_list(variants)).fetch_all().await
}

/// Says whether a location exists.
#[tracing::instrument(name = "db.catalog.location_exists", skip_all, fields(location.id = %id), err(level = "debug"))]
pub(crate) async fn location_exists(tx: &mut Tx<'_>, id: LocationId) -> Result<bool, StoreError> {
    let found: Option<LocationId> = tx
        .query("SELECT id FROM locations WHERE id = $1")
        .bind(id)
        .fetch_scalar()
        .await?;
    Ok(found.is_some())
}

impl From<LevelRow> for Level {
    fn from(row: LevelRow) -> Self {
        Self {
            variant_id: row.variant_id,
            location_id: row.location_id,
            on_hand: row.on_hand,
            reserved: row.reserved,
            updated_at: row.updated_at,
        }
    }
}
