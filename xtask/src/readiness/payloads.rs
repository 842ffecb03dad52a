//! Lists and texts without a bound: what is short in one process may not be over a network.

use std::collections::BTreeSet;

use serde_json::Value;

use super::module::Module;
use super::report::Report;
use crate::check::Finding;

/// What was found in one schema.
#[derive(Debug, Default)]
struct Open {
    lists: Vec<String>,
    texts: usize,
}

pub(super) fn check(module: &Module, report: &mut Report) {
    for (method, row) in module.methods() {
        let (file, line) = module.declared_at(method);
        for (part, limit) in [("request", "max_request"), ("response", "max_response")] {
            let mut open = Open::default();
            if let Some(schema) = row.get(part) {
                walk(
                    &module.document,
                    schema,
                    &format!("/methods/{method}/{part}"),
                    &mut BTreeSet::new(),
                    &mut open,
                );
            }
            let bytes = row.get(limit).and_then(Value::as_u64);
            let finding = |what: String| Finding {
                rule: "payloads-are-bounded",
                file: file.clone(),
                line,
                what,
            };
            match bytes {
                None | Some(0) => {
                    report.blocks.push(finding(format!("{method} {part} has no limit in bytes")));
                }
                Some(bytes) if !open.lists.is_empty() || open.texts > 0 => report.costs.push(finding(format!(
                    "{method} {part}: {} lists and {} texts without a bound of their own, held by {bytes} bytes in all{}",
                    open.lists.len(),
                    open.texts,
                    open.lists.first().map_or_else(String::new, |first| format!(" (first: {first})")),
                ))),
                Some(_) => {}
            }
        }
    }
}

fn walk(document: &Value, schema: &Value, at: &str, seen: &mut BTreeSet<String>, open: &mut Open) {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = target.trim_start_matches('#');
        if seen.insert(pointer.to_owned())
            && let Some(schema) = document.pointer(pointer)
        {
            walk(document, schema, pointer, seen, open);
        }
        return;
    }
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|name| name == kind),
        _ => false,
    };
    if is("array") && schema.get("maxItems").is_none() {
        open.lists.push(at.to_owned());
    }
    let bounds = ["maxLength", "pattern", "format", "enum", "const"];
    if is("string") && bounds.iter().all(|bound| schema.get(*bound).is_none()) {
        open.texts += 1;
    }
    let members = schema.get("properties").and_then(Value::as_object);
    for (name, member) in members.into_iter().flatten() {
        walk(
            document,
            member,
            &format!("{at}/properties/{name}"),
            seen,
            open,
        );
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(keyword) {
            walk(document, inner, &format!("{at}/{keyword}"), seen, open);
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        let branches = schema.get(keyword).and_then(Value::as_array);
        for (index, branch) in branches.into_iter().flatten().enumerate() {
            walk(
                document,
                branch,
                &format!("{at}/{keyword}/{index}"),
                seen,
                open,
            );
        }
    }
}
