//! Every public event of every module goes into the log, this module's own too.
//!
//! As a consumer of its own: mail and the log do not wait for each other. The log keeps events in the words in which they
//! were emitted, as they arrive: there is nothing to handle.

use std::collections::BTreeMap;
use std::sync::Arc;

use tenon_events::Subscription;
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
        let more = so_far.keep::<E>(Arc::clone(&self.log) as _);
        self.by_source.insert(source, more);
    }
}
