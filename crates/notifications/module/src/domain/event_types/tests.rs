//! Every event and every member was decided about, and nothing personal is told.

use std::collections::BTreeSet;

use serde_json::Map;
use tenon_kernel::Timestamp;
use tenon_seam::audit::AuditRecorded;

use super::*;

/// Events that stay inside, with the reason in the decision record.
const INSIDE: &[&str] = &[
    "api_key.created",
    "api_key.revoked",
    "api_key.rotated",
    "challenge.created",
    "factor.added",
    "factor.guessed",
    "factor.removed",
    "federated_identity.linked",
    "federated_identity.removed",
    "passkey.suspected",
    "recovery_code.used",
    "recovery_codes.renewed",
    "role.assigned",
    "role.removed",
    "session.compromised",
    "session.created",
    "session.revoked",
];

/// Names that a member of a public event never has.
const NEVER: &[&str] = &[
    "actor",
    "address",
    "email",
    "ip",
    "ip_hash",
    "note",
    "password",
    "phone",
    "recipient_hash",
    "secret",
    "token",
    "url",
    "user_agent",
];

/// What is said about the members of each type.
#[derive(Default)]
struct Decisions(BTreeMap<&'static str, (BTreeSet<String>, BTreeSet<String>, Value)>);

impl EventTypes for Decisions {
    fn add<E: Event>(&mut self, _: &'static str, told: &[&'static str], withheld: &[&str]) {
        let set = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
        let decided = (set(told), set(withheld), schema_of::<E>());
        assert!(
            self.0.insert(E::TYPE, decided).is_none(),
            "{} is there twice",
            E::TYPE
        );
    }
}

fn decisions() -> Decisions {
    let mut decisions = Decisions::default();
    name_all(&mut decisions);
    decisions
}

fn is_money(properties: &Map<String, Value>) -> bool {
    properties.keys().eq(["amount", "currency"])
}

/// Paths of all members that hold a value; an amount of money is one value.
fn leaves(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    let parts = ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|word| schema[*word].as_array());
    let parts: Vec<_> = parts
        .flatten()
        .filter(|part| !part["properties"].is_null())
        .collect();
    if let Some(properties) = schema["properties"]
        .as_object()
        .filter(|them| !is_money(them))
    {
        for (name, property) in properties {
            let dot = if path.is_empty() { "" } else { "." };
            leaves(property, &format!("{path}{dot}{name}"), found);
        }
    } else if schema["items"]["properties"].is_object() {
        leaves(&schema["items"], path, found);
    } else if parts.is_empty()
        || parts
            .iter()
            .all(|part| is_money(part["properties"].as_object().expect("an object")))
    {
        found.insert(path.to_owned());
    } else {
        // The shapes of a choice are decided about as one: whoever tells them looks at each.
        match parts[..] {
            [part] => leaves(part, path, found),
            _ => drop(found.insert(path.to_owned())),
        }
    }
}

#[test]
fn every_event_of_every_module_was_decided_about() {
    let decided: BTreeSet<_> = decisions()
        .0
        .into_keys()
        .chain(INSIDE.iter().copied())
        .collect();
    let all = [
        identity_contract::EVENTS,
        catalog_contract::EVENTS,
        orders_contract::EVENTS,
        payments_contract::EVENTS,
        notifications_contract::EVENTS,
    ];
    let there: BTreeSet<_> = all
        .into_iter()
        .flatten()
        .map(|shape| shape.event_type)
        .collect();
    assert_eq!(decided, there);
}

#[test]
fn every_member_is_told_or_withheld() {
    for (name, (told, withheld, schema)) in decisions().0 {
        let mut there = BTreeSet::new();
        leaves(&schema, "", &mut there);
        let decided: BTreeSet<_> = told.union(&withheld).cloned().collect();
        assert_eq!(decided, there, "{name}");
        assert!(told.is_disjoint(&withheld), "{name}");
    }
}

#[test]
fn nothing_personal_and_no_secret_is_told() {
    for (name, (told, _, _)) in decisions().0 {
        for path in told {
            let member = path.rsplit('.').next().unwrap_or(&path);
            assert!(!NEVER.contains(&member), "{name}: {path}");
        }
    }
    for event_type in Catalogue::get().all() {
        let schema = event_type.schema.to_string();
        assert!(!schema.contains("x-pii"), "{}: {schema}", event_type.name);
    }
}

#[test]
fn what_administrators_changed_and_what_is_broken_stays_inside() {
    let catalogue = Catalogue::get();
    for name in [
        AuditRecorded::TYPE,
        "invariant.violated",
        "invariant.restored",
    ] {
        assert!(catalogue.find(name).is_none(), "{name}");
    }
}

/// As much of JSON Schema as the schemas of events use.
fn holds(schema: &Value, value: &Value) -> bool {
    let choices = ["anyOf", "oneOf"]
        .iter()
        .filter_map(|word| schema[*word].as_array());
    if choices.clone().next().is_some() {
        return choices.flatten().any(|choice| holds(choice, value));
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.contains(value);
    }
    if !schema["const"].is_null() {
        return schema["const"] == *value;
    }
    let is = |word: &str| match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no event has a member of the type {other}"),
    };
    let has_type = match &schema["type"] {
        Value::String(word) => is(word),
        Value::Array(words) => words.iter().any(|word| word.as_str().is_some_and(is)),
        _ => true,
    };
    let is_time = schema["format"] == "date-time";
    has_type
        && (!is_time
            || value
                .as_str()
                .is_some_and(|text| text.parse::<Timestamp>().is_ok()))
        && value
            .as_object()
            .is_none_or(|members| has_members(schema, members))
        && value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| holds(&schema["items"], item)))
}

fn has_members(schema: &Value, members: &Map<String, Value>) -> bool {
    let required = schema["required"].as_array();
    required.is_none_or(|names| {
        names
            .iter()
            .all(|name| name.as_str().is_some_and(|name| members.contains_key(name)))
    }) && members.iter().all(|(name, value)| {
        let property = schema["properties"].get(name);
        property.is_some_and(|property| holds(property, value))
    })
}

#[test]
fn each_type_has_a_description_and_an_example_that_its_schema_allows() {
    let catalogue = Catalogue::get();
    for event_type in catalogue.all() {
        let EventType {
            name,
            schema,
            example,
            ..
        } = event_type;
        assert!(!event_type.description.is_empty(), "{name}");
        assert!(
            holds(schema, example),
            "{name}: {example} is not {schema:#}"
        );
        assert_eq!(event_type.told(example).as_ref(), Some(example), "{name}");
        assert!(!schema.to_string().contains("$ref"), "{name}: {schema:#}");
    }
    let examples: BTreeMap<String, Value> = serde_json::from_str(EXAMPLES).expect("JSON");
    assert!(
        examples
            .keys()
            .map(String::as_str)
            .eq(catalogue.all().map(|it| it.name))
    );
}

#[test]
fn an_example_can_be_wrong() {
    let schema = &Catalogue::get()
        .find("order.placed")
        .expect("public")
        .schema
        .clone();
    let good = Catalogue::get()
        .find("order.placed")
        .expect("public")
        .example
        .clone();
    for (pointer, wrong) in [
        ("/order_id", Value::Null),
        ("/capture", "sometimes".into()),
        ("/lines/0/quantity", "two".into()),
        ("/totals", serde_json::json!({})),
        (
            "/customer",
            serde_json::json!({ "email": "ada@example.com" }),
        ),
    ] {
        let mut example = good.clone();
        *example.pointer_mut(pointer).expect("it is there") = wrong;
        assert!(!holds(schema, &example), "{pointer}");
    }
}
