//! `carts`: those of guests go over to people.

use orders_contract::{CartId, UserRef};
use tenon_kernel::Currency;
use tenon_store::{Queryable, StoreError, Tx};

use super::carts::{CartRow, cart_columns, with_lines};
use crate::domain::cart::Cart;

/// Finds the newest open cart of a person, with its lines.
pub(crate) async fn find_open(
    db: &mut dyn Queryable,
    owner: UserRef,
    currency: Currency,
) -> Result<Option<Cart>, StoreError> {
    let row: Option<CartRow> = db
        .query(concat!(
            "SELECT ",
            cart_columns!(),
            " FROM carts
              WHERE owner_id = $1 AND currency = $2 AND status = 'active'
              ORDER BY id DESC LIMIT 1"
        ))
        .bind(owner)
        .bind(currency.code().to_owned())
        .fetch_optional()
        .await?;
    with_lines(db, row).await
}

/// Locks the newest open cart of a person and gives it its next version. One that is not open any more when its turn
/// comes is none.
pub(crate) async fn lock_open(
    tx: &mut Tx<'_>,
    owner: UserRef,
    currency: Currency,
) -> Result<Option<Cart>, StoreError> {
    let now = tx.now();
    let row: Option<CartRow> = tx
        .query(concat!(
            "UPDATE carts SET version = version + 1, updated_at = $3
              WHERE status = 'active'
                AND id = (SELECT newest.id FROM carts AS newest
                           WHERE newest.owner_id = $1 AND newest.currency = $2 AND newest.status = 'active'
                           ORDER BY newest.id DESC LIMIT 1)
              RETURNING ",
            cart_columns!()
        ))
        .bind(owner)
        .bind(currency.code().to_owned())
        .bind(now)
        .fetch_optional()
        .await?;
    with_lines(tx, row).await
}

/// Gives a locked cart of a guest to a person: its token opens it no longer.
pub(crate) async fn give(tx: &mut Tx<'_>, cart: CartId, to: UserRef) -> Result<(), StoreError> {
    tx.query("UPDATE carts SET owner_id = $2, token_hash = NULL WHERE id = $1")
        .bind(cart)
        .bind(to)
        .execute()
        .await?;
    Ok(())
}

/// Ends a locked cart of a guest whose lines went into another cart. What it held stays to be seen by the person.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    cart: CartId,
    owner: UserRef,
    into: CartId,
) -> Result<(), StoreError> {
    tx.query(
        "UPDATE carts SET owner_id = $2, token_hash = NULL, status = 'closed', merged_into = $3
          WHERE id = $1",
    )
    .bind(cart)
    .bind(owner)
    .bind(into)
    .execute()
    .await?;
    Ok(())
}
