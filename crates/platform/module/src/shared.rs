//! REST operations that belong to no module, because every module answers a part of them.
//!
//! Each process adds its parts to what its modules answer over the seam; the process with the public API asks all of
//! them, wherever they run, and puts the answers together. So the platform knows no module, and no module another.

mod invariants;
mod key_fate;

use tenon_web::{Endpoint, KeysAtWork};

use crate::Module;

/// What a module answers: its own operations, and its parts of the shared ones.
#[derive(Debug)]
pub struct Surface {
    /// Its part of the REST API.
    pub endpoints: Vec<Endpoint>,
    /// For the process with the public API only: [`SharedApi`] asks them.
    pub parts: Vec<Endpoint>,
}

/// The shared operations in the making.
#[derive(Debug, Default)]
pub struct SharedApi {
    key_fates: Vec<Endpoint>,
    invariants: Vec<(&'static str, Endpoint)>,
}

impl Module {
    /// Takes the endpoints out of the module, ready to be answered, with its parts of the shared operations.
    ///
    /// # Panics
    ///
    /// If an endpoint takes idempotency keys and does not say under what it keeps them.
    pub fn take_surface(&mut self) -> Surface {
        let keys = KeysAtWork::default();
        let endpoints: Vec<_> = std::mem::take(&mut self.endpoints)
            .into_iter()
            .map(|endpoint| endpoint.noting(&keys))
            .collect();
        let parts = key_fate::part(&self.db, &endpoints, keys)
            .into_iter()
            .chain([invariants::part(self)])
            .collect();
        Surface { endpoints, parts }
    }
}

impl SharedApi {
    /// Takes a module's parts as they are reached from here.
    pub fn add(&mut self, module: &'static str, parts: impl IntoIterator<Item = Endpoint>) {
        for part in parts {
            match part.operation_id() {
                key_fate::PART => self.key_fates.push(part),
                _ => self.invariants.push((module, part)),
            }
        }
    }

    /// The operations, for the public API.
    pub fn endpoints(self) -> Vec<Endpoint> {
        vec![
            key_fate::endpoint(self.key_fates),
            invariants::endpoint(self.invariants),
        ]
    }
}
