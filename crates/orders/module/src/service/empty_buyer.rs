//! Emptying what says who a buyer was.

use std::time::Duration;

use orders_contract::{Address, UserRef};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use crate::store::buyers;

/// A parcel that left so long ago has arrived, even if nobody said so.
const DELIVERY_TIME: Duration = Duration::from_hours(30 * 24);

impl Service {
    /// Deletes the carts of a buyer, and empties their orders and checkouts that have ended: what the books need stays. Says whether
    /// something of theirs goes on.
    ///
    /// An order has ended when it is cancelled, or its last parcel has arrived and no return of it is open: until then it must be
    /// possible to deliver it, and to tell its buyer about it.
    pub(crate) async fn empty_buyer(
        &self,
        ctx: &CallCtx,
        user: UserRef,
    ) -> Result<bool, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.empty_buyer").await?;
            buyers::delete_carts(&mut tx, user).await?;
            let arrived_before = tx.now() - DELIVERY_TIME;
            for order in buyers::list_ended(&mut tx, user, arrived_before).await? {
                let (shipping, billing) = (
                    emptied(&order.shipping_address),
                    order.billing_address.as_ref().map(emptied),
                );
                buyers::empty_order(&mut tx, order.id, shipping, billing).await?;
            }
            for (id, mut quote) in buyers::list_quotes(&mut tx, user).await? {
                quote.customer.email = String::new();
                quote.shipping_address = emptied(&quote.shipping_address);
                quote.billing_address = quote.billing_address.as_ref().map(emptied);
                buyers::save_quote(&mut tx, id, quote).await?;
            }
            tx.forget_keys_of_user(user.uuid()).await?;
            let goes_on = buyers::has_more(&mut tx, user).await?;
            tx.commit().await?;
            Ok(goes_on)
        })
        .await
    }
}

/// What the books need of an address: the country, whose tax was paid.
fn emptied(address: &Address) -> Address {
    Address {
        name: String::new(),
        line1: String::new(),
        line2: None,
        city: String::new(),
        region: None,
        postal_code: None,
        country: address.country.clone(),
        phone: None,
    }
}
