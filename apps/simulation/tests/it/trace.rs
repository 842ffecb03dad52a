//! What happened, line by line: two runs of one seed are the same if their traces are.

use std::cell::RefCell;
use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

/// Set, it has every line printed as it comes: to watch a seed that is run alone.
pub(crate) const WATCH: &str = "TENON_TRACE";

/// What happened so far.
#[derive(Debug)]
pub(crate) struct Trace {
    lines: RefCell<Vec<String>>,
    is_watched: bool,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            lines: RefCell::default(),
            is_watched: std::env::var_os(WATCH).is_some(),
        }
    }
}

impl Trace {
    /// Writes a line, with the simulated time before it.
    pub(crate) fn note(&self, what: impl fmt::Display) {
        let millis = turmoil::sim_elapsed().unwrap_or_default().as_micros();
        self.push(format!("{millis:>12} {what}"));
    }

    /// Writes a line that comes after everything.
    pub(crate) fn end(&self, what: impl fmt::Display) {
        self.push(format!("{:>12} {what}", "end"));
    }

    fn push(&self, line: String) {
        if self.is_watched {
            eprintln!("{line}");
        }
        self.lines.borrow_mut().push(line);
    }

    /// Tells this trace from every other: SHA-256 over its lines.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for line in self.lines.borrow().iter() {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        let digest = digest.finalize();
        digest.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string succeeds");
            text
        })
    }

    /// All lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }
}
