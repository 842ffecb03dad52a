//! Who may know whom, where SQL may stand, and what a domain may touch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};

use super::{Finding, rust_text, sql};
use crate::workspace::{Kind, Package, Workspace, files};

/// All that a contract may depend on besides other contracts: nothing here does IO.
const CONTRACT_MAY_USE: [&str; 7] = [
    "async-trait",
    "schemars",
    "serde",
    "serde_json",
    "tenon-kernel",
    "tenon-seam",
    "thiserror",
];
/// What a pure domain never mentions.
const IMPURE: [(&str, &str); 6] = [
    ("async fn", "async"),
    (".await", "async"),
    ("tenon_store", "the store"),
    ("tenon_web", "HTTP"),
    ("sqlx", "SQL"),
    ("axum", "HTTP"),
];

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    findings.extend(knows_whom(workspace));
    findings.extend(cycles(workspace));
    findings.extend(declared_uses(workspace)?);
    let tables = tables_by_module(workspace)?;
    for module in workspace.of(Kind::Module) {
        for (file, text) in module.sources(&workspace.root)? {
            let (literals, code) = rust_text::split(&text);
            findings.extend(sql_in_place(module, &file, &literals, &tables));
            findings.extend(pure_domain(&file, &code));
        }
    }
    Ok(findings)
}

/// Modules know contracts and the platform; contracts know nothing that does IO; the platform knows no module.
fn knows_whom(workspace: &Workspace) -> Vec<Finding> {
    let kinds = workspace.kinds();
    let mut findings = Vec::new();
    for package in &workspace.packages {
        let shipped = shipped_dependencies(package);
        for dependency in &package.dependencies {
            let kind = kinds.get(dependency.as_str()).copied();
            let broken = match (package.kind, kind) {
                (Kind::Part, Some(kind)) if kind != Kind::Platform => Some((
                    "part-knows-no-module",
                    "a part of a module knows the platform and its own libraries",
                )),
                (from, Some(Kind::Part))
                    if from != Kind::Module || !is_own(package, dependency) =>
                {
                    Some((
                        "part-is-its-modules-own",
                        "only the module that it is a part of knows it",
                    ))
                }
                // Stand-ins for the outside world may take part in tests: they know no module themselves.
                (Kind::Module, Some(Kind::App))
                    if !shipped.contains(dependency) && knows_no_module(workspace, dependency) =>
                {
                    None
                }
                (Kind::Module, Some(Kind::Module | Kind::App | Kind::Task)) => Some((
                    "module-knows-contracts-only",
                    "a module depends on contracts, never on implementations",
                )),
                (Kind::Platform, Some(kind)) if kind != Kind::Platform => Some((
                    "platform-knows-no-module",
                    "the platform knows no module and no contract",
                )),
                (Kind::Contract, Some(Kind::Contract)) => None,
                (Kind::Contract, Some(Kind::Module | Kind::App | Kind::Task)) => Some((
                    "contract-does-no-io",
                    "a contract knows no implementation, not even in its tests",
                )),
                (Kind::Contract, _)
                    if shipped.contains(dependency)
                        && !CONTRACT_MAY_USE.contains(&dependency.as_str()) =>
                {
                    Some((
                        "contract-does-no-io",
                        "a contract depends on nothing that does IO",
                    ))
                }
                _ => None,
            };
            if let Some((rule, why)) = broken {
                findings.push(Finding {
                    rule,
                    file: package.folder.join("Cargo.toml"),
                    line: 0,
                    what: format!("{} -> {dependency}: {why}", package.name),
                });
            }
        }
    }
    findings
}

/// Whether a part stands beside the module, in the same folder, and bears its name.
fn is_own(module: &Package, part: &str) -> bool {
    part.strip_prefix(module.name.as_str())
        .is_some_and(|rest| rest.starts_with('-'))
}

/// Neither the contracts' dependencies nor the calls between modules form a circle.
fn cycles(workspace: &Workspace) -> Vec<Finding> {
    let contracts: BTreeMap<&str, BTreeSet<&str>> = workspace
        .of(Kind::Contract)
        .map(|package| {
            (
                package.name.as_str(),
                package.dependencies.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    let calls: BTreeMap<&str, BTreeSet<&str>> = workspace
        .of(Kind::Module)
        .map(|package| {
            (
                package.name.as_str(),
                package.uses.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    let mut findings = Vec::new();
    for (rule, graph) in [
        ("contract-graph-is-acyclic", contracts),
        ("call-graph-is-acyclic", calls),
    ] {
        for start in graph.keys() {
            if let Some(circle) = circle_from(&graph, start) {
                let folder = workspace
                    .packages
                    .iter()
                    .find(|package| package.name == *start);
                findings.push(Finding {
                    rule,
                    file: folder
                        .map(|package| package.folder.join("Cargo.toml"))
                        .unwrap_or_default(),
                    line: 0,
                    what: format!(
                        "{}: one of these directions has to be an event",
                        circle.join(" -> ")
                    ),
                });
                break;
            }
        }
    }
    findings
}

fn circle_from<'a>(
    graph: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    start: &'a str,
) -> Option<Vec<&'a str>> {
    fn walk<'a>(
        graph: &BTreeMap<&'a str, BTreeSet<&'a str>>,
        path: &mut Vec<&'a str>,
        seen: &mut BTreeSet<&'a str>,
        start: &str,
    ) -> bool {
        let Some(nexts) = path.last().and_then(|at| graph.get(at)) else {
            return false;
        };
        for next in nexts {
            if *next == start {
                path.push(next);
                return true;
            }
            if graph.contains_key(next) && seen.insert(next) {
                path.push(next);
                if walk(graph, path, seen, start) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
    let mut path = vec![start];
    walk(graph, &mut path, &mut BTreeSet::new(), start).then_some(path)
}

/// `uses` and `listens` name exactly the contracts a module depends on, and `USES` and `LISTENS` in its code say the same.
fn declared_uses(workspace: &Workspace) -> Result<Vec<Finding>> {
    let kinds = workspace.kinds();
    let mut findings = Vec::new();
    for module in workspace.of(Kind::Module) {
        let own = format!("{}-contract", module.name);
        let depends: BTreeSet<String> = normal_dependencies(module)
            .into_iter()
            .filter(|name| *name != own && kinds.get(name.as_str()) == Some(&Kind::Contract))
            .map(|name| name.trim_end_matches("-contract").to_owned())
            .collect();
        // `*` hears every module without knowing any.
        let declared: BTreeSet<String> = module
            .uses
            .union(&module.listens)
            .filter(|name| *name != "*")
            .cloned()
            .collect();
        let manifest = module.folder.join("Cargo.toml");
        for name in depends.difference(&declared) {
            findings.push(Finding {
                rule: "uses-are-declared",
                file: manifest.clone(),
                line: 0,
                what: format!(
                    "{} depends on {name}-contract but declares neither `uses` nor `listens`",
                    module.name
                ),
            });
        }
        for name in declared.difference(&depends) {
            findings.push(Finding {
                rule: "uses-are-declared",
                file: manifest.clone(),
                line: 0,
                what: format!(
                    "{} declares {name} but does not depend on {name}-contract",
                    module.name
                ),
            });
        }
        let lib = module.folder.join("src/lib.rs");
        let text = fs::read_to_string(workspace.root.join(&lib))
            .with_context(|| lib.display().to_string())?;
        for (constant, declared) in [("USES", &module.uses), ("LISTENS", &module.listens)] {
            let in_code = names_in_code(&text, constant);
            if in_code.as_ref() != Some(declared) {
                findings.push(Finding {
                    rule: "uses-are-declared",
                    file: lib.clone(),
                    line: 0,
                    what: format!(
                        "`pub const {constant}` says {in_code:?}, the manifest says {declared:?}"
                    ),
                });
            }
        }
    }
    Ok(findings)
}

fn normal_dependencies(package: &Package) -> BTreeSet<String> {
    let table = package
        .manifest
        .get("dependencies")
        .and_then(toml::Value::as_table);
    table
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// Whether an app depends on no module and no contract.
fn knows_no_module(workspace: &Workspace, app: &str) -> bool {
    let kinds = workspace.kinds();
    let dependencies = workspace
        .packages
        .iter()
        .filter(|package| package.name == app)
        .flat_map(|app| &app.dependencies);
    dependencies
        .map(|name| kinds.get(name.as_str()))
        .all(|kind| !matches!(kind, Some(Kind::Module | Kind::Contract | Kind::App)))
}

/// All dependencies but those of tests alone.
fn shipped_dependencies(package: &Package) -> BTreeSet<String> {
    let table = package
        .manifest
        .get("dev-dependencies")
        .and_then(toml::Value::as_table);
    let test_only: BTreeSet<&String> = table.into_iter().flatten().map(|(name, _)| name).collect();
    let normal = normal_dependencies(package);
    package
        .dependencies
        .iter()
        .filter(|name| normal.contains(*name) || !test_only.contains(name))
        .cloned()
        .collect()
}

/// Reads `pub const USES: &[&str] = &["catalog", "payments"];`
fn names_in_code(text: &str, constant: &str) -> Option<BTreeSet<String>> {
    let start = format!("pub const {constant}: &[&str] = &[");
    let (_, rest) = text.split_once(&start)?;
    let (list, _) = rest.split_once(']')?;
    Some(
        list.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect(),
    )
}

/// Tables of each module's migrations; the platform's belong to every module.
fn tables_by_module(workspace: &Workspace) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&workspace.root.join("migrations"), "sql")? {
        let module = file
            .strip_prefix(workspace.root.join("migrations"))
            .ok()
            .and_then(|path| path.components().next())
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .unwrap_or_default();
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        tables
            .entry(module)
            .or_default()
            .extend(sql::created(&text));
    }
    Ok(tables)
}

/// SQL stands in `store/` and names the module's own tables only.
fn sql_in_place(
    module: &Package,
    file: &std::path::Path,
    literals: &[rust_text::Literal],
    tables: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inside = file.strip_prefix(module.folder.join("src")).unwrap_or(file);
    let in_store = inside.starts_with("store") || inside.as_os_str() == "store.rs";
    for literal in literals
        .iter()
        .filter(|literal| sql::is_statement(&literal.text))
    {
        if !in_store {
            findings.push(Finding {
                rule: "sql-stays-in-store",
                file: file.to_owned(),
                line: literal.line,
                what: "SQL stands in the module's store/ only".to_owned(),
            });
        }
        for table in sql::tables(&literal.text) {
            let known = |owner: &str| {
                tables
                    .get(owner)
                    .is_some_and(|tables| tables.contains(&table))
            };
            if !known(&module.name) && !known("platform") {
                let owner = tables.iter().find(|(_, tables)| {
                    tables.contains(table.rsplit('.').next().unwrap_or(&table))
                });
                let belongs = owner.map_or_else(
                    || "no migration makes it".to_owned(),
                    |(name, _)| format!("it belongs to {name}"),
                );
                findings.push(Finding {
                    rule: "sql-names-own-tables",
                    file: file.to_owned(),
                    line: literal.line,
                    what: format!("`{table}` is not a table of {}: {belongs}", module.name),
                });
            }
        }
    }
    findings
}

/// `domain/` is pure: no async, no SQL, no HTTP.
fn pure_domain(file: &std::path::Path, code: &str) -> Vec<Finding> {
    let in_domain = file
        .components()
        .any(|part| part.as_os_str() == "domain" || part.as_os_str() == "domain.rs");
    if !in_domain {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (word, what) in IMPURE {
            if line.contains(word) {
                findings.push(Finding {
                    rule: "domain-is-pure",
                    file: file.to_owned(),
                    line: number + 1,
                    what: format!("a domain does not touch {what}"),
                });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
