//! What must always be true of this module's data.

use std::sync::Arc;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{Invariant, Violation};
use tenon_store::{Db, StoreError};

use crate::store::{event_log, stuck};

/// All of them.
pub(crate) fn all(db: &Db) -> Vec<Arc<dyn Invariant>> {
    vec![
        Arc::new(OneMessageForEachEvent { db: db.clone() }),
        Arc::new(NoMessageStuck { db: db.clone() }),
        Arc::new(EventLogIsWhole { db: db.clone() }),
    ]
}

/// An event, a reader and a template make one message.
struct OneMessageForEachEvent {
    db: Db,
}

/// An open message has a job that will send it.
struct NoMessageStuck {
    db: Db,
}

/// The log of public events has no gap.
struct EventLogIsWhole {
    db: Db,
}

#[async_trait]
impl Invariant for OneMessageForEachEvent {
    fn name(&self) -> &'static str {
        "notifications.one_message_for_each_event"
    }

    fn description(&self) -> &'static str {
        "An event makes at most one message for each reader and template."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let doubled = stuck::list_doubled(&mut self.db.read(ctx)).await?;
        let violation = |row: stuck::DoubledRow| Violation {
            subject: format!("{} of event {}", row.template, row.event_id),
            expected: "1 message".to_owned(),
            actual: format!("{} messages", row.copies),
        };
        Ok(doubled.into_iter().map(violation).collect())
    }
}

#[async_trait]
impl Invariant for NoMessageStuck {
    fn name(&self) -> &'static str {
        "notifications.no_message_stuck"
    }

    fn description(&self) -> &'static str {
        "Every message that is neither sent nor given up has a job that will send it."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let stuck = stuck::list_stuck(&mut self.db.read(ctx)).await?;
        let violation = |row: stuck::StuckRow| Violation {
            subject: row.id.to_string(),
            expected: "a waiting or running job".to_owned(),
            actual: format!("{}, without a job", row.status),
        };
        Ok(stuck.into_iter().map(violation).collect())
    }
}

#[async_trait]
impl Invariant for EventLogIsWhole {
    fn name(&self) -> &'static str {
        "notifications.event_log_is_whole"
    }

    fn description(&self) -> &'static str {
        "The log of public events has every position between its two ends, once."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let broken = event_log::find_broken(&mut self.db.read(ctx)).await?;
        let violation = |row: event_log::BrokenRow| Violation {
            subject: "event_log".to_owned(),
            expected: row.expected,
            actual: row.actual,
        };
        Ok(broken.into_iter().map(violation).collect())
    }
}
