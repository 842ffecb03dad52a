//! Every public event of every module goes into the log, this module's own too.
//!
//! As a consumer of its own: mail and the log do not wait for each other, and an event that one of them cannot take
//! reaches the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tenon_events::{Handle, HandlerError, Receipt, Subscription};
use tenon_kernel::CallCtx;
use tenon_seam::Event;

use crate::domain::{EventTypes, name_all};
use crate::service::EventLog;

const CONSUMER: &str = "notifications.event_log";

/// All subscriptions of the log. Events that are not public are not even fetched.
pub(super) fn subscriptions(log: &Arc<EventLog>) -> Vec<Subscription> {
    let mut subscriptions = Subscriptions {
        log: Arc::clone(log),
        by_source: BTreeMap::new(),
    };
    name_all(&mut subscriptions);
    subscriptions.by_source.into_values().collect()
}

struct Subscriptions {
    log: Arc<EventLog>,
    by_source: BTreeMap<&'static str, Subscription>,
}

impl EventTypes for Subscriptions {
    fn add<E: Event>(&mut self, source: &'static str, _: &[&'static str], _: &[&str]) {
        let so_far = self.by_source.remove(source);
        let so_far = so_far.unwrap_or_else(|| Subscription::new(CONSUMER, source));
        let more = so_far.on::<E>(Arc::clone(&self.log) as _);
        self.by_source.insert(source, more);
    }
}

#[async_trait]
impl<E: Event> Handle<E> for EventLog {
    /// What was emitted counts, not what this version reads: the log keeps its words.
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        _event: E,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        self.record(ctx, receipt).await
    }
}
