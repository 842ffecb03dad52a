//! `stock_movements`: the ledger that explains every piece.

use catalog_contract::{LocationId, MovementId, ReservationId, VariantId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::stock::{Cause, Movement};

/// Entries written by one statement.
const BATCH: usize = 4;

macro_rules! insert_text {
    ($($row:literal)+) => {
        concat!(
            "INSERT INTO stock_movements (reservation_id, reason, reference, actor, at,
                                          id, variant_id, location_id, delta_on_hand, delta_reserved)
             VALUES ",
            $($row),+
        )
    };
}

/// One text for each number of entries.
const INSERT: [&str; BATCH] = [
    insert_text!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
    insert_text!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), "
                 "($1, $2, $3, $4, $5, $11, $12, $13, $14, $15)"),
    insert_text!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), "
                 "($1, $2, $3, $4, $5, $11, $12, $13, $14, $15), "
                 "($1, $2, $3, $4, $5, $16, $17, $18, $19, $20)"),
    insert_text!("($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), "
                 "($1, $2, $3, $4, $5, $11, $12, $13, $14, $15), "
                 "($1, $2, $3, $4, $5, $16, $17, $18, $19, $20), "
                 "($1, $2, $3, $4, $5, $21, $22, $23, $24, $25)"),
];

/// An entry as it stands in the ledger.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LedgerEntry {
    pub(crate) id: MovementId,
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) reservation_id: Option<ReservationId>,
    pub(crate) delta_on_hand: i64,
    pub(crate) delta_reserved: i64,
    pub(crate) reason: String,
    pub(crate) reference: Option<String>,
    pub(crate) actor: String,
    pub(crate) at: Timestamp,
}

/// Writes entries; returns the id of the last.
#[tracing::instrument(name = "db.catalog.insert_movements", skip_all, fields(movements = movements.len()), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    movements: &[Movement],
    cause: Cause<'_>,
) -> Result<Option<MovementId>, StoreError> {
    let (now, env, actor) = (tx.now(), tx.env().clone(), tx.ctx().principal.to_string());
    let mut last = None;
    for batch in movements.chunks(BATCH) {
        let mut statement = tx
            .query(INSERT[batch.len() - 1])
            .bind(cause.reservation_id)
            .bind(cause.reason)
            .bind(cause.reference)
            .bind(&actor)
            .bind(now);
        for movement in batch {
            let id: MovementId = env.new_id();
            last = Some(id);
            statement = statement
                .bind(id)
                .bind(movement.variant_id)
                .bind(movement.location_id)
                .bind(movement.delta_on_hand)
                .bind(movement.delta_reserved);
        }
        statement.execute().await?;
    }
    Ok(last)
}

/// Lists entries older than `before`, newest first.
#[tracing::instrument(name = "db.catalog.list_movements", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    variant: Option<VariantId>,
    before: MovementId,
    limit: i64,
) -> Result<Vec<LedgerEntry>, StoreError> {
    match variant {
        None => {
            db.query(
                "SELECT id, variant_id, location_id, reservation_id, delta_on_hand, delta_reserved,
                        reason, reference, actor, at
                   FROM stock_movements
                  WHERE id < $1
                  ORDER BY id DESC
                  LIMIT $2",
            )
            .bind(before)
            .bind(limit)
            .fetch_all()
            .await
        }
        Some(variant) => {
            db.query(
                "SELECT id, variant_id, location_id, reservation_id, delta_on_hand, delta_reserved,
                        reason, reference, actor, at
                   FROM stock_movements
                  WHERE variant_id = $3 AND id < $1
                  ORDER BY id DESC
                  LIMIT $2",
            )
            .bind(before)
            .bind(limit)
            .bind(variant)
            .fetch_all()
            .await
        }
    }
}
