//! Members of bodies by pointer.

use serde_json::Value;

/// Says whether a document has the member; `*` stands for each item of an array.
pub(super) fn is_there(document: &Value, pointer: &str) -> bool {
    let Some(rest) = pointer.strip_prefix('/') else {
        return true;
    };
    let (segment, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match document {
        Value::Array(items) if segment == "*" => items.iter().any(|item| is_there(item, below)),
        Value::Object(members) => {
            let name = segment.replace("~1", "/").replace("~0", "~");
            members.get(&name).is_some_and(|it| is_there(it, below))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_at_any_depth_and_null_is_one() {
        let document = serde_json::json!({ "a": null, "lines": [{ "b": 1 }, { "c/d": 2 }] });
        for there in ["/a", "/lines", "/lines/*/b", "/lines/*/c~1d"] {
            assert!(is_there(&document, there), "{there}");
        }
        for absent in ["/b", "/a/b", "/lines/b", "/lines/*/x"] {
            assert!(!is_there(&document, absent), "{absent}");
        }
    }
}
