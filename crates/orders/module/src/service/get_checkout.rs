//! Shows a checkout, or waits for its next change.

use std::time::Duration;

use orders_contract::{CheckoutId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::checkout::Checkout;
use crate::store::{self, Access};

/// How often a waiting reader looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Service {
    /// Shows a checkout of the caller.
    #[tracing::instrument(name = "orders.get_checkout", skip_all, fields(checkout.id = %id))]
    pub(crate) async fn get_checkout(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        access: &Access,
    ) -> Outcome<Checkout> {
        let found = store::checkouts::find(&mut self.db.read(ctx), id, access).await?;
        found.ok_or(SeamError::Domain(OrdersError::CheckoutNotFound))
    }

    /// Shows a checkout as soon as it is another version than `known` (the present one, if absent) or over;
    /// after `at_most` as it is.
    pub(crate) async fn wait_for_checkout(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        access: &Access,
        known: Option<i64>,
        at_most: Duration,
    ) -> Outcome<Checkout> {
        let mut checkout = self.get_checkout(ctx, id, access).await?;
        let known = known.unwrap_or(checkout.version);
        let mut waited = Duration::ZERO;
        while checkout.version == known && checkout.status.is_live() && waited < at_most {
            let pause = LOOK_EVERY.min(at_most.saturating_sub(waited));
            tokio::time::sleep(pause).await;
            waited += pause;
            checkout = self.get_checkout(ctx, id, access).await?;
        }
        Ok(checkout)
    }
}
