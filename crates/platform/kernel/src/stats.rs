//! What a request cost and caused, over all calls made on its behalf.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Emitted;
use crate::emitted::EmittedLog;

/// What a request cost, shared by all calls made on its behalf.
#[derive(Debug, Default)]
pub struct CallStats {
    statements: AtomicU32,
    database_micros: AtomicU64,
    open_units: AtomicU32,
    seam_calls: Mutex<Vec<SeamCalls>>,
    seam_micros: AtomicU64,
    emitted: EmittedLog,
}

/// How often a request called one module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeamCalls {
    /// The module that was called.
    pub callee: &'static str,
    /// How often.
    pub count: u32,
}

/// Marks that a unit of work is open; the seam refuses calls meanwhile.
#[derive(Debug)]
pub struct OpenUnit(Arc<CallStats>);

impl CallStats {
    /// Counts one statement sent to a database.
    pub fn record_statement(&self, took: Duration) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.database_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Adds what a call cost on its other side.
    pub fn record_statements(&self, count: u32, took: Duration) {
        self.statements.fetch_add(count, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.database_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Returns how many statements were sent.
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Returns the time spent waiting for databases.
    pub fn database_time(&self) -> Duration {
        Duration::from_micros(self.database_micros.load(Ordering::Relaxed))
    }

    /// Counts one call to another module.
    pub fn record_seam_call(&self, callee: &'static str) {
        let mut calls = self.lock_seam_calls();
        match calls.iter_mut().find(|known| known.callee == callee) {
            Some(known) => known.count = known.count.saturating_add(1),
            None => calls.push(SeamCalls { callee, count: 1 }),
        }
    }

    /// Returns which modules were called, and how often.
    pub fn seam_calls(&self) -> Vec<SeamCalls> {
        self.lock_seam_calls().clone()
    }

    /// Adds the time that was spent waiting for another module.
    pub fn record_seam_time(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.seam_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Returns the time spent waiting for other modules, all calls added up.
    pub fn seam_time(&self) -> Duration {
        Duration::from_micros(self.seam_micros.load(Ordering::Relaxed))
    }

    /// Remembers events that were committed.
    pub fn record_emitted(&self, events: Emitted) {
        self.emitted.add(events);
    }

    /// Returns the events that were committed, by module and type; at most [`crate::MAX_EMITTED`].
    pub fn emitted(&self) -> Vec<Emitted> {
        self.emitted.all()
    }

    fn lock_seam_calls(&self) -> MutexGuard<'_, Vec<SeamCalls>> {
        self.seam_calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner) // counters are whole at any time
    }

    /// Says whether a unit of work is open.
    pub fn has_open_unit(&self) -> bool {
        self.open_units.load(Ordering::Relaxed) > 0
    }
}

impl OpenUnit {
    pub(crate) fn of(stats: &Arc<CallStats>) -> Self {
        stats.open_units.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(stats))
    }
}

impl Drop for OpenUnit {
    fn drop(&mut self) {
        self.0.open_units.fetch_sub(1, Ordering::Relaxed);
    }
}
