//! Shows a promotion.

use orders_contract::{OrdersError, PromotionId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::promotion::Promotion;
use crate::store;

impl Service {
    /// Shows a promotion with its counter.
    #[tracing::instrument(name = "orders.get_promotion", skip_all, fields(promotion.id = %id))]
    pub(crate) async fn get_promotion(&self, ctx: &CallCtx, id: PromotionId) -> Outcome<Promotion> {
        let found = store::promotions::find(&mut self.db.read(ctx), id).await?;
        found.ok_or(SeamError::Domain(OrdersError::PromotionNotFound))
    }
}
