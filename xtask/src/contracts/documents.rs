//! Compares two documents: methods by name, events by type and version.

use serde_json::{Map, Value};

use super::compare;
use super::difference::{Difference, First, Role, Severity};
use super::schema::{Place, escaped};

/// All differences from `old` to `new`, worst first.
pub(crate) fn compare(old: &Value, new: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, before) in members(old, "/methods") {
        let pointer = format!("/methods/{}", escaped(name));
        match new.pointer(&pointer) {
            Some(now) => {
                found.extend(settings(name, &pointer, before, now));
                for (part, role) in [
                    ("request", Role::Request),
                    ("response", Role::Response),
                    ("error", Role::Error),
                ] {
                    found.extend(part_of(role, name, &format!("{pointer}/{part}"), old, new));
                }
            }
            None => found.push(breaking(
                name,
                &pointer,
                "the method was removed or renamed",
            )),
        }
    }
    for (name, _) in members(new, "/methods") {
        let pointer = format!("/methods/{}", escaped(name));
        if old.pointer(&pointer).is_none() {
            found.push(compatible(name, &pointer, "new method", First::Owner));
        }
    }
    for (kind, versions) in members(old, "/events") {
        for version in versions.as_object().into_iter().flat_map(Map::keys) {
            let subject = format!("{kind} v{version}");
            let pointer = format!("/events/{}/{version}", escaped(kind));
            if new.pointer(&pointer).is_some() {
                found.extend(part_of(Role::Event, &subject, &pointer, old, new));
            } else {
                found.push(breaking(
                    &subject,
                    &pointer,
                    "this version of the event was removed",
                ));
            }
        }
    }
    for (kind, versions) in members(new, "/events") {
        for version in versions.as_object().into_iter().flat_map(Map::keys) {
            let pointer = format!("/events/{}/{version}", escaped(kind));
            if old.pointer(&pointer).is_none() {
                let (what, first) = if old.pointer(&format!("/events/{}", escaped(kind))).is_some()
                {
                    ("new version of the event", First::Users)
                } else {
                    ("new event", First::Either)
                };
                found.push(compatible(
                    &format!("{kind} v{version}"),
                    &pointer,
                    what,
                    first,
                ));
            }
        }
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    found.dedup();
    found
}

fn part_of(role: Role, subject: &str, pointer: &str, old: &Value, new: &Value) -> Vec<Difference> {
    match (Place::at(old, pointer), Place::at(new, pointer)) {
        (Some(old), Some(new)) => compare::schemas(role, subject, old, new),
        _ => vec![breaking(
            subject,
            pointer,
            "the schema is missing on one side",
        )],
    }
}

/// What stands beside the schemas of a method.
fn settings(name: &str, pointer: &str, old: &Value, new: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let at = |member: &str| format!("{pointer}/{member}");
    if old.get("kind") != new.get("kind") {
        let text = |row: &Value| {
            row.get("kind")
                .and_then(Value::as_str)
                .unwrap_or("?")
                .to_owned()
        };
        let what = format!("kind `{}` became `{}`", text(old), text(new));
        found.push(breaking(name, &at("kind"), &what));
    }
    let number = |row: &Value, member: &str| row.get(member).and_then(Value::as_u64).unwrap_or(0);
    for member in ["timeout_ms", "max_request", "max_response"] {
        let (before, now) = (number(old, member), number(new, member));
        if before == now {
            continue;
        }
        let what = format!("{member} {before} became {now}");
        let (severity, first) = match (member, now < before) {
            ("timeout_ms", true) => (Severity::Warning, First::Either),
            ("timeout_ms", false) => (Severity::Compatible, First::Either),
            (_, true) => (Severity::Breaking, First::Either),
            // Who still has the smaller limit must not meet the larger message.
            ("max_request", false) => (Severity::Compatible, First::Owner),
            (_, false) => (Severity::Compatible, First::Users),
        };
        found.push(Difference {
            severity,
            first,
            subject: name.to_owned(),
            pointer: at(member),
            what,
        });
    }
    found
}

fn members<'d>(
    document: &'d Value,
    pointer: &str,
) -> impl Iterator<Item = (&'d String, &'d Value)> {
    let members = document.pointer(pointer).and_then(Value::as_object);
    members.into_iter().flatten()
}

fn breaking(subject: &str, pointer: &str, what: &str) -> Difference {
    Difference {
        severity: Severity::Breaking,
        first: First::Either,
        subject: subject.to_owned(),
        pointer: pointer.to_owned(),
        what: what.to_owned(),
    }
}

fn compatible(subject: &str, pointer: &str, what: &str, first: First) -> Difference {
    Difference {
        severity: Severity::Compatible,
        first,
        subject: subject.to_owned(),
        pointer: pointer.to_owned(),
        what: what.to_owned(),
    }
}
