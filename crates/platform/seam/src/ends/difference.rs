//! Where two answers differ, by the paths of their members.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::WireOutcome;

/// Most paths that are named.
const MOST_PATHS: usize = 20;

/// The paths at which two answers differ; empty if they are the same. Places in lists are not told apart.
pub(super) fn difference(one: &WireOutcome, other: &WireOutcome) -> Vec<String> {
    let (one, other) = match (one, other) {
        (WireOutcome::Ok(one), WireOutcome::Ok(other))
        | (WireOutcome::Domain(one), WireOutcome::Domain(other)) => (one, other),
        _ => return vec!["(outcome)".to_owned()],
    };
    if one == other {
        return Vec::new();
    }
    let mut paths = BTreeSet::new();
    match (serde_json::from_slice(one), serde_json::from_slice(other)) {
        (Ok(one), Ok(other)) => compare("", &one, &other, &mut paths),
        _ => drop(paths.insert("(bytes)".to_owned())),
    }
    paths.into_iter().take(MOST_PATHS).collect()
}

fn compare(path: &str, one: &Value, other: &Value, paths: &mut BTreeSet<String>) {
    if paths.len() >= MOST_PATHS {
        return;
    }
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                match (one.get(name), other.get(name)) {
                    (Some(one), Some(other)) => compare(&path, one, other, paths),
                    _ => drop(paths.insert(path)),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            if one.len() != other.len() {
                paths.insert(format!("{path}[#]"));
            }
            let path = format!("{path}[]");
            for (one, other) in one.iter().zip(other) {
                compare(&path, one, other, paths);
            }
        }
        _ if one == other => {}
        _ => drop(paths.insert(if path.is_empty() {
            "(value)".to_owned()
        } else {
            path.to_owned()
        })),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(one: &Value, other: &Value) -> Vec<String> {
        let ok = |value: &Value| WireOutcome::Ok(value.to_string().into());
        difference(&ok(one), &ok(other))
    }

    #[test]
    fn differences_are_named_by_path_without_values() {
        let one = json!({ "total": 3, "lines": [{ "sku": "a", "n": 1 }, { "sku": "b", "n": 1 }], "who": "ada" });
        let other = json!({ "total": 4, "lines": [{ "sku": "a", "n": 2 }, { "sku": "c", "n": 3 }], "new": 1 });
        assert_eq!(
            paths(&one, &other),
            ["lines[].n", "lines[].sku", "new", "total", "who"]
        );
        assert_eq!(paths(&json!([1, 2]), &json!([1])), ["[#]"]);
        assert_eq!(paths(&json!(1), &json!(2)), ["(value)"]);
    }

    #[test]
    fn the_order_of_members_is_no_difference() {
        let ok = |text: &'static str| WireOutcome::Ok(text.into());
        assert!(difference(&ok(r#"{"a":1,"b":2}"#), &ok(r#"{ "b":2, "a":1 }"#)).is_empty());
        assert_eq!(difference(&ok("<a>"), &ok("<b>")), ["(bytes)"]);
        let refusal = WireOutcome::Domain("1".into());
        assert_eq!(difference(&ok("1"), &refusal), ["(outcome)"]);
    }
}
