//! REST operations that belong to no module, because every module answers a part of them.
//!
//! Each process adds its parts to what its modules answer over the seam; the process with the public API asks all of
//! them, wherever they run, and puts the answers together. So the platform knows no module, and no module another.

mod deprecations;
mod invariants;
mod jobs;
mod key_fate;
mod operations;
mod parts;
mod sagas;

use std::sync::Arc;

use async_trait::async_trait;
use tenon_events::Progress;
use tenon_kernel::{CallCtx, Emitted};
use tenon_web::{Endpoint, Follows, KeysAtWork, NoteUse};

use self::jobs::Jobs;
pub use self::operations::{OperationView, accepted};
use self::parts::NamedPart;
use self::sagas::Sagas;
use crate::Module;
use crate::deprecated_uses::DeprecatedUses;

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
    deprecations: Vec<NamedPart>,
    invariants: Vec<NamedPart>,
    jobs: Vec<NamedPart>,
    job_changes: Vec<Endpoint>,
    operations: Vec<Endpoint>,
    sagas: Vec<NamedPart>,
    saga_resumptions: Vec<Endpoint>,
}

impl Module {
    /// Takes the endpoints out of the module, ready to be answered, with its parts of the shared operations.
    ///
    /// # Panics
    ///
    /// If an endpoint takes idempotency keys and does not say under what it keeps them.
    pub fn take_surface(&mut self) -> Surface {
        let keys = KeysAtWork::default();
        let progress: Arc<dyn Follows> = Arc::new(Following(self.progress.clone()));
        let uses: Arc<dyn NoteUse> = Arc::new(DeprecatedUses::new(self.db.clone()));
        let endpoints: Vec<_> = std::mem::take(&mut self.endpoints)
            .into_iter()
            .map(|endpoint| {
                let endpoint = endpoint.noting(&keys).following(&progress);
                endpoint.telling_deprecations(Arc::clone(&uses))
            })
            .collect();
        let (jobs, sagas) = (Arc::new(Jobs::of(self)), Arc::new(Sagas::of(self)));
        let parts = key_fate::part(&self.db, &endpoints, keys)
            .into_iter()
            .chain(deprecations::part(&self.db, &endpoints))
            .chain([invariants::part(self), operations::part(&self.db)])
            .chain([jobs::list_part(&jobs), jobs::change_part(&jobs)])
            .chain([sagas::list_part(&sagas), sagas::resume_part(&sagas)])
            .collect();
        Surface { endpoints, parts }
    }
}

impl SharedApi {
    /// Takes a module's parts as they are reached from here.
    ///
    /// # Panics
    ///
    /// If one is a part of nothing that there is.
    pub fn add(&mut self, module: &'static str, parts: impl IntoIterator<Item = Endpoint>) {
        for part in parts {
            match part.operation_id() {
                key_fate::PART => self.key_fates.push(part),
                deprecations::PART => self.deprecations.push((module, part)),
                operations::PART => self.operations.push(part),
                jobs::LIST_PART => self.jobs.push((module, part)),
                jobs::CHANGE_PART => self.job_changes.push(part),
                sagas::LIST_PART => self.sagas.push((module, part)),
                sagas::RESUME_PART => self.saga_resumptions.push(part),
                invariants::PART => self.invariants.push((module, part)),
                other => panic!("`{other}` of {module} is a part of no shared operation"),
            }
        }
    }

    /// The operations, for the public API.
    pub fn endpoints(self) -> Vec<Endpoint> {
        vec![
            key_fate::endpoint(self.key_fates),
            invariants::endpoint(self.invariants),
            deprecations::endpoint(self.deprecations),
            operations::endpoint(self.operations),
            jobs::list_endpoint(self.jobs),
            jobs::change_endpoint(self.job_changes),
            sagas::list_endpoint(self.sagas),
            sagas::resume_endpoint(self.saga_resumptions),
        ]
    }
}

/// What the reads of a module wait for.
struct Following(Progress);

#[async_trait]
impl Follows for Following {
    async fn reach(&self, ctx: &CallCtx, emitted: &[Emitted]) -> bool {
        self.0.reach(ctx, emitted).await.is_ok()
    }
}
