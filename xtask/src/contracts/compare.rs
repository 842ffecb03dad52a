//! Compares two schemas as the two sides of a rolling upgrade meet them.

mod facets;

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::{Difference, First, Role, Severity};
use super::schema::{Cases, Place, escaped, is_open};

/// Walks two schemas side by side and keeps what differs.
pub(crate) struct Comparison {
    role: Role,
    subject: String,
    /// Pairs of shared types that are being compared: types may contain themselves.
    seen: BTreeSet<(String, String)>,
    found: Vec<Difference>,
}

/// Compares the schema of one role; `subject` names the method or event.
pub(crate) fn schemas(
    role: Role,
    subject: &str,
    old: Place<'_>,
    new: Place<'_>,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        role,
        subject: subject.to_owned(),
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    comparison.compare(old, new);
    comparison.found
}

impl Comparison {
    fn note(
        &mut self,
        (severity, first): (Severity, First),
        pointer: &str,
        what: impl Into<String>,
    ) {
        self.found.push(Difference {
            severity,
            first,
            subject: self.subject.clone(),
            pointer: pointer.to_owned(),
            what: what.into(),
        });
    }

    fn compare(&mut self, old: Place<'_>, new: Place<'_>) {
        let place = new.pointer.clone();
        let (old, new) = (old.resolved(), new.resolved());
        if !self.seen.insert((old.pointer.clone(), new.pointer.clone())) {
            return;
        }
        let ((old, old_null), (new, new_null)) = (old.without_null(), new.without_null());
        match (old_null, new_null) {
            (false, true) => self.note(self.role.widened(), &place, "may be null now"),
            (true, false) => self.note(self.role.narrowed(), &place, "may no longer be null"),
            _ => {}
        }
        match (old.is_anything(), new.is_anything()) {
            (true, true) => return,
            (true, false) => return self.note(self.role.narrowed(), &place, "was any value"),
            (false, true) => return self.note(self.role.widened(), &place, "is any value now"),
            (false, false) => {}
        }
        match (old.cases(), new.cases()) {
            (None, None) => self.shape(&place, &old, &new),
            (Some(old), Some(new)) => self.cases(&place, &old, &new),
            _ => self.note(
                (Severity::Breaking, First::Either),
                &place,
                "is another kind of type: an enum on one side only",
            ),
        }
    }

    /// Two enums: cases are found by name, in whatever order they stand.
    fn cases(&mut self, place: &str, old: &Cases<'_>, new: &Cases<'_>) {
        for (name, case) in old {
            match new.get(name) {
                // Values of plain enums have no shape of their own.
                Some(now) if !name.starts_with('=') => self.compare(case.clone(), now.clone()),
                Some(_) => {}
                None if is_open(new) => {
                    self.note(self.role.open_shrink(), place, format!("lost {name}"));
                }
                None => self.note(self.role.narrowed(), place, format!("lost {name}")),
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let rule = if is_open(old) {
                self.role.open_growth()
            } else {
                self.role.widened()
            };
            let kind = if is_open(old) { "open" } else { "closed" };
            self.note(rule, place, format!("gained {name} in a {kind} enum"));
        }
    }

    /// Two types that are one shape each.
    fn shape(&mut self, place: &str, old: &Place<'_>, new: &Place<'_>) {
        if !self.types(place, old, new) {
            return;
        }
        self.facets(place, old, new);
        self.members(old, new);
        for path in ["/items", "/additionalProperties"] {
            match (old.inside(path), new.inside(path)) {
                (Some(old), Some(new)) if old.schema.is_object() && new.schema.is_object() => {
                    self.compare(old, new);
                }
                (Some(old), Some(new)) if old.schema == new.schema => {}
                (None, None) => {}
                (_, Some(now)) if now.schema == &Value::Bool(false) => {
                    self.note(self.role.narrowed(), place, "refuses other members now");
                }
                (Some(before), None) if before.schema == &Value::Bool(false) => {
                    self.note(self.role.widened(), place, "takes other members now");
                }
                _ => self.note(
                    (Severity::Breaking, First::Either),
                    place,
                    format!("{} changed", path.trim_start_matches('/')),
                ),
            }
        }
    }

    /// Returns whether the types are the same, so that comparing further makes sense.
    fn types(&mut self, place: &str, old: &Place<'_>, new: &Place<'_>) -> bool {
        let (before, now) = (old.types(), new.types());
        if before == now {
            return true;
        }
        let within = |small: &BTreeSet<&str>, large: &BTreeSet<&str>| {
            small.iter().all(|name| {
                large.contains(name) || (*name == "integer" && large.contains("number"))
            })
        };
        let what = format!("type {before:?} became {now:?}");
        let rule = if within(&before, &now) {
            self.role.widened()
        } else if within(&now, &before) {
            self.role.narrowed()
        } else {
            (Severity::Breaking, First::Either)
        };
        self.note(rule, place, what);
        false
    }

    fn members(&mut self, old: &Place<'_>, new: &Place<'_>) {
        let names = |place: &Place<'_>| -> BTreeSet<String> {
            let members = place.schema.get("properties").and_then(Value::as_object);
            members
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        let (before, now) = (names(old), names(new));
        let (needed_before, needed_now) = (old.required(), new.required());
        for name in &before {
            let path = format!("/properties/{}", escaped(name));
            let pointer = format!("{}{path}", new.pointer);
            let (Some(old), Some(new)) = (old.inside(&path), new.inside(&path)) else {
                self.note(
                    (Severity::Breaking, First::Either),
                    &pointer,
                    format!("member {name} was removed or renamed"),
                );
                continue;
            };
            match (
                needed_before.contains(name.as_str()),
                needed_now.contains(name.as_str()),
            ) {
                (true, false) => {
                    self.note(
                        self.role.widened(),
                        &pointer,
                        format!("member {name} became optional"),
                    );
                }
                (false, true) => {
                    self.note(
                        self.role.narrowed(),
                        &pointer,
                        format!("member {name} became required"),
                    );
                }
                _ => {}
            }
            if old.schema.get("default") != new.schema.get("default")
                && old
                    .schema
                    .get("default")
                    .is_some_and(|value| !value.is_null())
            {
                let rule = (Severity::Warning, First::Either);
                self.note(rule, &pointer, format!("the default of {name} changed"));
            }
            self.compare(old, new);
        }
        for name in now.difference(&before) {
            let pointer = format!("{}/properties/{}", new.pointer, escaped(name));
            let needed = needed_now.contains(name.as_str());
            self.new_member(old, name, needed, &pointer);
        }
    }

    fn new_member(&mut self, old: &Place<'_>, name: &str, needed: bool, pointer: &str) {
        let kind = if needed { "required" } else { "optional" };
        let rule = match (self.role, needed) {
            (Role::Request | Role::Event, true) => (Severity::Breaking, First::Either),
            // A reader of before that refuses unknown members refuses this one.
            (Role::Response | Role::Error | Role::Event, _) if old.is_closed() => {
                (Severity::Breaking, First::Either)
            }
            (Role::Request, false) | (Role::Response | Role::Error, true) => {
                (Severity::Compatible, First::Owner)
            }
            (Role::Response | Role::Error | Role::Event, false) => {
                (Severity::Compatible, First::Either)
            }
        };
        self.note(rule, pointer, format!("new {kind} member {name}"));
    }
}

#[cfg(test)]
mod tests;
