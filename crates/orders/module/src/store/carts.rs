//! `carts` and `cart_lines`.

use orders_contract::{
    Address, CartId, CartProblem, CheckoutId, LineId, ProductRef, PromotionId, UserRef, VariantRef,
};
use tenon_kernel::{Currency, Timestamp};
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::{Access, currency, document, money, name};
use crate::domain::cart::{Cart, CartLine, CartStatus};

#[derive(sqlx::FromRow)]
pub(super) struct CartRow {
    id: CartId,
    version: i64,
    status: String,
    owner_id: Option<UserRef>,
    token_hash: Option<Vec<u8>>,
    currency: String,
    email: Option<String>,
    shipping_address: Option<Json<Address>>,
    billing_address: Option<Json<Address>>,
    shipping_method: Option<String>,
    checkout_id: Option<CheckoutId>,
    promotions: Option<Json<Vec<PromotionId>>>,
    left_out: Option<Json<Vec<CartProblem>>>,
    merged_into: Option<CartId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: LineId,
    position: i64,
    variant_id: VariantRef,
    product_id: ProductRef,
    sku: String,
    title: String,
    quantity: i64,
    unit_price: i64,
}

macro_rules! cart_columns {
    () => {
        "id, version, status, owner_id, token_hash, currency, email, shipping_address, billing_address, \
         shipping_method, checkout_id, promotions, left_out, merged_into, created_at, updated_at"
    };
}
pub(super) use cart_columns;

/// Inserts an empty cart.
#[tracing::instrument(name = "db.carts.insert", skip_all, fields(cart.id = %cart.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, cart: &Cart) -> Result<(), StoreError> {
    tx.query(concat!(
        "INSERT INTO carts (",
        cart_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    ))
    .bind(cart.id)
    .bind(cart.version)
    .bind(cart.status.as_str())
    .bind(cart.owner)
    .bind(cart.token_hash.clone())
    .bind(cart.currency.code().to_owned())
    .bind(cart.email.clone())
    .bind(cart.shipping_address.clone().map(Json))
    .bind(cart.billing_address.clone().map(Json))
    .bind(cart.shipping_method.clone())
    .bind(cart.checkout_id)
    .bind(promotions(cart))
    .bind(left_out(cart))
    .bind(cart.merged_into)
    .bind(cart.created_at)
    .bind(cart.updated_at)
    .execute()
    .await?;
    Ok(())
}

/// Finds a cart of the caller, with its lines.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: CartId,
    access: &Access,
) -> Result<Option<Cart>, StoreError> {
    let row: Option<CartRow> = db
        .query(concat!(
            "SELECT ",
            cart_columns!(),
            " FROM carts WHERE id = $1 AND (owner_id = $2 OR token_hash = $3)"
        ))
        .bind(id)
        .bind(access.user)
        .bind(access.token_hash.clone())
        .fetch_optional()
        .await?;
    with_lines(db, row).await
}

/// Loads a cart for the module's own work, with its lines.
pub(crate) async fn load(db: &mut dyn Queryable, id: CartId) -> Result<Option<Cart>, StoreError> {
    let row: Option<CartRow> = db
        .query(concat!(
            "SELECT ",
            cart_columns!(),
            " FROM carts WHERE id = $1"
        ))
        .bind(id)
        .fetch_optional()
        .await?;
    with_lines(db, row).await
}

/// Locks a cart of the caller and gives it its next version; the unit rolls back if nothing comes of it.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: CartId,
    access: &Access,
) -> Result<Option<Cart>, StoreError> {
    let now = tx.now();
    let row: Option<CartRow> = tx
        .query(concat!(
            "UPDATE carts SET version = version + 1, updated_at = $4
              WHERE id = $1 AND (owner_id = $2 OR token_hash = $3)
              RETURNING ",
            cart_columns!()
        ))
        .bind(id)
        .bind(access.user)
        .bind(access.token_hash.clone())
        .bind(now)
        .fetch_optional()
        .await?;
    with_lines(tx, row).await
}

/// Saves what a locked cart says about its buyer and the way of delivery, and what its buyer is still to be told.
pub(crate) async fn save_details(tx: &mut Tx<'_>, cart: &Cart) -> Result<(), StoreError> {
    tx.query(
        "UPDATE carts
            SET email = $2, shipping_address = $3, billing_address = $4, shipping_method = $5,
                left_out = $6
          WHERE id = $1",
    )
    .bind(cart.id)
    .bind(cart.email.clone())
    .bind(cart.shipping_address.clone().map(Json))
    .bind(cart.billing_address.clone().map(Json))
    .bind(cart.shipping_method.clone())
    .bind(left_out(cart))
    .execute()
    .await?;
    Ok(())
}

/// Saves which promotions a locked cart has the codes of.
pub(crate) async fn save_promotions(tx: &mut Tx<'_>, cart: &Cart) -> Result<(), StoreError> {
    tx.query("UPDATE carts SET promotions = $2 WHERE id = $1")
        .bind(cart.id)
        .bind(promotions(cart))
        .execute()
        .await?;
    Ok(())
}

fn promotions(cart: &Cart) -> Option<Json<Vec<PromotionId>>> {
    (!cart.promotions.is_empty()).then(|| Json(cart.promotions.clone()))
}

fn left_out(cart: &Cart) -> Option<Json<Vec<CartProblem>>> {
    (!cart.left_out.is_empty()).then(|| Json(cart.left_out.clone()))
}

/// Inserts a line of a locked cart, or replaces it.
pub(crate) async fn save_line(
    tx: &mut Tx<'_>,
    cart: CartId,
    line: &CartLine,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO cart_lines (cart_id, id, position, variant_id, product_id, sku, title, quantity, unit_price)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (cart_id, id) DO UPDATE
            SET sku = excluded.sku, title = excluded.title, quantity = excluded.quantity,
                unit_price = excluded.unit_price",
    )
    .bind(cart)
    .bind(line.id)
    .bind(line.position)
    .bind(line.variant_id)
    .bind(line.product_id)
    .bind(line.sku.clone())
    .bind(line.title.clone())
    .bind(line.quantity)
    .bind(line.unit_price.minor())
    .execute()
    .await?;
    Ok(())
}

/// Deletes a line of a locked cart; `false` if there is none.
pub(crate) async fn delete_line(
    tx: &mut Tx<'_>,
    cart: CartId,
    line: LineId,
) -> Result<bool, StoreError> {
    let deleted = tx
        .query("DELETE FROM cart_lines WHERE cart_id = $1 AND id = $2")
        .bind(cart)
        .bind(line)
        .execute()
        .await?;
    Ok(deleted == 1)
}

/// Freezes an active cart at the version that was read; `false` if it moved on meanwhile.
pub(crate) async fn freeze(
    tx: &mut Tx<'_>,
    cart: &Cart,
    checkout: CheckoutId,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let frozen = tx
        .query(
            "UPDATE carts SET status = 'frozen', checkout_id = $3, version = version + 1, updated_at = $4
              WHERE id = $1 AND version = $2 AND status = 'active'",
        )
        .bind(cart.id)
        .bind(cart.version)
        .bind(checkout)
        .bind(now)
        .execute()
        .await?;
    Ok(frozen == 1)
}

/// Lets go of the cart that this checkout holds, as bought or open again; `false` if it holds none.
pub(crate) async fn unfreeze(
    tx: &mut Tx<'_>,
    cart: CartId,
    checkout: CheckoutId,
    status: CartStatus,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE carts SET status = $3, checkout_id = NULL, version = version + 1, updated_at = $4
              WHERE id = $1 AND checkout_id = $2",
        )
        .bind(cart)
        .bind(checkout)
        .bind(status.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Closes an open cart: its order was placed late. `false` if it is not open any more.
pub(crate) async fn close_open(tx: &mut Tx<'_>, cart: CartId) -> Result<bool, StoreError> {
    let now = tx.now();
    let closed = tx
        .query(
            "UPDATE carts SET status = 'closed', version = version + 1, updated_at = $2
              WHERE id = $1 AND status = 'active'",
        )
        .bind(cart)
        .bind(now)
        .execute()
        .await?;
    Ok(closed == 1)
}

pub(super) async fn with_lines(
    db: &mut dyn Queryable,
    row: Option<CartRow>,
) -> Result<Option<Cart>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let lines: Vec<LineRow> = db
        .query(
            "SELECT id, position, variant_id, product_id, sku, title, quantity, unit_price
               FROM cart_lines WHERE cart_id = $1 ORDER BY position LIMIT 100",
        )
        .bind(row.id)
        .fetch_all()
        .await?;
    let currency = currency("carts.currency", &row.currency)?;
    let lines = lines
        .into_iter()
        .map(|line| line.into_line(currency))
        .collect::<Result<_, _>>()?;
    Ok(Some(Cart {
        id: row.id,
        version: row.version,
        status: name("carts.status", &row.status, CartStatus::parse)?,
        owner: row.owner_id,
        token_hash: row.token_hash,
        currency,
        email: row.email,
        shipping_address: document(row.shipping_address),
        billing_address: document(row.billing_address),
        shipping_method: row.shipping_method,
        checkout_id: row.checkout_id,
        promotions: document(row.promotions).unwrap_or_default(),
        left_out: document(row.left_out).unwrap_or_default(),
        merged_into: row.merged_into,
        created_at: row.created_at,
        updated_at: row.updated_at,
        lines,
    }))
}

impl LineRow {
    fn into_line(self, currency: Currency) -> Result<CartLine, StoreError> {
        Ok(CartLine {
            id: self.id,
            position: self.position,
            variant_id: self.variant_id,
            product_id: self.product_id,
            sku: self.sku,
            title: self.title,
            quantity: self.quantity,
            unit_price: money("cart_lines.unit_price", self.unit_price, currency)?,
        })
    }
}
