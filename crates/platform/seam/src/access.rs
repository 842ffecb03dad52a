//! Who may call whom, and who may listen to whom: the same list at both sides of an edge.

use std::collections::BTreeSet;

/// The declared uses and listens of the modules of a system; everything else is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessList {
    uses: BTreeSet<(String, String)>,
    listens: BTreeSet<(String, String)>,
}

impl AccessList {
    /// An empty list refuses everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the modules that `caller` declares to call.
    #[must_use]
    pub fn declare(mut self, caller: &str, uses: &[&str]) -> Self {
        self.uses.extend(pairs(caller, uses));
        self
    }

    /// Adds the modules whose events `consumer` declares to take.
    #[must_use]
    pub fn listen(mut self, consumer: &str, sources: &[&str]) -> Self {
        self.listens.extend(pairs(consumer, sources));
        self
    }

    /// Whether `caller` may call `callee`.
    pub fn may_call(&self, caller: &str, callee: &str) -> bool {
        has(&self.uses, caller, callee)
    }

    /// Whether `consumer` may take events of `source`.
    pub fn may_listen(&self, consumer: &str, source: &str) -> bool {
        has(&self.listens, consumer, source)
    }
}

fn pairs(from: &str, to: &[&str]) -> impl Iterator<Item = (String, String)> {
    to.iter().map(move |to| (from.to_owned(), (*to).to_owned()))
}

fn has(pairs: &BTreeSet<(String, String)>, from: &str, to: &str) -> bool {
    pairs.contains(&(from.to_owned(), to.to_owned()))
}
