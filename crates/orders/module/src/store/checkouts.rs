//! `checkouts`.

use orders_contract::{CartId, CheckoutId, OrderId, PaymentRef, ReservationRef, Shortage, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::{Access, document, enum_name, name};
use crate::domain::checkout::{Checkout, CheckoutStatus, Exhausted, PaymentSeen};
use crate::domain::quote::Quote;
use crate::domain::timeline::reason_name;

#[derive(sqlx::FromRow)]
struct CheckoutRow {
    id: CheckoutId,
    version: i64,
    status: String,
    reason: Option<String>,
    cart_id: CartId,
    order_id: OrderId,
    payment_id: PaymentRef,
    reservation_id: ReservationRef,
    token_hash: Option<Vec<u8>>,
    quote: Json<Quote>,
    has_order: bool,
    payment: Option<Json<PaymentSeen>>,
    shortages: Option<Json<Vec<Shortage>>>,
    exhausted: Option<Json<Exhausted>>,
    created_at: Timestamp,
    expires_at: Timestamp,
    updated_at: Timestamp,
}

macro_rules! columns {
    () => {
        "id, version, status, reason, cart_id, order_id, payment_id, reservation_id, token_hash, quote, has_order, \
         payment, shortages, exhausted, created_at, expires_at, updated_at"
    };
}

/// Inserts a checkout.
///
/// # Errors
///
/// [`StoreError::Duplicate`] if its cart has a live one already.
#[tracing::instrument(name = "db.checkouts.insert", skip_all, fields(checkout.id = %checkout.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<(), StoreError> {
    let owner: Option<UserRef> = checkout.quote.customer.user_id;
    tx.query(concat!(
        "INSERT INTO checkouts (",
        columns!(),
        ", owner_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    ))
    .bind(checkout.id)
    .bind(checkout.version)
    .bind(checkout.status.as_str())
    .bind(checkout.reason.map(reason_name))
    .bind(checkout.cart_id)
    .bind(checkout.order_id)
    .bind(checkout.payment_id)
    .bind(checkout.reservation_id)
    .bind(checkout.token_hash.clone())
    .bind(Json(checkout.quote.clone()))
    .bind(checkout.has_order)
    .bind(checkout.seen.clone().map(Json))
    .bind(shortages(checkout))
    .bind(checkout.exhausted.clone().map(Json))
    .bind(checkout.created_at)
    .bind(checkout.expires_at)
    .bind(checkout.updated_at)
    .bind(owner)
    .execute()
    .await?;
    Ok(())
}

/// Saves what may change of a checkout, as its next version. The saga's swap keeps two writers apart.
pub(crate) async fn save(tx: &mut Tx<'_>, checkout: &mut Checkout) -> Result<(), StoreError> {
    let now = tx.now();
    checkout.version += 1;
    checkout.updated_at = now;
    let saved = tx
        .query(
            "UPDATE checkouts
                SET version = $2, status = $3, reason = $4, reservation_id = $5, has_order = $6, payment = $7,
                    shortages = $8, expires_at = $9, updated_at = $10, exhausted = $11
              WHERE id = $1 AND version = $2 - 1",
        )
        .bind(checkout.id)
        .bind(checkout.version)
        .bind(checkout.status.as_str())
        .bind(checkout.reason.map(reason_name))
        .bind(checkout.reservation_id)
        .bind(checkout.has_order)
        .bind(checkout.seen.clone().map(Json))
        .bind(shortages(checkout))
        .bind(checkout.expires_at)
        .bind(now)
        .bind(checkout.exhausted.clone().map(Json))
        .execute()
        .await?;
    if saved == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

/// Finds a checkout of the caller.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: CheckoutId,
    access: &Access,
) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM checkouts WHERE id = $1 AND (owner_id = $2 OR token_hash = $3)"
        ))
        .bind(id)
        .bind(access.user)
        .bind(access.token_hash.clone())
        .fetch_optional()
        .await?;
    row.map(CheckoutRow::into_checkout).transpose()
}

/// Loads a checkout for the module's own work.
pub(crate) async fn load(
    db: &mut dyn Queryable,
    id: CheckoutId,
) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM checkouts WHERE id = $1"
        ))
        .bind(id)
        .fetch_optional()
        .await?;
    row.map(CheckoutRow::into_checkout).transpose()
}

/// Loads the checkout that an order comes from.
pub(crate) async fn of_order(
    db: &mut dyn Queryable,
    order: OrderId,
) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM checkouts WHERE order_id = $1"
        ))
        .bind(order)
        .fetch_optional()
        .await?;
    row.map(CheckoutRow::into_checkout).transpose()
}

fn shortages(checkout: &Checkout) -> Option<Json<Vec<Shortage>>> {
    (!checkout.shortages.is_empty()).then(|| Json(checkout.shortages.clone()))
}

impl CheckoutRow {
    fn into_checkout(self) -> Result<Checkout, StoreError> {
        Ok(Checkout {
            id: self.id,
            version: self.version,
            status: name("checkouts.status", &self.status, CheckoutStatus::parse)?,
            reason: self
                .reason
                .map(|reason| enum_name("checkouts.reason", &reason))
                .transpose()?,
            cart_id: self.cart_id,
            order_id: self.order_id,
            payment_id: self.payment_id,
            reservation_id: self.reservation_id,
            token_hash: self.token_hash,
            quote: self.quote.0,
            has_order: self.has_order,
            seen: document(self.payment),
            shortages: document(self.shortages).unwrap_or_default(),
            exhausted: document(self.exhausted),
            created_at: self.created_at,
            expires_at: self.expires_at,
            updated_at: self.updated_at,
        })
    }
}
