//! Keys that open units of work have claimed, for engines on which a copy cannot wait for the row itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tenon_kernel::IdempotencyScope;

/// Keys claimed by open units of one store, in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeysInFlight(Arc<Mutex<HashMap<(String, String), u32>>>);

/// Says that a key is claimed, until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    keys: KeysInFlight,
    key: (String, String),
}

impl KeysInFlight {
    pub(crate) fn enter(&self, scope: &IdempotencyScope) -> InFlight {
        let key = (scope.subject.clone(), scope.key.clone());
        *self.lock().entry(key.clone()).or_default() += 1;
        InFlight {
            keys: self.clone(),
            key,
        }
    }

    pub(crate) fn contains(&self, scope: &IdempotencyScope) -> bool {
        let key = (scope.subject.clone(), scope.key.clone());
        self.lock().contains_key(&key)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner) // counts are whole at any time
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut keys = self.keys.lock();
        if let Some(count) = keys.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                keys.remove(&self.key);
            }
        }
    }
}
