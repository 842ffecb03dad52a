//! What the installation publishes: the one list of contracts and event sets.
//!
//! `cargo xtask check contracts` fails if a contract crate is missing here.

use serde_json::{Map, Value};
use tenon_seam::{EventShape, Method};

use crate::document;

/// The methods of one contract; each row names module and version.
pub type MethodTable = &'static [Method];

/// The events of one module.
#[derive(Debug, Clone, Copy)]
pub struct EventSet {
    /// Who publishes them.
    pub module: &'static str,
    /// All of them, in every version that may still be read.
    pub events: &'static [EventShape],
}

/// Every contract that is served.
pub static CONTRACTS: &[MethodTable] = &[
    &audit_contract::AUDIT_METHODS,
    &catalog_contract::CATALOG_METHODS,
    &identity_contract::IDENTITY_METHODS,
    &notifications_contract::NOTIFICATIONS_METHODS,
    &orders_contract::ORDERS_METHODS,
    &payments_contract::PAYMENTS_METHODS,
];

/// Every set of events; `platform` stands for those that any module may publish.
pub static EVENTS: &[EventSet] = &[
    set("catalog", catalog_contract::EVENTS),
    set("identity", identity_contract::EVENTS),
    set("notifications", notifications_contract::EVENTS),
    set("orders", orders_contract::EVENTS),
    set("payments", payments_contract::EVENTS),
    set("platform", tenon_seam::audit::EVENTS),
];

const fn set(module: &'static str, events: &'static [EventShape]) -> EventSet {
    EventSet { module, events }
}

/// Every document by its path below `docs/contracts`: `catalog/v1.json`, `catalog/events.json`.
pub fn all() -> Map<String, Value> {
    let mut documents = Map::new();
    for methods in CONTRACTS {
        if let Some(first) = methods.first() {
            let path = format!("{}/v{}.json", first.module, first.version);
            documents.insert(path, document::contract(methods));
        }
    }
    for set in EVENTS {
        let path = format!("{}/events.json", set.module);
        documents.insert(path, document::events(set));
    }
    documents
}
