//! What must always be true of this module's data.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{Invariant, Violation};
use tenon_store::{Db, StoreError};

use crate::store::{event_log, stuck, webhook_gaps};

/// All of them.
pub(crate) fn all(db: &Db, webhooks_kept: Duration) -> Vec<Arc<dyn Invariant>> {
    vec![
        Arc::new(OneMessageForEachEvent { db: db.clone() }),
        Arc::new(NoMessageStuck { db: db.clone() }),
        Arc::new(EverythingGatheredIsTold { db: db.clone() }),
        Arc::new(EventLogIsWhole { db: db.clone() }),
        Arc::new(EveryWebhookScheduled {
            db: db.clone(),
            kept: webhooks_kept,
        }),
        Arc::new(NoWebhookStuck { db: db.clone() }),
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

/// A message that waits for a digest is in one that will be sent.
struct EverythingGatheredIsTold {
    db: Db,
}

/// The log of public events has no gap.
struct EventLogIsWhole {
    db: Db,
}

/// A receiver of webhooks has a delivery of each event it wants.
struct EveryWebhookScheduled {
    db: Db,
    /// How long deliveries are there to be looked at.
    kept: Duration,
}

/// A webhook that waits will be sent.
struct NoWebhookStuck {
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
impl Invariant for EverythingGatheredIsTold {
    fn name(&self) -> &'static str {
        "notifications.everything_gathered_is_told"
    }

    fn description(&self) -> &'static str {
        "Every message that waits for a digest is in one that a job will end, or whose mail is on its way."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let untold = stuck::list_untold(&mut self.db.read(ctx)).await?;
        let violation = |row: stuck::StuckRow| Violation {
            subject: row.id.to_string(),
            expected: "a digest that will be sent".to_owned(),
            actual: format!("{}, and no digest will tell it", row.status),
        };
        Ok(untold.into_iter().map(violation).collect())
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

#[async_trait]
impl Invariant for EveryWebhookScheduled {
    fn name(&self) -> &'static str {
        "notifications.every_webhook_scheduled"
    }

    fn description(&self) -> &'static str {
        "Up to its place in the log, a receiver of webhooks has a delivery of each event that it wants."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let since = self.db.env().now() - self.kept;
        let missing = webhook_gaps::list_unscheduled(&mut self.db.read(ctx), since).await?;
        let violation = |row: webhook_gaps::UnscheduledRow| Violation {
            subject: format!("{} to {}", row.event_id, row.endpoint_id),
            expected: "a delivery".to_owned(),
            actual: "none".to_owned(),
        };
        Ok(missing.into_iter().map(violation).collect())
    }
}

#[async_trait]
impl Invariant for NoWebhookStuck {
    fn name(&self) -> &'static str {
        "notifications.no_webhook_stuck"
    }

    fn description(&self) -> &'static str {
        "A webhook waits for an earlier one of its subject or for its receiver's job, and what it waits for is there."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        let mut db = self.db.read(ctx);
        let held_up = webhook_gaps::list_held_up(&mut db).await?;
        let idle = webhook_gaps::list_idle(&mut db).await?;
        let held_up = held_up.into_iter().map(|id| Violation {
            subject: id.to_string(),
            expected: "an earlier delivery of its subject".to_owned(),
            actual: "waiting for none".to_owned(),
        });
        let idle = idle.into_iter().map(|id| Violation {
            subject: id.to_string(),
            expected: "a waiting or running job".to_owned(),
            actual: "something to send, without a job".to_owned(),
        });
        Ok(held_up.chain(idle).collect())
    }
}
