//! What must always be true of the data of orders.

mod across;
mod promotions;
mod returns;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_jobs::unfinished_sagas;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, StoreError};

use crate::service::Service;
use crate::store;

/// How long after its time a saga may still be lying there: the sweeper comes each minute.
const GRACE: Duration = Duration::from_mins(10);
/// Sagas looked at.
const MOST_SAGAS: u32 = 10_000;
/// Violations told.
const MOST_VIOLATIONS: usize = 100;

pub(crate) fn all(service: &Arc<Service>) -> Vec<Arc<dyn Invariant>> {
    let db = &service.db;
    vec![
        Arc::new(TotalsAddUp(db.clone())),
        Arc::new(CheckoutsMatchOrders(db.clone())),
        Arc::new(CartsMatchCheckouts(db.clone())),
        Arc::new(SagasGetOn(db.clone())),
        Arc::new(promotions::PromotionsCountRedemptions(db.clone())),
        Arc::new(promotions::RedemptionsFollowOrders(db.clone())),
        Arc::new(returns::PiecesAreInOneReturn(db.clone())),
        Arc::new(returns::ReturnsAreSettled(db.clone())),
        Arc::new(across::MoneyFollowsOrders(Arc::clone(service))),
        Arc::new(across::StockFollowsOrders(Arc::clone(service))),
    ]
}

struct TotalsAddUp(Db);

#[async_trait]
impl Invariant for TotalsAddUp {
    fn name(&self) -> &'static str {
        "orders.totals_add_up"
    }

    fn description(&self) -> &'static str {
        "The lines of each order add up to its subtotal and its discount; its other parts are checked by the table itself."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, store::invariants::ORDERS, after).await?;
        let wrong = store::invariants::wrong_totals(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: format!("lines worth {} after {} off", case.subtotal, case.discount),
                actual: format!(
                    "lines worth {} after {} off",
                    case.lines, case.line_discounts
                ),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}

struct CheckoutsMatchOrders(Db);

#[async_trait]
impl Invariant for CheckoutsMatchOrders {
    fn name(&self) -> &'static str {
        "orders.checkouts_match_orders"
    }

    fn description(&self) -> &'static str {
        "Each completed checkout has exactly one order, which was placed; the order of any other finished checkout is cancelled."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, store::invariants::CHECKOUTS, after).await?;
        let wrong = store::invariants::contradicting_orders(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: format!("an order that fits a checkout that is {}", case.status),
                actual: format!("order {}", case.order_status),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}

struct CartsMatchCheckouts(Db);

#[async_trait]
impl Invariant for CartsMatchCheckouts {
    fn name(&self) -> &'static str {
        "orders.carts_match_checkouts"
    }

    fn description(&self) -> &'static str {
        "A frozen cart has exactly one live checkout; any other cart has none."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, store::invariants::CARTS, after).await?;
        let wrong = store::invariants::contradicting_carts(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: if case.status == "frozen" {
                    "one live checkout"
                } else {
                    "no live checkout"
                }
                .to_owned(),
                actual: format!(
                    "{} live checkouts of a cart that is {}",
                    case.live, case.status
                ),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}

struct SagasGetOn(Db);

#[async_trait]
impl Invariant for SagasGetOn {
    fn name(&self) -> &'static str {
        "orders.sagas_get_on"
    }

    fn description(&self) -> &'static str {
        "No unfinished checkout is lying about for more than ten minutes after its time."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let now = self.0.env().now();
        let unfinished = unfinished_sagas(&self.0, ctx, MOST_SAGAS).await?;
        let late = unfinished
            .into_iter()
            .filter(|saga| saga.wake_at.is_none_or(|at| at + GRACE < now));
        Ok(late
            .take(MOST_VIOLATIONS)
            .map(|saga| Violation {
                subject: saga.id.to_string(),
                expected: "a step forward or backward".to_owned(),
                actual: format!("at {} since {}", saga.step, saga.updated_at),
            })
            .collect())
    }
}
