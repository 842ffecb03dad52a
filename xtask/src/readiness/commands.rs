//! Commands can be repeated safely: they name a key, and nobody repeats one without.

use serde_json::Value;

use super::module::{Landscape, Module, Site};
use super::report::Report;
use crate::check::Finding;

/// How a context gets a key that stays the same when the step is repeated.
const KEYED_BY: [&str; 2] = ["command", "with_idempotency"];
/// What makes another key each time.
const RANDOM: [&str; 4] = ["new_id", "new_v4", "now_v7", "random"];

pub(super) fn check(landscape: &Landscape, module: &Module, report: &mut Report) {
    for (method, row) in module.methods() {
        let by_request = row
            .get("kind")
            .is_some_and(|kind| kind == "command keyed by request");
        if !by_request {
            continue;
        }
        let (file, line) = module.declared_at(method);
        let finding = |what: String| Finding {
            rule: "commands-name-a-key",
            file: file.clone(),
            line,
            what,
        };
        if names_a_key(&module.document, row) {
            let what = format!(
                "{method} is idempotent by a member of its request: the seam itself never repeats it"
            );
            report.costs.push(finding(what));
        } else {
            let what = format!(
                "{method} is called idempotent by its request, but no required member is an id"
            );
            report.blocks.push(finding(what));
        }
    }
    // Who repeats a command: the caller's code, so it is the caller's report.
    for site in landscape.sites(module) {
        if let Some(what) = unsafe_repeat(landscape, &site) {
            report.blocks.push(Finding {
                rule: "retry-is-idempotent",
                file: site.source.file.clone(),
                line: site.source.line(site.at),
                what,
            });
        }
    }
}

fn names_a_key(document: &Value, row: &Value) -> bool {
    let target = row.pointer("/request/$ref").and_then(Value::as_str);
    let request = target.and_then(|target| document.pointer(target.trim_start_matches('#')));
    let required = request
        .and_then(|request| request.get("required"))
        .and_then(Value::as_array);
    required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|name| {
            let pattern =
                request.and_then(|request| request.pointer(&format!("/properties/{name}/pattern")));
            pattern.is_some()
        })
}

/// Says why a call may have its effect twice.
fn unsafe_repeat(landscape: &Landscape, site: &Site<'_>) -> Option<String> {
    let callee = landscape.find(&site.callee)?;
    let kind = callee
        .document
        .pointer(&format!("/methods/{}/kind", site.method))?;
    if kind == "query" {
        return None;
    }
    let source = site.source;
    let name = format!("{}.{}", site.callee, site.method);
    // `method(&call, request)`: how was `call` made?
    let context = source.word(site.at + 3).to_owned();
    let body = source.function_at(site.at)?.body.clone();
    let made = (body.start..site.at)
        .rev()
        .find(|at| source.word(*at) == context && source.word(at.saturating_sub(1)) == "let");
    let making: Vec<&str> = made
        .map(|made| {
            (made..site.at)
                .map(|at| source.word(at))
                .take_while(|word| *word != ";")
                .collect()
        })
        .unwrap_or_default();
    let is_keyed = making.iter().any(|word| KEYED_BY.contains(word));
    let is_random = making.iter().any(|word| RANDOM.contains(word));
    let in_loop = source
        .loop_at(site.at)
        .filter(|around| around.start > body.start);
    let is_inside = |made: Option<usize>| {
        in_loop.is_some_and(|around| made.is_none_or(|made| around.contains(&made)))
    };
    match (kind == "command keyed by ctx", is_keyed) {
        (true, false) => Some(format!("{name} is called without an idempotency key")),
        (_, true) if is_random && is_inside(made) => Some(format!(
            "{name} is repeated under a new key each time: it would have its effect again"
        )),
        (false, false) if in_loop.is_some() => {
            Some(format!("{name} is repeated without an idempotency key"))
        }
        _ => None,
    }
}
