//! What `tenon verify` asks of the stock tables; each statement is one moment's truth.

use catalog_contract::{LocationId, ReservationId, VariantId};
use tenon_kernel::Timestamp;
use tenon_module::IdRange;
use tenon_store::{Queryable, StoreError};

/// Where a stretch of variants with stock behind `$1` ends.
pub(crate) const STRETCH: &str = "SELECT variant_id FROM stock_levels WHERE variant_id > $1 ORDER BY variant_id LIMIT 1 OFFSET 499";

/// Where a stretch of products behind `$1` ends: few, as each has many words.
pub(crate) const PRODUCTS: &str =
    "SELECT id FROM products WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 49";

/// A level that its ledger does not explain.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Unexplained {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) ledger_on_hand: i64,
    pub(crate) ledger_reserved: i64,
}

/// A level that promises more or less than the reservations held on it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Unheld {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) reserved: i64,
    pub(crate) held: i64,
}

/// A reservation that should have expired.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Overdue {
    pub(crate) id: ReservationId,
    pub(crate) expires_at: Timestamp,
}

/// Levels that differ from the sum of their movements.
pub(crate) async fn unexplained(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Unexplained>, StoreError> {
    db.query(
        "SELECT l.variant_id, l.location_id, l.on_hand, l.reserved,
                COALESCE(m.on_hand, 0) AS ledger_on_hand, COALESCE(m.reserved, 0) AS ledger_reserved
           FROM stock_levels l
           LEFT JOIN (SELECT variant_id, location_id,
                             CAST(SUM(delta_on_hand) AS bigint) AS on_hand,
                             CAST(SUM(delta_reserved) AS bigint) AS reserved
                        FROM stock_movements
                       WHERE variant_id > $1 AND variant_id <= $2
                       GROUP BY variant_id, location_id) m
             ON m.variant_id = l.variant_id AND m.location_id = l.location_id
          WHERE l.variant_id > $1 AND l.variant_id <= $2
            AND (l.on_hand <> COALESCE(m.on_hand, 0) OR l.reserved <> COALESCE(m.reserved, 0))
          ORDER BY l.variant_id, l.location_id
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Levels whose `reserved` differs from what held reservations took there.
pub(crate) async fn unheld(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Unheld>, StoreError> {
    db.query(
        "SELECT l.variant_id, l.location_id, l.reserved, COALESCE(h.held, 0) AS held
           FROM stock_levels l
           LEFT JOIN (SELECT m.variant_id, m.location_id, CAST(SUM(m.delta_reserved) AS bigint) AS held
                        FROM stock_movements m
                        JOIN reservations r ON r.id = m.reservation_id
                       WHERE r.status = 'held' AND m.variant_id > $1 AND m.variant_id <= $2
                       GROUP BY m.variant_id, m.location_id) h
             ON h.variant_id = l.variant_id AND h.location_id = l.location_id
          WHERE l.variant_id > $1 AND l.variant_id <= $2 AND l.reserved <> COALESCE(h.held, 0)
          ORDER BY l.variant_id, l.location_id
          LIMIT 100",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Reservations held after `deadline`.
pub(crate) async fn overdue(
    db: &mut dyn Queryable,
    deadline: Timestamp,
) -> Result<Vec<Overdue>, StoreError> {
    db.query(
        "SELECT id, expires_at
           FROM reservations
          WHERE status = 'held' AND expires_at < $1
          ORDER BY id
          LIMIT 100",
    )
    .bind(deadline)
    .fetch_all()
    .await
}
