//! `fulfillments`.

use orders_contract::{FulfillmentId, OrderId, ShippedLine, Tracking};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use super::{id_list, name};
use crate::domain::fulfillment::{Fulfillment, FulfillmentStatus};

#[derive(sqlx::FromRow)]
struct FulfillmentRow {
    id: FulfillmentId,
    order_id: OrderId,
    version: i64,
    status: String,
    carrier: Option<String>,
    tracking_number: Option<String>,
    tracking_url: Option<String>,
    lines: Json<Vec<ShippedLine>>,
    created_at: Timestamp,
    shipped_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    order_id: OrderId,
    id: FulfillmentId,
}

macro_rules! columns {
    () => {
        "id, order_id, version, status, carrier, tracking_number, tracking_url, lines, created_at, shipped_at, \
         delivered_at"
    };
}

/// Inserts a parcel.
#[tracing::instrument(name = "db.fulfillments.insert", skip_all, fields(fulfillment.id = %parcel.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, parcel: &Fulfillment) -> Result<(), StoreError> {
    tx.query(concat!(
        "INSERT INTO fulfillments (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(parcel.id)
    .bind(parcel.order_id)
    .bind(parcel.version)
    .bind(parcel.status.as_str())
    .bind(parcel.tracking.carrier.clone())
    .bind(parcel.tracking.number.clone())
    .bind(parcel.tracking.url.clone())
    .bind(Json(parcel.lines.clone()))
    .bind(parcel.created_at)
    .bind(parcel.shipped_at)
    .bind(parcel.delivered_at)
    .execute()
    .await?;
    Ok(())
}

/// Saves where a parcel of a locked order is, as its next version.
pub(crate) async fn save(tx: &mut Tx<'_>, parcel: &Fulfillment) -> Result<(), StoreError> {
    let saved = tx
        .query(
            "UPDATE fulfillments
                SET version = $2, status = $3, carrier = $4, tracking_number = $5, tracking_url = $6, shipped_at = $7,
                    delivered_at = $8
              WHERE id = $1 AND version = $2 - 1",
        )
        .bind(parcel.id)
        .bind(parcel.version)
        .bind(parcel.status.as_str())
        .bind(parcel.tracking.carrier.clone())
        .bind(parcel.tracking.number.clone())
        .bind(parcel.tracking.url.clone())
        .bind(parcel.shipped_at)
        .bind(parcel.delivered_at)
        .execute()
        .await?;
    if saved == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

/// Finds a parcel.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: FulfillmentId,
) -> Result<Option<Fulfillment>, StoreError> {
    let row: Option<FulfillmentRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM fulfillments WHERE id = $1"
        ))
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(FulfillmentRow::into_parcel).transpose()
}

/// Returns the parcels of an order, oldest first.
pub(crate) async fn of_order(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<Vec<Fulfillment>, StoreError> {
    let rows: Vec<FulfillmentRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM fulfillments WHERE order_id = $1 ORDER BY id LIMIT 10000"
        ))
        .bind(order)
        .fetch_all()
        .await?;
    rows.into_iter().map(FulfillmentRow::into_parcel).collect()
}

/// Returns the parcels of several orders, oldest first.
pub(crate) async fn of_orders(
    db: &mut dyn Queryable,
    orders: &[OrderId],
) -> Result<Vec<Fulfillment>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => concat!(
            "SELECT ",
            columns!(),
            " FROM fulfillments
              WHERE order_id IN (SELECT unhex(value) FROM json_each($1))
              ORDER BY order_id, id LIMIT 20000"
        ),
        Engine::Postgres => concat!(
            "SELECT ",
            columns!(),
            " FROM fulfillments
              WHERE order_id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid))
              ORDER BY order_id, id LIMIT 20000"
        ),
    };
    let rows: Vec<FulfillmentRow> = db.query(sql).bind(id_list(orders)).fetch_all().await?;
    rows.into_iter().map(FulfillmentRow::into_parcel).collect()
}

/// Returns the ids of the parcels of several orders, oldest first.
pub(super) async fn ids_of_orders(
    db: &mut dyn Queryable,
    orders: &[OrderId],
) -> Result<Vec<(OrderId, FulfillmentId)>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT order_id, id FROM fulfillments
              WHERE order_id IN (SELECT unhex(value) FROM json_each($1))
              ORDER BY order_id, id LIMIT 20000"
        }
        Engine::Postgres => {
            "SELECT order_id, id FROM fulfillments
              WHERE order_id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid))
              ORDER BY order_id, id LIMIT 20000"
        }
    };
    let rows: Vec<IdRow> = db.query(sql).bind(id_list(orders)).fetch_all().await?;
    Ok(rows.into_iter().map(|row| (row.order_id, row.id)).collect())
}

impl FulfillmentRow {
    fn into_parcel(self) -> Result<Fulfillment, StoreError> {
        Ok(Fulfillment {
            id: self.id,
            order_id: self.order_id,
            version: self.version,
            status: name(
                "fulfillments.status",
                &self.status,
                FulfillmentStatus::parse,
            )?,
            tracking: Tracking {
                carrier: self.carrier,
                number: self.tracking_number,
                url: self.tracking_url,
            },
            lines: self.lines.0,
            created_at: self.created_at,
            shipped_at: self.shipped_at,
            delivered_at: self.delivered_at,
        })
    }
}
