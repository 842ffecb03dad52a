//! One small contract, one change for each rule, and the verdict that must follow.

use serde_json::{Value, json};

use crate::contracts::difference::{Order, Severity, order};
use crate::contracts::documents;

/// A contract and an event in which every rule has something to change.
fn tea() -> Value {
    json!({
        "methods": { "brew": {
            "kind": "command keyed by ctx", "timeout_ms": 300, "max_request": 100, "max_response": 100,
            "request": { "$ref": "#/$defs/Brew" },
            "response": { "$ref": "#/$defs/Cup" },
            "error": { "$ref": "#/$defs/Spilt" },
        }},
        "events": { "tea.brewed": { "1": { "$ref": "#/$defs/Brewed" } } },
        "$defs": {
            "Brew": { "type": "object", "required": ["leaf", "grams"], "properties": {
                "leaf": { "type": "string", "pattern": "^lea_[0-9]{3}$" },
                "grams": { "type": "integer", "format": "uint32", "minimum": 0, "maximum": 50 },
                "water": { "type": ["integer", "null"], "format": "int64" },
                "with": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
                "mood": { "enum": ["calm", "hasty"] },
                "how": { "$ref": "#/$defs/How" },
            }},
            "How": { "oneOf": [{ "const": "hot" }, { "const": "cold" }, { "const": "unknown" }] },
            "Cup": { "type": "object", "required": ["cup_id", "left"], "properties": {
                "cup_id": { "type": "string" },
                "left": { "type": "integer", "format": "int64" },
                "notes": { "anyOf": [{ "$ref": "#/$defs/Note" }, { "type": "null" }] },
                "size": { "enum": ["small", "large"] },
                "state": { "enum": ["full", "unknown"] },
                "names": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
            }},
            "Note": { "type": "object", "required": ["text"], "properties": {
                "text": { "type": "string" },
                "answers": { "type": "array", "items": { "$ref": "#/$defs/Note" } },
            }},
            "Spilt": { "oneOf": [
                { "type": "object", "required": ["code", "where"], "properties": {
                    "code": { "const": "on_floor" }, "where": { "type": "string" } } },
                { "type": "object", "required": ["code"], "properties": { "code": { "const": "unknown" } } },
            ]},
            "Brewed": { "type": "object", "required": ["cup_id"], "properties": {
                "cup_id": { "type": "string" },
                "mood": { "enum": ["calm", "hasty"] },
                "by": { "type": "string" },
            }},
        },
    })
}

/// Sets, or with `null` removes, one value of the contract and returns the verdicts.
fn changed(pointer: &str, value: &Value) -> Vec<(Severity, String)> {
    let mut new = tea();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let members = new.pointer_mut(parent).expect("the parent exists");
    match (members, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Object(members), value) => drop(members.insert(name.to_owned(), value.clone())),
        (Value::Array(items), value) => items.push(value.clone()),
        _ => panic!("{parent} has no members"),
    }
    documents::compare(&tea(), &new)
        .into_iter()
        .map(|difference| (difference.severity, difference.to_string()))
        .collect()
}

#[test]
fn the_same_document_has_no_differences() {
    assert_eq!(documents::compare(&tea(), &tea()), []);
    assert_eq!(changed("/$defs/Brew/description", &json!("words")), []);
}

#[test]
fn every_breaking_change_is_named_with_method_and_pointer() {
    let brew = "/$defs/Brew";
    let cases = [
        (
            "/methods/brew",
            json!(null),
            "brew /methods/brew: the method was removed",
        ),
        (
            "/methods/brew/kind",
            json!("query"),
            "brew /methods/brew/kind: kind",
        ),
        (
            "/methods/brew/max_request",
            json!(99),
            "max_request 100 became 99",
        ),
        (
            "/methods/brew/max_response",
            json!(99),
            "max_response 100 became 99",
        ),
        ("/methods/brew/error", json!(null), "schema is missing"),
        (
            &format!("{brew}/properties/leaf"),
            json!(null),
            "brew /$defs/Brew/properties/leaf: member leaf was removed",
        ),
        (
            &format!("{brew}/properties/leaf/type"),
            json!("integer"),
            "type {\"string\"} became {\"integer\"}",
        ),
        (
            &format!("{brew}/properties/leaf/pattern"),
            json!("^tea_[0-9]{3}$"),
            "pattern",
        ),
        (
            &format!("{brew}/properties/grams/format"),
            json!("uint8"),
            "format uint32 became uint8",
        ),
        (
            &format!("{brew}/properties/grams/maximum"),
            json!(40),
            "maximum 50 became 40",
        ),
        (
            &format!("{brew}/properties/grams/multipleOf"),
            json!(5),
            "cannot be judged",
        ),
        (
            &format!("{brew}/properties/with/maxItems"),
            json!(2),
            "maxItems 3 became 2",
        ),
        (
            &format!("{brew}/properties/with/items/minLength"),
            json!(1),
            "minLength none became 1",
        ),
        (
            &format!("{brew}/properties/water/type"),
            json!("integer"),
            "may no longer be null",
        ),
        (
            &format!("{brew}/required"),
            json!(["leaf", "grams", "water"]),
            "member water became required",
        ),
        (
            &format!("{brew}/additionalProperties"),
            json!(false),
            "refuses other members",
        ),
        (
            &format!("{brew}/properties/mood/enum"),
            json!(["calm"]),
            "lost =hasty",
        ),
        (
            &format!("{brew}/properties/mood"),
            json!({ "type": "string" }),
            "another kind of type",
        ),
        (
            "/$defs/How/oneOf",
            json!([{ "const": "hot" }, { "const": "unknown" }]),
            "lost =cold",
        ),
        (
            "/$defs/Cup/properties/left",
            json!(null),
            "member left was removed",
        ),
        (
            "/$defs/Cup/properties/left/type",
            json!(["integer", "null"]),
            "may be null now",
        ),
        (
            "/$defs/Cup/properties/left/format",
            json!("uint64"),
            "format int64 became uint64",
        ),
        (
            "/$defs/Cup/required",
            json!(["cup_id"]),
            "member left became optional",
        ),
        (
            "/$defs/Cup/properties/size/enum",
            json!(["small", "large", "huge"]),
            "gained =huge in a closed enum",
        ),
        (
            "/$defs/Note/properties/text/type",
            json!("integer"),
            "brew /$defs/Note/properties/text",
        ),
        (
            "/$defs/Spilt/oneOf/0/properties/where",
            json!(null),
            "member where was removed",
        ),
        (
            "/events/tea.brewed/1",
            json!(null),
            "tea.brewed v1 /events/tea.brewed/1: this version of the event",
        ),
        (
            "/$defs/Brewed/required",
            json!(["cup_id", "by"]),
            "member by became required",
        ),
        (
            "/$defs/Brewed/properties/cup_id",
            json!(null),
            "tea.brewed v1 /$defs/Brewed/properties/cup_id",
        ),
        (
            "/$defs/Brewed/properties/mood/enum",
            json!(["calm", "hasty", "gone"]),
            "gained =gone in a closed enum",
        ),
    ];
    for (pointer, value, wanted) in cases {
        let found = changed(pointer, &value);
        assert!(
            found
                .iter()
                .any(|(severity, text)| *severity == Severity::Breaking && text.contains(wanted)),
            "{pointer} = {value}: wanted `{wanted}`, found {found:#?}"
        );
    }
}

#[test]
fn new_required_members_break_who_does_not_send_them() {
    let required = |name: &str| {
        let mut new = tea();
        new["$defs"][name]["properties"]["extra"] = json!({ "type": "string" });
        new["$defs"][name]["required"] = {
            let mut names = tea()["$defs"][name]["required"].clone();
            names.as_array_mut().expect("a list").push(json!("extra"));
            names
        };
        let found = documents::compare(&tea(), &new);
        (found.len(), found[0].severity, order(&found))
    };
    assert_eq!(required("Brew"), (1, Severity::Breaking, Order::NewVersion));
    assert_eq!(
        required("Brewed"),
        (1, Severity::Breaking, Order::NewVersion)
    );
    // A caller that needs the new member meets servers that do not send it yet.
    assert_eq!(
        required("Cup"),
        (1, Severity::Compatible, Order::OwnerFirst)
    );
}

#[test]
fn compatible_changes_say_which_side_goes_first() {
    let method = tea()["methods"]["brew"].clone();
    let cases = [
        ("/methods/pour", method, Order::OwnerFirst),
        ("/methods/brew/timeout_ms", json!(400), Order::Any),
        ("/methods/brew/max_request", json!(101), Order::OwnerFirst),
        ("/methods/brew/max_response", json!(101), Order::UsersFirst),
        (
            "/$defs/Brew/properties/milk",
            json!({ "type": "string" }),
            Order::OwnerFirst,
        ),
        (
            "/$defs/Brew/properties/grams/maximum",
            json!(60),
            Order::OwnerFirst,
        ),
        (
            "/$defs/Brew/properties/grams/format",
            json!("uint64"),
            Order::OwnerFirst,
        ),
        ("/$defs/Brew/required", json!(["leaf"]), Order::OwnerFirst),
        (
            "/$defs/Brew/properties/mood/enum",
            json!(["calm", "hasty", "sleepy"]),
            Order::OwnerFirst,
        ),
        (
            "/$defs/Brew/properties/grams/type",
            json!(["integer", "null"]),
            Order::OwnerFirst,
        ),
        (
            "/$defs/How/oneOf/-",
            json!({ "const": "iced" }),
            Order::OwnerFirst,
        ),
        (
            "/$defs/Cup/properties/warm",
            json!({ "type": "boolean" }),
            Order::Any,
        ),
        (
            "/$defs/Cup/properties/state/enum",
            json!(["full", "empty", "unknown"]),
            Order::Any,
        ),
        (
            "/$defs/Cup/required",
            json!(["cup_id", "left", "size"]),
            Order::OwnerFirst,
        ),
        ("/$defs/Cup/properties/names/maxItems", json!(2), Order::Any),
        (
            "/$defs/Spilt/oneOf/-",
            json!({ "type": "object", "required": ["code"], "properties": { "code": { "const": "on_cat" } } }),
            Order::Any,
        ),
        (
            "/events/tea.brewed/2",
            json!({ "$ref": "#/$defs/Brewed" }),
            Order::UsersFirst,
        ),
        (
            "/events/tea.drunk",
            json!({ "1": { "$ref": "#/$defs/Brewed" } }),
            Order::Any,
        ),
        (
            "/$defs/Brewed/properties/hot",
            json!({ "type": "boolean" }),
            Order::Any,
        ),
    ];
    for (pointer, value, wanted) in cases {
        let found = changed(pointer, &value);
        let mut new = tea();
        assert!(!found.is_empty(), "{pointer}: nothing found");
        assert!(
            found
                .iter()
                .all(|(severity, _)| *severity == Severity::Compatible),
            "{pointer}: {found:#?}"
        );
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        match new.pointer_mut(parent).expect("the parent exists") {
            Value::Object(members) => drop(members.insert(name.to_owned(), value)),
            Value::Array(items) => items.push(value),
            _ => panic!("{parent} has no members"),
        }
        assert_eq!(
            order(&documents::compare(&tea(), &new)),
            wanted,
            "{pointer}"
        );
    }
}

#[test]
fn warnings_are_neither_breaking_nor_silent() {
    for (pointer, value) in [
        ("/methods/brew/timeout_ms", json!(200)),
        ("/$defs/Cup/properties/names/maxItems", json!(5)),
    ] {
        let found = changed(pointer, &value);
        assert_eq!(found.len(), 1, "{pointer}: {found:#?}");
        assert_eq!(found[0].0, Severity::Warning, "{pointer}");
    }
}

#[test]
fn changes_that_need_both_sides_first_are_split() {
    let mut new = tea();
    new["methods"]["brew"]["max_request"] = json!(200);
    new["methods"]["brew"]["max_response"] = json!(200);
    assert_eq!(order(&documents::compare(&tea(), &new)), Order::TwoSteps);
}

#[test]
fn an_answer_that_was_closed_to_new_members_stays_so() {
    let mut old = tea();
    old["$defs"]["Cup"]["additionalProperties"] = json!(false);
    let mut new = old.clone();
    new["$defs"]["Cup"]["properties"]["warm"] = json!({ "type": "boolean" });
    assert_eq!(order(&documents::compare(&old, &new)), Order::NewVersion);
}
