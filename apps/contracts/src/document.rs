//! One document: methods or events with their schemas, shared types once under `$defs`.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use tenon_seam::{Method, MethodKind};

use crate::EventSet;

/// The document of a contract.
///
/// `/methods/<name>`: `kind` (`query`, `command keyed by ctx`, `command keyed by request`), `timeout_ms`,
/// `max_request` and `max_response` in bytes, and the schemas `request`, `response` and `error`.
pub fn contract(methods: &[Method]) -> Value {
    let mut generator = generator();
    let mut rows = Map::new();
    for method in methods {
        let row = json!({
            "kind": kind(method.kind),
            "timeout_ms": millis(method),
            "max_request": method.max_request,
            "max_response": method.max_response,
            "request": (method.request)(&mut generator),
            "response": (method.response)(&mut generator),
            "error": (method.error)(&mut generator),
        });
        rows.insert(method.name.to_owned(), row);
    }
    let first = methods.first();
    json!({
        "document": "tenon contract",
        "module": first.map(|method| method.module),
        "version": first.map(|method| method.version),
        "methods": rows,
        "$defs": definitions(&mut generator),
    })
}

/// The document of a module's events: `/events/<type>/<version>` is the schema of the data.
pub fn events(set: &EventSet) -> Value {
    let mut generator = generator();
    let mut types: Map<String, Value> = Map::new();
    for event in set.events {
        let schema: Schema = (event.schema)(&mut generator);
        let versions = types
            .entry(event.event_type)
            .or_insert_with(|| Value::Object(Map::new()));
        let taken = versions
            .as_object_mut()
            .and_then(|versions| versions.insert(event.version.to_string(), schema.into()));
        assert!(
            taken.is_none(),
            "{} version {} is listed twice",
            event.event_type,
            event.version
        );
    }
    json!({
        "document": "tenon events",
        "module": set.module,
        "events": types,
        "$defs": definitions(&mut generator),
    })
}

/// Schemas of what is *read*: a member with a default is not required.
fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.meta_schema = None)
        .into_generator()
}

fn definitions(generator: &mut SchemaGenerator) -> Value {
    Value::Object(generator.take_definitions(true))
}

fn kind(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Query => "query",
        MethodKind::Command { keyed: true } => "command keyed by ctx",
        MethodKind::Command { keyed: false } => "command keyed by request",
    }
}

fn millis(method: &Method) -> u64 {
    u64::try_from(method.timeout.as_millis()).expect("a timeout is a literal of seconds")
}
