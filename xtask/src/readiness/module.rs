//! What is known about every module: its sources, its contract's document, its calls to others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use super::code::Source;
use crate::contracts::FOLDER;
use crate::workspace::{Kind, Workspace};

/// All modules.
pub(crate) struct Landscape {
    pub(crate) modules: Vec<Module>,
}

/// One module.
pub(crate) struct Module {
    pub(crate) name: String,
    /// Manifest of the module's package, relative to the root.
    pub(crate) manifest: PathBuf,
    pub(crate) uses: BTreeSet<String>,
    /// `[package.metadata.tenon.local-state]`: reasons by file below the package.
    pub(crate) stated: BTreeMap<String, String>,
    /// Folder of the package, relative to the root.
    pub(crate) folder: PathBuf,
    pub(crate) sources: Vec<Source>,
    /// Sources of the contract, without its fakes.
    pub(crate) contract: Vec<Source>,
    /// Sources of the contract's fakes.
    pub(crate) fakes: Vec<Source>,
    /// The latest blessed document; `Null` if there is none.
    pub(crate) document: Value,
}

/// A place where a module calls a contract.
#[derive(Debug, Clone)]
pub(crate) struct Site<'m> {
    pub(crate) source: &'m Source,
    /// Place of the method's name.
    pub(crate) at: usize,
    pub(crate) callee: String,
    pub(crate) method: String,
}

impl Landscape {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let mut modules = Vec::new();
        for package in workspace.of(Kind::Module) {
            let contract = workspace
                .of(Kind::Contract)
                .find(|contract| contract.name == format!("{}-contract", package.name));
            let mut own = Vec::new();
            let mut fakes = Vec::new();
            for (file, text) in contract
                .map(|it| it.sources(&workspace.root))
                .transpose()?
                .unwrap_or_default()
            {
                let is_fake = file
                    .components()
                    .any(|part| part.as_os_str().to_string_lossy().starts_with("testing"));
                let list = if is_fake { &mut fakes } else { &mut own };
                list.push(Source::read(&file, &text));
            }
            let sources = package.sources(&workspace.root)?;
            let tenon = package
                .manifest
                .get("package")
                .and_then(|it| it.get("metadata"))
                .and_then(|it| it.get("tenon"));
            let stated = tenon
                .and_then(|it| it.get("local-state"))
                .and_then(toml::Value::as_table);
            modules.push(Module {
                name: package.name.clone(),
                manifest: package.folder.join("Cargo.toml"),
                uses: package.uses.clone(),
                stated: stated
                    .into_iter()
                    .flatten()
                    .filter_map(|(file, why)| Some((file.clone(), why.as_str()?.to_owned())))
                    .collect(),
                folder: package.folder.clone(),
                sources: sources
                    .iter()
                    .map(|(file, text)| Source::read(file, text))
                    .collect(),
                contract: own,
                fakes,
                document: latest(&workspace.root.join(FOLDER).join(&package.name)),
            });
        }
        Ok(Self { modules })
    }

    /// Every place where `module` calls another one, declared or not.
    pub(crate) fn sites<'m>(&self, module: &'m Module) -> Vec<Site<'m>> {
        let mut found = Vec::new();
        for callee in self
            .modules
            .iter()
            .filter(|callee| callee.name != module.name)
        {
            let fields = fields(module, &trait_name(callee));
            for source in &module.sources {
                for at in 2..source.tokens.len() {
                    let is_call = source.word(at - 1) == "." && source.word(at + 1) == "(";
                    if is_call
                        && fields.contains(source.word(at - 2))
                        && callee.has(source.word(at))
                    {
                        found.push(Site {
                            source,
                            at,
                            callee: callee.name.clone(),
                            method: source.word(at).to_owned(),
                        });
                    }
                }
            }
        }
        found
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }
}

impl Module {
    /// The blessed methods.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&String, &Value)> {
        let methods = self.document.get("methods").and_then(Value::as_object);
        methods.into_iter().flatten()
    }

    pub(crate) fn has(&self, method: &str) -> bool {
        self.methods().any(|(name, _)| name == method)
    }

    /// Where the contract declares a method.
    pub(crate) fn declared_at(&self, method: &str) -> (PathBuf, usize) {
        for source in &self.contract {
            let declared = source
                .places(method)
                .find(|at| *at > 0 && source.word(at - 1) == "fn");
            if let Some(at) = declared {
                return (source.file.clone(), source.line(at));
            }
        }
        (self.manifest.clone(), 0)
    }
}

/// Name of the contract's trait: the one that `#[contract]` stands before.
fn trait_name(module: &Module) -> String {
    let found = module.contract.iter().find_map(|source| {
        let mut marks = source
            .places("contract")
            .filter(|at| *at > 1 && source.word(at - 1) == "[");
        let mark = marks.next()?;
        let named = source.places("trait").find(|at| *at > mark)?;
        Some(source.word(named + 1).to_owned())
    });
    found.unwrap_or_default()
}

/// Names under which a module holds a contract: `catalog: Arc<dyn Catalog>`, `catalog: &dyn Catalog`.
fn fields(module: &Module, contract: &str) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    for source in &module.sources {
        for at in source.places(contract) {
            // Back over `Arc < dyn path ::` to `name :`.
            let start = at.saturating_sub(14);
            let is_held = (start..at)
                .rev()
                .take_while(|place| source.word(*place) != ",")
                .any(|place| source.word(place) == "dyn");
            let colon = (start + 1..at).rev().find(|place| {
                source.word(*place) == ":"
                    && source.word(place + 1) != ":"
                    && source.word(place - 1) != ":"
            });
            if let (true, Some(colon)) = (is_held, colon) {
                held.insert(source.word(colon - 1).to_owned());
            }
        }
    }
    held
}

/// The document with the highest version.
fn latest(folder: &Path) -> Value {
    let version = |path: &PathBuf| {
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        stem.strip_prefix('v')?.parse::<u32>().ok()
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let highest = entries.map(|entry| entry.path()).max_by_key(version);
    highest
        .filter(|path| version(path).is_some())
        .and_then(|path| fs::read_to_string(path).ok())
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or(Value::Null)
}
