//! What happened, line by line: two runs of one seed are the same if their traces are.

use std::cell::RefCell;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// Lines that a failure shows.
const SHOWN: usize = 60;

/// What happened so far.
#[derive(Debug, Default)]
pub(crate) struct Trace(RefCell<Vec<String>>);

impl Trace {
    /// Writes a line, with the simulated time before it.
    pub(crate) fn note(&self, what: impl fmt::Display) {
        let millis = turmoil::sim_elapsed().unwrap_or_default().as_micros();
        self.0.borrow_mut().push(format!("{millis:>12} {what}"));
    }

    /// Writes a line that comes after everything.
    pub(crate) fn end(&self, what: impl fmt::Display) {
        self.0.borrow_mut().push(format!("{:>12} {what}", "end"));
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Tells this trace from every other: SHA-256 over its lines.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for line in self.0.borrow().iter() {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        let digest = digest.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// All lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let lines = self.0.borrow();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}
