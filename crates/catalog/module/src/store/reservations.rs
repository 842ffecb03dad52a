//! `reservations`.

use catalog_contract::{LocationId, ReservationId, ReservationStatus, VariantId};
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use super::{Texts, by_ids, id_list};
use crate::domain::reservation::{Held, Take};

const GET: Texts = by_ids!(
    "SELECT id, status, lines, expires_at, order_id FROM reservations WHERE id",
    ""
);

#[derive(sqlx::FromRow)]
struct ReservationRow {
    id: ReservationId,
    status: String,
    lines: Json<Vec<StoredTake>>,
    expires_at: Timestamp,
    order_id: Option<String>,
}

/// A [`Take`] as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredTake {
    variant_id: VariantId,
    location_id: LocationId,
    quantity: i64,
}

/// Inserts a reservation; returns `false` if there is one with this id.
#[tracing::instrument(name = "db.catalog.insert_reservation", skip_all, fields(reservation.id = %held.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, held: &Held) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO reservations (id, status, lines, expires_at, order_id, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(held.id)
        .bind(held.status.as_str())
        .bind(stored(&held.takes))
        .bind(held.expires_at)
        .bind(held.order_id.as_deref())
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Moves a reservation from one status to another; returns it if it was in the first.
///
/// The guard locks the row and makes every command idempotent: a second delivery changes nothing.
#[tracing::instrument(name = "db.catalog.turn_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn turn(
    tx: &mut Tx<'_>,
    id: ReservationId,
    from: ReservationStatus,
    to: ReservationStatus,
    order_id: Option<&str>,
) -> Result<Option<Held>, StoreError> {
    let now = tx.now();
    let row: Option<ReservationRow> = tx
        .query(
            "UPDATE reservations
                SET status = $3, order_id = COALESCE($4, order_id), updated_at = $5
              WHERE id = $1 AND status = $2
             RETURNING id, status, lines, expires_at, order_id",
        )
        .bind(id)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(order_id)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(Held::try_from).transpose()
}

/// Lets a held reservation expire if its time has come; returns it then.
#[tracing::instrument(name = "db.catalog.expire_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn expire(tx: &mut Tx<'_>, id: ReservationId) -> Result<Option<Held>, StoreError> {
    let now = tx.now();
    let row: Option<ReservationRow> = tx
        .query(
            "UPDATE reservations
                SET status = 'expired', updated_at = $2
              WHERE id = $1 AND status = 'held' AND expires_at <= $2
             RETURNING id, status, lines, expires_at, order_id",
        )
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(Held::try_from).transpose()
}

/// Moves the expiry of a held reservation further away; returns it if that changed something.
#[tracing::instrument(name = "db.catalog.extend_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn extend(
    tx: &mut Tx<'_>,
    id: ReservationId,
    expires_at: Timestamp,
) -> Result<Option<Held>, StoreError> {
    let now = tx.now();
    let row: Option<ReservationRow> = tx
        .query(
            "UPDATE reservations
                SET expires_at = $2, updated_at = $3
              WHERE id = $1 AND status = 'held' AND expires_at < $2
             RETURNING id, status, lines, expires_at, order_id",
        )
        .bind(id)
        .bind(expires_at)
        .bind(now)
        .fetch_optional()
        .await?;
    row.map(Held::try_from).transpose()
}

/// Writes where the stock of a reservation was taken, after it was taken again.
#[tracing::instrument(name = "db.catalog.rewrite_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn rewrite(
    tx: &mut Tx<'_>,
    id: ReservationId,
    takes: &[Take],
) -> Result<(), StoreError> {
    tx.query("UPDATE reservations SET lines = $2 WHERE id = $1")
        .bind(id)
        .bind(stored(takes))
        .execute()
        .await?;
    Ok(())
}

/// Finds a reservation.
#[tracing::instrument(name = "db.catalog.find_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ReservationId,
) -> Result<Option<Held>, StoreError> {
    let row: Option<ReservationRow> = db
        .query("SELECT id, status, lines, expires_at, order_id FROM reservations WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(Held::try_from).transpose()
}

/// Finds a reservation and locks it for the rest of the unit.
#[tracing::instrument(name = "db.catalog.lock_reservation", skip_all, fields(reservation.id = %id), err(level = "debug"))]
pub(crate) async fn lock(tx: &mut Tx<'_>, id: ReservationId) -> Result<Option<Held>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT id, status, lines, expires_at, order_id FROM reservations WHERE id = $1"
        }
        Engine::Postgres => {
            "SELECT id, status, lines, expires_at, order_id FROM reservations WHERE id = $1 FOR UPDATE"
        }
    };
    let row: Option<ReservationRow> = tx.query(sql).bind(id).fetch_optional().await?;
    row.map(Held::try_from).transpose()
}

/// Returns those of the reservations that exist.
#[tracing::instrument(name = "db.catalog.get_reservations", skip_all, fields(reservations = ids.len()), err(level = "debug"))]
pub(crate) async fn get(
    db: &mut dyn Queryable,
    ids: &[ReservationId],
) -> Result<Vec<Held>, StoreError> {
    let text = GET.text(db.engine());
    let rows: Vec<ReservationRow> = db.query(text).bind(id_list(ids)).fetch_all().await?;
    rows.into_iter().map(Held::try_from).collect()
}

/// Lists reservations behind `after`, by id.
#[tracing::instrument(name = "db.catalog.list_reservations", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    status: Option<ReservationStatus>,
    after: ReservationId,
    limit: i64,
) -> Result<Vec<Held>, StoreError> {
    let rows: Vec<ReservationRow> = match status {
        None => {
            db.query(
                "SELECT id, status, lines, expires_at, order_id
                   FROM reservations
                  WHERE id > $1
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after)
            .bind(limit)
            .fetch_all()
            .await?
        }
        Some(status) => {
            db.query(
                "SELECT id, status, lines, expires_at, order_id
                   FROM reservations
                  WHERE status = $3 AND id > $1
                  ORDER BY id
                  LIMIT $2",
            )
            .bind(after)
            .bind(limit)
            .bind(status.as_str())
            .fetch_all()
            .await?
        }
    };
    rows.into_iter().map(Held::try_from).collect()
}

fn stored(takes: &[Take]) -> Json<Vec<StoredTake>> {
    let stored = |take: &Take| StoredTake {
        variant_id: take.variant_id,
        location_id: take.location_id,
        quantity: take.quantity,
    };
    Json(takes.iter().map(stored).collect())
}

impl TryFrom<ReservationRow> for Held {
    type Error = StoreError;

    fn try_from(row: ReservationRow) -> Result<Self, StoreError> {
        let status = match row.status.as_str() {
            "held" => ReservationStatus::Held,
            "committed" => ReservationStatus::Committed,
            "released" => ReservationStatus::Released,
            "expired" => ReservationStatus::Expired,
            "restocked" => ReservationStatus::Restocked,
            other => {
                return Err(StoreError::inconsistent(format!(
                    "reservations.status {other} of {}",
                    row.id
                )));
            }
        };
        let take = |it: StoredTake| Take {
            variant_id: it.variant_id,
            location_id: it.location_id,
            quantity: it.quantity,
        };
        Ok(Self {
            id: row.id,
            status,
            takes: row.lines.0.into_iter().map(take).collect(),
            expires_at: row.expires_at,
            order_id: row.order_id,
        })
    }
}
