//! What must always be true of promotions: counted is what was redeemed, and redeemed is what orders have.

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, StoreError};

use crate::store::promotion_cases::{
    CHECKOUTS, PROMOTIONS, contradicting_redemptions, wrong_counters,
};

/// Counters are what they count.
pub(super) struct PromotionsCountRedemptions(pub(super) Db);

/// Redemptions are as their orders.
pub(super) struct RedemptionsFollowOrders(pub(super) Db);

#[async_trait]
impl Invariant for PromotionsCountRedemptions {
    fn name(&self) -> &'static str {
        "orders.promotions_count_redemptions"
    }

    fn description(&self) -> &'static str {
        "The counter of each promotion, and its counters of buyers, are the numbers of its live redemptions."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, PROMOTIONS, after).await?;
        let wrong = wrong_counters(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: format!("{} redemptions, {0} by buyers", case.live),
                actual: format!("{} counted, {} by buyers", case.counted, case.of_customers),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}

#[async_trait]
impl Invariant for RedemptionsFollowOrders {
    fn name(&self) -> &'static str {
        "orders.redemptions_follow_orders"
    }

    fn description(&self) -> &'static str {
        "Redemptions are held for orders that wait for their money, confirmed for placed ones, and released for cancelled ones; what they take off is the order's discount."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, CHECKOUTS, after).await?;
        let wrong = contradicting_redemptions(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: format!("{} off, as redeemed", case.discount),
                actual: format!(
                    "{} off, redemptions {} to {}, of an order that is {}",
                    case.redeemed, case.least, case.most, case.status
                ),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}
