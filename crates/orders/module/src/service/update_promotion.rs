//! Changes a promotion.

use orders_contract::{OrdersError, PromotionId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::retrying;

use super::create_promotion::audited;
use super::{Outcome, Service};
use crate::domain::promotion::{Promotion, PromotionChange};
use crate::store;

impl Service {
    /// Changes when, how often and for which carts a promotion counts. Checkouts that hold it already keep it.
    ///
    /// # Errors
    ///
    /// [`OrdersError::PromotionNotFound`], [`OrdersError::StaleVersion`], [`OrdersError::InvalidRequest`].
    #[tracing::instrument(name = "orders.update_promotion", skip_all, fields(promotion.id = %id))]
    pub(crate) async fn update_promotion(
        &self,
        ctx: &CallCtx,
        id: PromotionId,
        version: i64,
        change: PromotionChange,
    ) -> Outcome<Promotion> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.update_promotion").await?;
            let locked = store::promotions::lock(&mut tx, id).await?;
            let before = locked.ok_or(SeamError::Domain(OrdersError::PromotionNotFound))?;
            let current = before.version - 1;
            if current != version {
                return Err(SeamError::Domain(OrdersError::StaleVersion { current }));
            }
            let after = change.apply(before.clone()).map_err(SeamError::Domain)?;
            store::promotions::save(&mut tx, &after).await?;
            tx.emit(&AuditRecorded {
                action: "promotion.updated".to_owned(),
                target: id.to_string(),
                before: Some(audited(&before)),
                after: Some(audited(&after)),
            })
            .await?;
            tx.commit().await?;
            Ok(after)
        })
        .await
    }
}
