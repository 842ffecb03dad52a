//! What says who a buyer is, in all tables. An order without an e-mail address has been emptied.

use orders_contract::{Address, CheckoutId, OrderId, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::document;
use crate::domain::quote::Quote;

/// Most orders or checkouts in one transaction; the rest come with the next look.
const BATCH: i64 = 500;

#[derive(sqlx::FromRow)]
struct EndedRow {
    id: OrderId,
    shipping_address: Json<Address>,
    billing_address: Option<Json<Address>>,
}

/// An order that has ended, with the addresses that are still in it.
pub(crate) struct EndedOrder {
    pub(crate) id: OrderId,
    pub(crate) shipping_address: Address,
    pub(crate) billing_address: Option<Address>,
}

/// Deletes the carts of a buyer that no checkout holds; money that comes late for one of them goes back.
pub(crate) async fn delete_carts(tx: &mut Tx<'_>, user: UserRef) -> Result<u64, StoreError> {
    tx.query("DELETE FROM carts WHERE owner_id = $1 AND status <> 'frozen'")
        .bind(user)
        .execute()
        .await
}

/// Returns orders of a buyer that have ended and are not emptied. A parcel that left before `arrived_before` has arrived.
pub(crate) async fn list_ended(
    tx: &mut Tx<'_>,
    user: UserRef,
    arrived_before: Timestamp,
) -> Result<Vec<EndedOrder>, StoreError> {
    let rows = tx
        .query(
            "SELECT o.id, o.shipping_address, o.billing_address
               FROM orders o
              WHERE o.owner_id = $1 AND o.email <> ''
                AND (o.status = 'cancelled'
                     OR (o.status = 'fulfilled'
                         AND NOT EXISTS (SELECT 1
                                           FROM fulfillments f
                                          WHERE f.order_id = o.id
                                            AND (f.status = 'pending' OR (f.status = 'shipped' AND f.shipped_at >= $2)))))
                AND NOT EXISTS (SELECT 1
                                  FROM returns r
                                 WHERE r.order_id = o.id AND r.status IN ('requested', 'approved'))
              LIMIT $3",
        )
        .bind(user)
        .bind(arrived_before)
        .bind(BATCH)
        .fetch_all::<EndedRow>()
        .await?;
    let order = |row: EndedRow| EndedOrder {
        id: row.id,
        shipping_address: row.shipping_address.0,
        billing_address: document(row.billing_address),
    };
    Ok(rows.into_iter().map(order).collect())
}

/// Empties an order: its addresses, how to follow its parcels, and what was written about its returns.
pub(crate) async fn empty_order(
    tx: &mut Tx<'_>,
    id: OrderId,
    shipping_address: Address,
    billing_address: Option<Address>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE orders
            SET email = '', shipping_address = $2, billing_address = $3, version = version + 1, updated_at = $4
          WHERE id = $1",
    )
    .bind(id)
    .bind(Json(shipping_address))
    .bind(billing_address.map(Json))
    .bind(now)
    .execute()
    .await?;
    tx.query(
        "UPDATE fulfillments
            SET tracking_number = NULL, tracking_url = NULL, version = version + 1
          WHERE order_id = $1",
    )
    .bind(id)
    .execute()
    .await?;
    tx.query(
        "UPDATE returns
            SET note = NULL, decision_note = NULL, version = version + 1, updated_at = $2
          WHERE order_id = $1",
    )
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the frozen prices of checkouts that are over and not emptied; one that led to an order waits for it.
pub(crate) async fn list_quotes(
    tx: &mut Tx<'_>,
    user: UserRef,
) -> Result<Vec<(CheckoutId, Quote)>, StoreError> {
    let rows = tx
        .query(
            "SELECT c.id, c.quote
               FROM checkouts c
              WHERE c.owner_id = $1 AND c.status IN ('completed', 'failed', 'expired', 'cancelled')
                AND c.quote -> 'customer' ->> 'email' <> ''
                AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = c.order_id AND o.email <> '')
              LIMIT $2",
        )
        .bind(user)
        .bind(BATCH)
        .fetch_all::<(CheckoutId, Json<Quote>)>()
        .await?;
    Ok(rows.into_iter().map(|(id, quote)| (id, quote.0)).collect())
}

/// Saves the emptied price of a checkout that is over.
pub(crate) async fn save_quote(
    tx: &mut Tx<'_>,
    id: CheckoutId,
    quote: Quote,
) -> Result<(), StoreError> {
    tx.query("UPDATE checkouts SET quote = $2 WHERE id = $1")
        .bind(id)
        .bind(Json(quote))
        .execute()
        .await?;
    Ok(())
}

/// Whether something of a buyer is not emptied.
pub(crate) async fn has_more(tx: &mut Tx<'_>, user: UserRef) -> Result<bool, StoreError> {
    let left: Option<i64> = tx
        .query(
            "SELECT (SELECT COUNT(*) FROM carts WHERE owner_id = $1)
                  + (SELECT COUNT(*) FROM orders WHERE owner_id = $1 AND email <> '')
                  + (SELECT COUNT(*) FROM checkouts WHERE owner_id = $1 AND quote -> 'customer' ->> 'email' <> '')",
        )
        .bind(user)
        .fetch_scalar()
        .await?;
    Ok(left.unwrap_or(0) > 0)
}
