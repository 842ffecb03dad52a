//! `returned_stock`: which line of which return is on the shelf again.

use catalog_contract::{LineRef, LocationId, ReservationId, ReturnRef, VariantId};
use tenon_store::{Queryable, StoreError, Tx};

/// Pieces of one line of a return.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Returned {
    pub(crate) return_id: ReturnRef,
    pub(crate) line_id: LineRef,
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) quantity: i64,
}

/// Returns what came back of a reservation so far.
#[tracing::instrument(name = "db.catalog.returned_of", skip_all, fields(reservation.id = %reservation), err(level = "debug"))]
pub(crate) async fn of_reservation(
    db: &mut dyn Queryable,
    reservation: ReservationId,
) -> Result<Vec<Returned>, StoreError> {
    db.query(
        "SELECT return_id, line_id, variant_id, location_id, quantity
           FROM returned_stock
          WHERE reservation_id = $1
          ORDER BY return_id, line_id
          LIMIT 100000",
    )
    .bind(reservation)
    .fetch_all()
    .await
}

/// Notes that a line is on the shelf again; its key refuses a second time.
#[tracing::instrument(name = "db.catalog.insert_returned", skip_all, fields(return.id = %it.return_id), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    reservation: ReservationId,
    it: &Returned,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO returned_stock (return_id, line_id, reservation_id, variant_id, location_id, quantity, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(it.return_id)
    .bind(it.line_id)
    .bind(reservation)
    .bind(it.variant_id)
    .bind(it.location_id)
    .bind(it.quantity)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
