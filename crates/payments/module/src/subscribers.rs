//! What payments does when orders says something. Orders asks for the same by command; both are idempotent, and
//! whichever comes first has the effect.

mod order_cancelled;
mod order_shipped;

use std::sync::Arc;

use orders_contract::{OrderCancelled, OrderShipped};
use tenon_events::Subscription;

use crate::service::Service;

/// The events of orders that payments reacts to.
pub(crate) fn subscriptions(service: &Arc<Service>) -> Vec<Subscription> {
    vec![
        Subscription::new("payments", "orders")
            .on::<OrderCancelled>(Arc::clone(service) as Arc<_>)
            .on::<OrderShipped>(Arc::clone(service) as Arc<_>),
    ]
}
