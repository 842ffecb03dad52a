//! What the tree says about every module: who it calls and hears, and what its service needs.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use crate::workspace::{Kind, Workspace};

/// Where the monolith listens for calls of services, on this machine.
pub(crate) const MONOLITH_PORT: u16 = 7440;
/// Name of the monolith among the services.
pub(crate) const MONOLITH: &str = "tenon";

/// All modules, by name.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) modules: Vec<Module>,
}

/// One module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) uses: BTreeSet<String>,
    /// Modules whose events it takes, `*` resolved.
    pub(crate) hears: BTreeSet<String>,
    /// `listens` as declared.
    pub(crate) listens: BTreeSet<String>,
    /// Gets a key of its own from the secrets file.
    pub(crate) is_keyed: bool,
    /// Place among the modules, from 1: ports follow from it.
    pub(crate) number: u16,
}

impl Facts {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let names: BTreeSet<String> = workspace
            .of(Kind::Module)
            .map(|it| it.name.clone())
            .collect();
        let mut modules = Vec::new();
        for (number, package) in (1..).zip(workspace.of(Kind::Module)) {
            let sources = package.sources(&workspace.root)?;
            let lib = sources
                .iter()
                .find(|(file, _)| file.ends_with("src/lib.rs"));
            let (_, lib) = lib.with_context(|| format!("{} has no src/lib.rs", package.name))?;
            let everyone = package.listens.contains("*");
            let hears = if everyone {
                names.clone()
            } else {
                package.listens.clone()
            };
            modules.push(Module {
                name: package.name.clone(),
                uses: package.uses.clone(),
                hears: hears
                    .into_iter()
                    .filter(|name| *name != package.name)
                    .collect(),
                listens: package.listens.clone(),
                is_keyed: lib.contains("parts.module_key"),
                number,
            });
        }
        Ok(Self { modules })
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.modules
            .iter()
            .map(|module| module.name.as_str())
            .collect()
    }

    /// Modules that call or hear `name`.
    pub(crate) fn users(&self, name: &str) -> impl Iterator<Item = &Module> {
        self.modules
            .iter()
            .filter(move |module| module.reaches().any(|reached| reached == name))
    }
}

impl Module {
    /// `catalog-service`
    pub(crate) fn service(&self) -> String {
        format!("{}-service", self.name)
    }

    /// `Catalog`: the module's struct and its contract's trait.
    pub(crate) fn type_name(&self) -> String {
        capitalised(&self.name)
    }

    /// Modules it calls or hears.
    pub(crate) fn reaches(&self) -> impl Iterator<Item = &str> {
        self.uses.union(&self.hears).map(String::as_str)
    }

    /// Where its service listens for calls, on this machine.
    pub(crate) fn seam_port(&self) -> u16 {
        MONOLITH_PORT + self.number
    }

    /// Where its service tells its health, on this machine.
    pub(crate) fn operations_port(&self) -> u16 {
        8180 + self.number
    }
}

/// `catalog` as the name of a type.
pub(crate) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
