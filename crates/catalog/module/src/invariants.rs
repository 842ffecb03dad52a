//! What must always be true of stock and of the search index.

mod search;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, StoreError};

use self::search::SearchIsCurrent;
use crate::store::invariants;

/// How late an expiry may run: workers may be busy, or the process just started.
const GRACE: Duration = Duration::from_mins(5);

/// All invariants of the catalog.
pub(crate) fn all(db: &Db) -> Vec<Arc<dyn Invariant>> {
    vec![
        Arc::new(StockIsItsLedger { db: db.clone() }),
        Arc::new(ReservedIsHeld { db: db.clone() }),
        Arc::new(HoldsEnd { db: db.clone() }),
        Arc::new(SearchIsCurrent::new(db)),
    ]
}

struct StockIsItsLedger {
    db: Db,
}

struct ReservedIsHeld {
    db: Db,
}

struct HoldsEnd {
    db: Db,
}

#[async_trait]
impl Invariant for StockIsItsLedger {
    fn name(&self) -> &'static str {
        "catalog.stock_is_its_ledger"
    }

    fn description(&self) -> &'static str {
        "What is on hand and reserved at each location is the sum of the movements of its ledger."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut reader = self.db.read(ctx);
        let range = IdRange::behind(&mut reader, invariants::STRETCH, after).await?;
        let broken = invariants::unexplained(&mut reader, &range).await?;
        let violation = |it: invariants::Unexplained| Violation {
            subject: format!("{} at {}", it.variant_id, it.location_id),
            expected: format!(
                "on hand {}, reserved {}",
                it.ledger_on_hand, it.ledger_reserved
            ),
            actual: format!("on hand {}, reserved {}", it.on_hand, it.reserved),
        };
        Ok(Stretch {
            violations: broken.into_iter().map(violation).collect(),
            next: range.next(),
        })
    }
}

#[async_trait]
impl Invariant for ReservedIsHeld {
    fn name(&self) -> &'static str {
        "catalog.reserved_is_held"
    }

    fn description(&self) -> &'static str {
        "What is reserved at each location is what reservations that are still held took there."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut reader = self.db.read(ctx);
        let range = IdRange::behind(&mut reader, invariants::STRETCH, after).await?;
        let broken = invariants::unheld(&mut reader, &range).await?;
        let violation = |it: invariants::Unheld| Violation {
            subject: format!("{} at {}", it.variant_id, it.location_id),
            expected: format!("reserved {}", it.held),
            actual: format!("reserved {}", it.reserved),
        };
        Ok(Stretch {
            violations: broken.into_iter().map(violation).collect(),
            next: range.next(),
        })
    }
}

#[async_trait]
impl Invariant for HoldsEnd {
    fn name(&self) -> &'static str {
        "catalog.holds_end"
    }

    fn description(&self) -> &'static str {
        "No reservation is held for more than five minutes after its expiry."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let now = self.db.env().now();
        let mut reader = self.db.read(ctx);
        let broken = invariants::overdue(&mut reader, now - GRACE).await?;
        let violation = |it: invariants::Overdue| Violation {
            subject: it.id.to_string(),
            expected: format!("expired at {}", it.expires_at),
            actual: "held".to_owned(),
        };
        Ok(broken.into_iter().map(violation).collect())
    }
}
