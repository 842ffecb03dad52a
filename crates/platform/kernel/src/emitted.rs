//! Which events a request has caused, for whoever wants to read what follows from them.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most kinds of events that are remembered of one request.
pub const MAX_EMITTED: usize = 64;

/// Events of one type that a request has caused in one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emitted {
    /// Whose outbox they are in.
    pub module: Cow<'static, str>,
    /// `order.placed`
    pub event_type: Cow<'static, str>,
    /// The raw form of the id of the first one.
    pub first: Uuid,
    /// And of the last one.
    pub last: Uuid,
}

/// The events of one request, in the order in which they were committed.
#[derive(Debug, Default)]
pub(crate) struct EmittedLog(Mutex<Vec<Emitted>>);

impl EmittedLog {
    /// Adds events to those of their kind that are known.
    pub(crate) fn add(&self, events: Emitted) {
        let mut log = self.lock();
        let known = log
            .iter()
            .position(|it| it.module == events.module && it.event_type == events.event_type);
        match known {
            Some(at) => log[at].last = events.last,
            None if log.len() < MAX_EMITTED => log.push(events),
            None => {}
        }
    }

    pub(crate) fn all(&self) -> Vec<Emitted> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Emitted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner) // the list is whole at any time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(module: &'static str, event_type: &'static str, first: u128, last: u128) -> Emitted {
        Emitted {
            module: module.into(),
            event_type: event_type.into(),
            first: Uuid::from_u128(first),
            last: Uuid::from_u128(last),
        }
    }

    #[test]
    fn events_of_a_kind_are_a_stretch() {
        let log = EmittedLog::default();
        log.add(events("orders", "order.placed", 1, 1));
        log.add(events("catalog", "order.placed", 2, 2));
        log.add(events("orders", "order.placed", 3, 4));
        assert_eq!(
            log.all(),
            [
                events("orders", "order.placed", 1, 4),
                events("catalog", "order.placed", 2, 2)
            ]
        );
    }
}
