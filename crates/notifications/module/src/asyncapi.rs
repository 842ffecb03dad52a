//! The public events as an AsyncAPI 3.0 document: what is told, and the three ways in which it reaches a reader.
//!
//! Made from the catalogue that tells them; `tenon asyncapi` prints it, `docs/asyncapi.json` is the committed copy.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::domain::{Catalogue, CloudEvent, EventType, TEST_EVENT};

/// Version of the HTTP bindings that the document uses.
const HTTP_BINDING: &str = "0.3.0";

/// The document; `version` is that of the whole API.
///
/// `/components/messages/<type>` is an event as the log has it; `/channels/webhooks/messages/<type>` the same with the
/// headers of a webhook. The data of each type is `/components/schemas/<type>`, as `GET /v1/event-types` shows it.
pub fn asyncapi_document(version: &str) -> Value {
    let catalogue = Catalogue::get();
    let types: Vec<&EventType> = catalogue.all().collect();
    let by_type = |make: &dyn Fn(&EventType) -> Value| -> Map<String, Value> {
        types
            .iter()
            .map(|event_type| (event_type.name.to_owned(), make(event_type)))
            .collect()
    };
    let mut webhooks = by_type(&|event_type| webhook(event_type.name, &event_type.description));
    webhooks.insert(
        TEST_EVENT.to_owned(),
        webhook(
            TEST_EVENT,
            "Was asked for, to try a receiver out: nothing happened.",
        ),
    );
    let in_log = by_type(&|event_type| reference("components/messages", event_type.name));
    let mut schemas = by_type(&|event_type| payload(event_type));
    schemas.insert(TEST_EVENT.to_owned(), test_payload());
    schemas.insert("Event".to_owned(), envelope());
    schemas.insert("WebhookHeaders".to_owned(), webhook_headers());
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tenon events",
            "version": version,
            "description": "What happens in the shop, as CloudEvents 1.0: a log that is read as a list or a stream, and webhooks \
                that bring it. Within a version of a type, members are only added: ignore what you do not know. Further types \
                will come.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "shop": {
                "host": "localhost:8080",
                "protocol": "http",
                "description": "The installation, as `cargo xtask dev` runs it; `public_url` says where yours is.",
            },
        },
        "channels": {
            "webhooks": {
                "address": null,
                "title": "Webhooks",
                "description": "The address that a receiver was added with: `POST /v1/webhook-endpoints`.",
                "servers": [],
                "messages": webhooks,
            },
            "stream": {
                "address": "/v1/events/stream",
                "title": "Stream",
                "description": "Server-Sent Events: `id` is the event's `sequence`, `data` the event. The event `end` says why \
                    the stream ends; connect again with the last `id` as `Last-Event-ID`.",
                "servers": [{ "$ref": "#/servers/shop" }],
                "messages": in_log,
            },
            "list": {
                "address": "/v1/events",
                "title": "List",
                "description": "Pages of the log from old to new, `{data, next_cursor, has_more}`: the messages are in `data`.",
                "servers": [{ "$ref": "#/servers/shop" }],
                "messages": in_log,
            },
        },
        "operations": {
            "send_webhook": {
                "action": "send",
                "channel": { "$ref": "#/channels/webhooks" },
                "title": "The shop calls a receiver.",
                "description": "Answer 2xx within 15 seconds. Anything else is tried again for about three days; `webhook-id` \
                    stays the same. In the order of each subject, unless the receiver is `unordered`.",
                "bindings": { "http": { "method": "POST", "bindingVersion": HTTP_BINDING } },
            },
            "stream_events": {
                "action": "send",
                "channel": { "$ref": "#/channels/stream" },
                "title": "A reader follows the log as it grows.",
                "security": [{ "$ref": "#/components/securitySchemes/bearer" }],
                "bindings": { "http": {
                    "method": "GET",
                    "query": query(&json!({})),
                    "bindingVersion": HTTP_BINDING,
                } },
            },
            "list_events": {
                "action": "send",
                "channel": { "$ref": "#/channels/list" },
                "title": "A reader asks for what has happened since.",
                "security": [{ "$ref": "#/components/securitySchemes/bearer" }],
                "bindings": { "http": {
                    "method": "GET",
                    "query": query(&json!({
                        "limit": { "type": "integer", "minimum": 1, "maximum": 200, "description": "Events of a page." },
                        "cursor": { "type": "string", "description": "`next_cursor` of the page before." },
                    })),
                    "bindingVersion": HTTP_BINDING,
                } },
            },
        },
        "components": {
            "messages": by_type(&|event_type| message(event_type.name, &event_type.description)),
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token of staff.",
                },
            },
        },
    })
}

fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{name}") })
}

fn message(name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "title": name,
        "summary": description,
        "contentType": "application/json",
        "payload": reference("components/schemas", name),
    })
}

fn webhook(name: &str, description: &str) -> Value {
    let mut message = message(name, description);
    message["headers"] = reference("components/schemas", "WebhookHeaders");
    message
}

/// An event of one type: the envelope, with what the type settles.
fn payload(event_type: &EventType) -> Value {
    let mut data = event_type.schema.clone();
    data["examples"] = json!([event_type.example]);
    of_type(
        event_type.name,
        event_type.source,
        event_type.version,
        &data,
    )
}

/// What `POST /v1/webhook-endpoints/{id}/test-events` has sent where it names no type.
fn test_payload() -> Value {
    let id = json!({ "type": "string", "description": "The receiver that is tried out." });
    let data = json!({
        "type": "object",
        "required": ["endpoint_id"],
        "properties": { "endpoint_id": id },
    });
    of_type(TEST_EVENT, "notifications", 1, &data)
}

fn of_type(name: &str, source: &str, version: u32, data: &Value) -> Value {
    json!({
        "allOf": [
            reference("components/schemas", "Event"),
            {
                "type": "object",
                "properties": {
                    "type": { "const": name },
                    "source": { "const": format!("/{source}") },
                    "dataschema": { "const": format!("/schemas/{name}/{version}") },
                    "data": data,
                },
            },
        ],
    })
}

/// What all events have.
fn envelope() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings
        .into_generator()
        .into_root_schema_for::<CloudEvent>()
        .to_value()
}

/// The headers of Standard Webhooks.
fn webhook_headers() -> Value {
    json!({
        "type": "object",
        "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
        "properties": {
            "webhook-id": {
                "type": "string",
                "description": "The event's `id`; the same in each attempt. What was seen before was taken before.",
            },
            "webhook-timestamp": {
                "type": "string",
                "pattern": "^[0-9]+$",
                "description": "When this attempt was sent, in seconds since 1970. Refuse what is more than five minutes away.",
            },
            "webhook-signature": {
                "type": "string",
                "pattern": "^v1a?,[A-Za-z0-9+/]+=*( v1a?,[A-Za-z0-9+/]+=*)*$",
                "description": "Of `<webhook-id>.<webhook-timestamp>.<body>`, in base64: `v1` is HMAC-SHA256 under the \
                    receiver's secret, `v1a` Ed25519 by the private key whose `public_key` the receiver shows; two of them \
                    while one takes over from another.",
            },
            "traceparent": {
                "type": "string",
                "description": "W3C trace context of what caused the event.",
            },
        },
    })
}

/// Filters that list and stream share, and `more`.
fn query(more: &Value) -> Value {
    let mut properties = json!({
        "type": { "type": "string", "description": "Of exactly this type." },
        "subject": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "description": "About exactly this thing.",
        },
    });
    for (name, schema) in more.as_object().into_iter().flatten() {
        properties[name] = schema.clone();
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

#[cfg(test)]
mod tests;
