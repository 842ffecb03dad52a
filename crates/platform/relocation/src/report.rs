//! What a mover says while it works, and in the end.

use async_trait::async_trait;
use serde::Serialize;

/// A step that is done. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The destination is ready to be filled.
    Prepared {
        /// Where the data is.
        source: String,
        /// Where it goes.
        destination: String,
        /// How many tables.
        tables: usize,
        /// From 1; more if earlier movers were interrupted.
        attempt: i64,
    },
    /// From here on changes are noted.
    Capturing,
    /// Rows of a table were copied.
    Copied {
        /// Which.
        table: String,
        /// So far.
        rows: u64,
        /// Of how many there were at the beginning.
        of: u64,
        /// Whether the table is done.
        whole: bool,
    },
    /// What changed meanwhile was brought over.
    CaughtUp {
        /// Counts passes.
        pass: u32,
        /// Changed rows of this pass: the lag when it began.
        rows: usize,
        /// How long it took.
        took_ms: u128,
    },
    /// Nobody can write from here on.
    Fenced {
        /// How long it took until the last writer was done.
        took_ms: u128,
    },
    /// The last changes are there, and triggers and foreign keys are back.
    Completed {
        /// Changed rows.
        rows: usize,
    },
    /// A table is equal on both sides.
    Verified(VerifiedTable),
    /// The source is marked as moved: there is no way back but a move.
    SourceClosed,
    /// The destination owns the data.
    HandedOver {
        /// Counts owners.
        epoch: i64,
        /// From the fence until now; `None` if the mover that fenced did not come to closing the source.
        paused_ms: Option<u128>,
    },
}

/// A table that is equal on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedTable {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Of all rows in the order of the key, in a writing that does not depend on the engine; 64 hex digits.
    pub sha256: String,
}

/// What a move came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose data.
    pub module: String,
    /// Where it was, without password.
    pub source: String,
    /// Where it is, without password.
    pub destination: String,
    /// Counts owners: this is the new one's number.
    pub epoch: i64,
    /// Every table; empty if an earlier mover had verified them and this one only finished the hand-over.
    pub tables: Vec<VerifiedTable>,
    /// From the fence until the destination owned the data, in milliseconds: by the clock if an earlier mover had
    /// fenced, `None` if it had closed the source too.
    pub paused_ms: Option<u128>,
    /// From the beginning, in milliseconds.
    pub took_ms: u128,
}

/// Hears what a mover does. The mover waits for it.
#[async_trait]
pub trait Observer: Send + Sync {
    /// Called after each step.
    async fn notice(&self, event: &Event);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

#[async_trait]
impl Observer for Silent {
    async fn notice(&self, _: &Event) {}
}
