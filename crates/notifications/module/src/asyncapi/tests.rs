//! The document holds together by the rules of AsyncAPI 3.0, and says what is told.

use std::collections::BTreeSet;

use super::*;

fn document() -> Value {
    asyncapi_document("1.2.3")
}

fn members<'a>(document: &'a Value, pointer: &str) -> &'a Map<String, Value> {
    let object = document.pointer(pointer).and_then(Value::as_object);
    object.unwrap_or_else(|| panic!("{pointer} is an object"))
}

/// Follows a reference; one that leads nowhere fails.
fn target<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return value;
    };
    let pointer = reference.strip_prefix('#').expect("a reference inside");
    document
        .pointer(pointer)
        .unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// Every reference anywhere in the document.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    if value.get("$ref").is_some() {
        found.push(value);
    }
    match value {
        Value::Object(members) => members.values().for_each(|one| references(one, found)),
        Value::Array(items) => items.iter().for_each(|one| references(one, found)),
        _ => {}
    }
}

/// Fails unless the members of an object are those that the specification names.
fn only(value: &Value, allowed: &[&str], required: &[&str]) {
    let there: BTreeSet<&str> = value
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys().map(String::as_str))
        .collect();
    let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
    assert!(there.is_subset(&allowed), "{there:?} within {allowed:?}");
    for name in required {
        assert!(there.contains(name), "{name} in {there:?}");
    }
}

#[test]
fn objects_have_the_members_that_the_specification_names() {
    let document = document();
    only(
        &document,
        &[
            "asyncapi",
            "info",
            "defaultContentType",
            "servers",
            "channels",
            "operations",
            "components",
        ],
        &["asyncapi", "info"],
    );
    only(
        &document["info"],
        &["title", "version", "description"],
        &["title", "version"],
    );
    for server in members(&document, "/servers").values() {
        only(
            server,
            &["host", "protocol", "description"],
            &["host", "protocol"],
        );
    }
    for channel in members(&document, "/channels").values() {
        only(
            channel,
            &["address", "title", "description", "servers", "messages"],
            &["address", "messages"],
        );
        for message in members(channel, "/messages").values() {
            only(
                target(&document, message),
                &[
                    "name",
                    "title",
                    "summary",
                    "contentType",
                    "headers",
                    "payload",
                ],
                &["name", "payload"],
            );
        }
    }
    for operation in members(&document, "/operations").values() {
        only(
            operation,
            &[
                "action",
                "channel",
                "title",
                "description",
                "security",
                "bindings",
            ],
            &["action", "channel"],
        );
        assert_eq!(operation["action"], "send", "seen from the shop");
    }
    only(
        &document["components"],
        &["messages", "schemas", "securitySchemes"],
        &[],
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_key_is_allowed() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "{} references", found.len());
    for reference in found {
        target(&document, reference);
    }
    for place in [
        "/components/messages",
        "/components/schemas",
        "/components/securitySchemes",
    ] {
        for key in members(&document, place).keys() {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            assert!(key.chars().all(is_allowed), "{place}/{key}");
        }
    }
}

#[test]
fn every_type_is_in_every_channel_and_says_what_the_catalogue_says() {
    let document = document();
    let types: BTreeSet<&str> = Catalogue::get().all().map(|one| one.name).collect();
    for (channel, more) in [
        ("webhooks", Some(TEST_EVENT)),
        ("stream", None),
        ("list", None),
    ] {
        let told: BTreeSet<&str> = members(&document, &format!("/channels/{channel}/messages"))
            .keys()
            .map(String::as_str)
            .collect();
        let wanted: BTreeSet<&str> = types.iter().copied().chain(more).collect();
        assert_eq!(told, wanted, "{channel}");
    }
    for event_type in Catalogue::get().all() {
        let name = event_type.name;
        let message = &document["channels"]["webhooks"]["messages"][name];
        let payload = target(&document, &message["payload"]);
        assert_eq!(payload["allOf"][0]["$ref"], "#/components/schemas/Event");
        let settled = &payload["allOf"][1]["properties"];
        assert_eq!(settled["type"]["const"], name);
        assert_eq!(
            settled["source"]["const"],
            format!("/{}", event_type.source)
        );
        let data = &settled["data"];
        assert_eq!(
            data["properties"], event_type.schema["properties"],
            "{name}"
        );
        assert_eq!(data["examples"], json!([event_type.example]), "{name}");
    }
}

#[test]
fn the_envelope_is_that_of_the_events_and_a_webhook_has_its_headers() {
    let document = document();
    let envelope = &document["components"]["schemas"]["Event"];
    let required: Vec<&str> = envelope["required"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for name in [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "sequence",
        "data",
    ] {
        assert!(required.contains(&name), "{name}");
        assert!(envelope["properties"][name].is_object(), "{name}");
    }
    let placed = &document["channels"]["webhooks"]["messages"]["order.placed"];
    let headers = target(&document, &placed["headers"]);
    assert_eq!(
        headers["required"],
        json!(["webhook-id", "webhook-timestamp", "webhook-signature"])
    );
    let in_log = target(
        &document,
        &document["channels"]["stream"]["messages"]["order.placed"],
    );
    assert!(in_log.get("headers").is_none());
}
