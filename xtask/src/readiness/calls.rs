//! Calls to other modules: declared or not, and how many a request to each endpoint may make.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::code::{Call, Function, On, Source};
use super::latency::Recorded;
use super::module::{Landscape, Module, Site};
use super::report::{Endpoint, Report};
use crate::check::Finding;

/// Rooms of a module in which calls to others may stand.
const ROOMS: [&str; 3] = ["http", "service", "subscribers"];

/// An endpoint in the source.
struct Route<'m> {
    operation: String,
    source: &'m Source,
    line: usize,
}

pub(super) fn check(
    landscape: &Landscape,
    module: &Module,
    recorded: Option<&Recorded>,
    report: &mut Report,
) {
    for site in landscape.sites(module) {
        if !module.uses.contains(&site.callee) {
            report.blocks.push(Finding {
                rule: "calls-are-declared",
                file: site.source.file.clone(),
                line: site.source.line(site.at),
                what: format!(
                    "{}.{} is called, but `uses` does not name {}",
                    site.callee, site.method, site.callee
                ),
            });
        }
    }
    report.counted = if recorded.is_some() {
        "counted in the recording, on average"
    } else {
        "read from the code: every call site that a request may reach, so at most that many without repeats"
    };
    for other in &landscape.modules {
        let sites = landscape.sites(other);
        for route in routes(other) {
            let all = recorded.map_or_else(
                || reachable(other, &route, &sites),
                |recorded| recorded.calls(&route.operation),
            );
            // What crosses when `module` leaves: everything it calls itself, and what others call of it.
            let is_own = other.name == module.name;
            let crosses = |name: &String| {
                is_own || *name == module.name || name.starts_with(&format!("{}.", module.name))
            };
            let calls: BTreeMap<String, f64> =
                all.into_iter().filter(|(name, _)| crosses(name)).collect();
            if is_own || !calls.is_empty() {
                report.endpoints.push(Endpoint {
                    operation: route.operation,
                    file: route.source.file.clone(),
                    line: route.line,
                    calls,
                    is_forwarded: is_own,
                    added_us: None,
                });
            }
        }
    }
}

/// Endpoints by their operation: the second text of `Endpoint::post("/v1/orders", "place_order", …)`.
fn routes(module: &Module) -> Vec<Route<'_>> {
    let mut found = Vec::new();
    for source in &module.sources {
        let (literals, _) = crate::check::rust_text::split(&source.text);
        for at in source.places("Endpoint") {
            let is_route = source.word(at + 1) == ":"
                && ["get", "post", "put", "patch", "delete"].contains(&source.word(at + 3))
                && source.word(at + 4) == "(";
            let line = source.line(at);
            let texts: Vec<&str> = literals
                .iter()
                .filter(|literal| literal.line >= line)
                .take(2)
                .map(|literal| literal.text.as_str())
                .collect();
            if let (true, [_, operation]) = (is_route, texts.as_slice()) {
                found.push(Route {
                    operation: (*operation).to_owned(),
                    source,
                    line,
                });
            }
        }
    }
    found
}

/// Call sites that functions called from the endpoint's file may reach: a method by its name, a function by name and module.
fn reachable(module: &Module, route: &Route<'_>, sites: &[Site<'_>]) -> BTreeMap<String, f64> {
    let rooms: Vec<&Source> = module
        .sources
        .iter()
        .filter(|source| in_room(module, source))
        .collect();
    // Functions by file and start of their body.
    let mut known: BTreeSet<(&Path, usize)> = BTreeSet::new();
    let mut queue: Vec<(&Source, &Function)> = route
        .source
        .functions
        .iter()
        .map(|it| (route.source, it))
        .collect();
    while let Some((source, function)) = queue.pop() {
        if !known.insert((&source.file, function.body.start)) {
            continue;
        }
        for call in source.called(&function.body) {
            for target in &rooms {
                let named = target.functions.iter().filter(|it| it.name == call.name);
                queue.extend(
                    named
                        .filter(|it| may_be(source, call, target, it))
                        .map(|it| (*target, it)),
                );
            }
        }
    }
    let mut calls = BTreeMap::new();
    for site in sites {
        let function = site.source.function_at(site.at);
        if function.is_some_and(|it| known.contains(&(site.source.file.as_path(), it.body.start))) {
            *calls
                .entry(format!("{}.{}", site.callee, site.method))
                .or_default() += 1.0;
        }
    }
    calls
}

/// Whether a call in `source` may mean this function of `target`, whose name it has.
fn may_be(source: &Source, call: Call<'_>, target: &Source, function: &Function) -> bool {
    let is_here = source.file == target.file;
    match call.on {
        On::Value => function.is_method,
        On::Path("Self") => is_here,
        On::Path("self" | "super") => true,
        On::Path(path) => {
            // A type's function may stand anywhere; a module's stands in the file of its name.
            path.starts_with(char::is_uppercase)
                || target.file.file_stem().is_some_and(|stem| stem == path)
        }
        On::Nothing => !function.is_method && (is_here || imports(source, call.name)),
    }
}

fn imports(source: &Source, name: &str) -> bool {
    source
        .places(name)
        .any(|at| matches!(source.word(at + 1), ";" | "," | "}"))
}

fn in_room(module: &Module, source: &Source) -> bool {
    let inside = source
        .file
        .strip_prefix(module.folder.join("src"))
        .unwrap_or(&source.file);
    ROOMS
        .iter()
        .any(|room| inside.starts_with(room) || inside.as_os_str() == format!("{room}.rs").as_str())
}
