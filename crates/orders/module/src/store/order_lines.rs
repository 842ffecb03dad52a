//! `order_lines`.

use orders_contract::{LineId, OrderId, OrderLine, ProductRef, ShippedLine, VariantRef};
use serde::Serialize;
use tenon_kernel::Currency;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use super::{id_list, money};

#[derive(sqlx::FromRow)]
pub(super) struct LineRow {
    pub(super) order_id: OrderId,
    id: LineId,
    variant_id: VariantRef,
    product_id: ProductRef,
    sku: String,
    title: String,
    quantity: i64,
    packed: i64,
    shipped: i64,
    unit_price: i64,
    /// At its price, before the discount.
    total: i64,
    tax: i64,
    discount: i64,
}

/// A line in the JSON array that both engines unpack.
#[derive(Serialize)]
struct NewLine<'l> {
    position: usize,
    id: String,
    variant_id: String,
    product_id: String,
    sku: &'l str,
    title: &'l str,
    quantity: i64,
    unit_price: i64,
    total: i64,
    tax: i64,
    discount: i64,
}

/// Inserts all lines of an order with one statement: an order of 100 lines costs no more round trips than one of two.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    order: OrderId,
    lines: &[OrderLine],
) -> Result<(), StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "INSERT INTO order_lines
                 (order_id, position, id, variant_id, product_id, sku, title, quantity, packed, shipped, unit_price,
                  total, tax, discount)
             SELECT $1, value ->> 'position', unhex(value ->> 'id'), unhex(value ->> 'variant_id'), unhex(value ->> 'product_id'),
                    value ->> 'sku', value ->> 'title', value ->> 'quantity', 0, 0, value ->> 'unit_price',
                    value ->> 'total', value ->> 'tax', value ->> 'discount'
               FROM json_each($2)"
        }
        Engine::Postgres => {
            "INSERT INTO order_lines
                 (order_id, position, id, variant_id, product_id, sku, title, quantity, packed, shipped, unit_price,
                  total, tax, discount)
             SELECT $1, line.position, line.id, line.variant_id, line.product_id, line.sku, line.title, line.quantity, 0, 0,
                    line.unit_price, line.total, line.tax, line.discount
               FROM jsonb_to_recordset($2) AS line (position bigint, id uuid, variant_id uuid, product_id uuid, sku text, title text,
                                                    quantity bigint, unit_price bigint, total bigint, tax bigint, discount bigint)"
        }
    };
    let new_lines: Vec<NewLine<'_>> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| NewLine {
            position: index + 1,
            id: line.line_id.uuid().simple().to_string(),
            variant_id: line.variant_id.uuid().simple().to_string(),
            product_id: line.product_id.uuid().simple().to_string(),
            sku: &line.sku,
            title: &line.title,
            quantity: line.quantity,
            unit_price: line.unit_price.minor(),
            total: line.total.minor() + line.discount().minor(),
            tax: line.tax.minor(),
            discount: line.discount().minor(),
        })
        .collect();
    let new_lines = serde_json::to_value(new_lines).map_err(|error| StoreError::Inconsistent {
        what: format!("lines of {order}: {error}"),
    })?;
    let inserted = tx
        .query(sql)
        .bind(order)
        .bind(Json(new_lines))
        .execute()
        .await?;
    if inserted == lines.len() as u64 {
        return Ok(());
    }
    Err(StoreError::Inconsistent {
        what: format!("{inserted} lines of {order}, not {}", lines.len()),
    })
}

/// Returns the lines of several orders, oldest first within each.
pub(super) async fn of_orders(
    db: &mut dyn Queryable,
    orders: &[OrderId],
) -> Result<Vec<LineRow>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT order_id, id, variant_id, product_id, sku, title, quantity, packed, shipped, unit_price, total, tax, discount
               FROM order_lines
              WHERE order_id IN (SELECT unhex(value) FROM json_each($1))
              ORDER BY order_id, position LIMIT 20000"
        }
        Engine::Postgres => {
            "SELECT order_id, id, variant_id, product_id, sku, title, quantity, packed, shipped, unit_price, total, tax, discount
               FROM order_lines
              WHERE order_id IN (SELECT CAST(jsonb_array_elements_text($1) AS uuid))
              ORDER BY order_id, position LIMIT 20000"
        }
    };
    db.query(sql).bind(id_list(orders)).fetch_all().await
}

/// Counts pieces of a locked order's lines into or out of a parcel; `sign` is 1 or -1.
pub(crate) async fn pack(
    tx: &mut Tx<'_>,
    order: OrderId,
    parcel: &[ShippedLine],
    sign: i64,
) -> Result<(), StoreError> {
    for line in parcel {
        tx.query("UPDATE order_lines SET packed = packed + $3 WHERE order_id = $1 AND id = $2")
            .bind(order)
            .bind(line.line_id)
            .bind(line.quantity * sign)
            .execute()
            .await?;
    }
    Ok(())
}

/// Counts the pieces of a parcel of a locked order as shipped.
pub(crate) async fn ship(
    tx: &mut Tx<'_>,
    order: OrderId,
    parcel: &[ShippedLine],
) -> Result<(), StoreError> {
    for line in parcel {
        tx.query("UPDATE order_lines SET shipped = shipped + $3 WHERE order_id = $1 AND id = $2")
            .bind(order)
            .bind(line.line_id)
            .bind(line.quantity)
            .execute()
            .await?;
    }
    Ok(())
}

impl LineRow {
    /// Pieces that are in parcels.
    pub(super) fn packed(&self) -> (LineId, i64) {
        (self.id, self.packed)
    }

    pub(super) fn into_line(self, currency: Currency) -> Result<OrderLine, StoreError> {
        Ok(OrderLine {
            line_id: self.id,
            variant_id: self.variant_id,
            product_id: self.product_id,
            sku: self.sku,
            title: self.title,
            quantity: self.quantity,
            shipped: self.shipped,
            unit_price: money("order_lines.unit_price", self.unit_price, currency)?,
            discount: Some(money("order_lines.discount", self.discount, currency)?),
            total: money("order_lines.total", self.total - self.discount, currency)?,
            tax: money("order_lines.tax", self.tax, currency)?,
        })
    }
}
