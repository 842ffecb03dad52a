//! The modules of an installation, and what each declares.

use std::sync::Arc;

use tenon_seam::{AccessList, Seam};

/// The app as a caller: forwarded requests, token checks, checks across modules.
pub(crate) const APP: &str = "app";

/// What a module declares, wherever it runs.
#[derive(Debug, Clone, Copy)]
pub struct ModuleEntry {
    /// `orders`
    pub name: &'static str,
    /// Modules whose contracts it calls.
    pub uses: &'static [&'static str],
    /// Modules whose events it takes; `*` is every other one.
    pub listens: &'static [&'static str],
}

/// All modules of an installation.
#[derive(Debug, Clone, Copy)]
pub struct Installation(pub &'static [ModuleEntry]);

impl Installation {
    /// Names of the modules, in their order.
    pub fn names(&self) -> Arc<[&'static str]> {
        self.0.iter().map(|entry| entry.name).collect()
    }

    /// The module of a name.
    pub fn find(&self, name: &str) -> Option<&'static ModuleEntry> {
        self.0.iter().find(|entry| entry.name == name)
    }

    /// Modules whose events a module takes.
    pub(crate) fn sources(&self, entry: &ModuleEntry) -> Vec<&'static str> {
        self.0
            .iter()
            .map(|source| source.name)
            .filter(|source| {
                *source != entry.name
                    && (entry.listens.contains(source) || entry.listens.contains(&"*"))
            })
            .collect()
    }

    /// Tells the edges of this process who may call whom.
    pub(crate) fn declare(&self, seam: Seam) -> Seam {
        let all: Vec<&str> = self.0.iter().map(|entry| entry.name).collect();
        self.0.iter().fold(seam.declare(APP, &all), |seam, entry| {
            seam.declare(entry.name, entry.uses)
        })
    }

    /// Who may call whom and hear whom, for calls from other processes: what the modules declare, and the app, which may call all.
    pub(crate) fn access(&self) -> AccessList {
        let all: Vec<&str> = self.0.iter().map(|entry| entry.name).collect();
        self.0
            .iter()
            .fold(AccessList::new().declare(APP, &all), |access, entry| {
                access
                    .declare(entry.name, entry.uses)
                    .listen(entry.name, &self.sources(entry))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Installation = Installation(&[
        ModuleEntry {
            name: "shop",
            uses: &["stock"],
            listens: &[],
        },
        ModuleEntry {
            name: "stock",
            uses: &[],
            listens: &["shop"],
        },
        ModuleEntry {
            name: "log",
            uses: &[],
            listens: &["*"],
        },
    ]);

    #[test]
    fn only_what_is_declared_is_allowed() {
        let access = ALL.access();
        assert!(access.may_call("shop", "stock") && access.may_call("app", "shop"));
        assert!(!access.may_call("stock", "shop") && !access.may_call("log", "stock"));
        assert!(access.may_listen("stock", "shop") && access.may_listen("log", "stock"));
        assert!(!access.may_listen("shop", "stock") && !access.may_listen("log", "log"));
    }
}
