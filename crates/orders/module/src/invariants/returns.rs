//! What must always be true of returns.

use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, StoreError};

use crate::store;

/// How long stock and refund of a return that arrived may be due: a job asks at once, and again and again.
const LATE: Duration = Duration::from_mins(10);

/// Pieces are counted as returned that are in returns, and no others.
pub(super) struct PiecesAreInOneReturn(pub(super) Db);

/// Nobody forgets what arrived.
pub(super) struct ReturnsAreSettled(pub(super) Db);

#[async_trait]
impl Invariant for PiecesAreInOneReturn {
    fn name(&self) -> &'static str {
        "orders.pieces_are_in_one_return"
    }

    fn description(&self) -> &'static str {
        "The pieces of each order line that count as returned are those in its live returns; that they have left is checked by the table itself."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut db = self.0.read(ctx);
        let range = IdRange::behind(&mut db, store::invariants::ORDERS, after).await?;
        let wrong = store::invariants::miscounted_returns(&mut db, &range).await?;
        let violations = wrong
            .into_iter()
            .map(|case| Violation {
                subject: format!("{} of {}", case.line_id, case.order_id),
                expected: format!("{} pieces in returns", case.in_returns),
                actual: format!("{} pieces counted", case.returned),
            })
            .collect();
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}

#[async_trait]
impl Invariant for ReturnsAreSettled {
    fn name(&self) -> &'static str {
        "orders.returns_are_settled"
    }

    fn description(&self) -> &'static str {
        "Ten minutes after a return arrived its stock is on the shelf and payments knows of its refund."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let before = self.0.env().now() - LATE;
        let mut db = self.0.read(ctx);
        let late = store::invariants::unsettled_returns(&mut db, before).await?;
        Ok(late
            .into_iter()
            .map(|case| Violation {
                subject: case.id.to_string(),
                expected: "stock and refund asked for".to_owned(),
                actual: format!(
                    "restock {}, refund {} since {}",
                    case.restock_status, case.refund_status, case.received_at
                ),
            })
            .collect())
    }
}
