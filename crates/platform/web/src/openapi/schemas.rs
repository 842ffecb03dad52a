//! Schemas of bodies under stable names.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::endpoint::SchemaFn;

const SCHEMAS: &str = "#/components/schemas/";
/// Where references of request bodies point until [`Schemas::finish`].
const INPUTS: &str = "#/components/inputs/";

/// Different types share a name, so that the document would name one of them by chance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("different types are named {}; rename one with #[schemars(rename = \"…\")]", names.join(", "))]
pub struct SchemaConflict {
    /// The shared names.
    pub names: Vec<String>,
}

/// Names that a type has where one file holds one endpoint; in the document the operation's name comes first.
const LOCAL_NAMES: [&str; 5] = ["Body", "Item", "ItemList", "View", "ViewList"];

/// Collects the types of a document. What is read and what is written differ: a member with a default may be
/// absent in a request and is always there in an answer.
pub(super) struct Schemas {
    inputs: SchemaGenerator,
    outputs: SchemaGenerator,
    /// References to types with local names, and where they shall point.
    local: BTreeMap<String, String>,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |path: &str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = path.to_owned().into();
                settings.meta_schema = None;
            })
        };
        Self {
            inputs: settings("/components/inputs")
                .for_deserialize()
                .into_generator(),
            outputs: settings("/components/schemas")
                .for_serialize()
                .into_generator(),
            local: BTreeMap::new(),
        }
    }

    /// The schema of something that callers of an operation send.
    pub(super) fn input(&mut self, operation: &str, schema: SchemaFn) -> Value {
        let value = bounded(schema(&mut self.inputs).to_value());
        note_local(&mut self.local, operation, &self.inputs, INPUTS);
        value
    }

    /// The schema of something that callers of an operation get.
    pub(super) fn output(&mut self, operation: &str, schema: SchemaFn) -> Value {
        let value = bounded(schema(&mut self.outputs).to_value());
        note_local(&mut self.local, operation, &self.outputs, SCHEMAS);
        value
    }

    /// Gives every type its name and points all references in the document there.
    pub(super) fn finish(
        mut self,
        document: &mut Value,
    ) -> Result<Map<String, Value>, SchemaConflict> {
        let mut inputs = self.inputs.take_definitions(true);
        let mut outputs = self.outputs.take_definitions(true);
        rename_local(&mut inputs, INPUTS, &self.local)?;
        rename_local(&mut outputs, SCHEMAS, &self.local)?;
        let mut renames = fold_twins(&mut inputs, INPUTS)?;
        renames.extend(fold_twins(&mut outputs, SCHEMAS)?);
        renames.extend(self.local);
        for definition in inputs.values_mut().chain(outputs.values_mut()) {
            *definition = bounded(definition.take());
            rewrite(definition, &|reference| renames.get(reference).cloned());
        }
        rewrite(document, &|reference| renames.get(reference).cloned());

        let differing = differing(&inputs, &outputs);
        let name_of = |name: &str| {
            if differing.contains(name) {
                format!("{name}Input")
            } else {
                name.to_owned()
            }
        };
        let point = |reference: &str| {
            reference
                .strip_prefix(INPUTS)
                .map(|name| format!("{SCHEMAS}{}", name_of(name)))
        };
        rewrite(document, &point);
        let mut definitions = outputs;
        for (name, mut definition) in inputs {
            rewrite(&mut definition, &point);
            definitions.insert(name_of(&name), definition);
        }
        Ok(definitions)
    }
}

/// Names the types with local names that came with this operation.
fn note_local(
    local: &mut BTreeMap<String, String>,
    operation: &str,
    generator: &SchemaGenerator,
    at: &str,
) {
    for name in generator.definitions().keys() {
        let base = without_number(name);
        if LOCAL_NAMES.contains(&base) && !local.contains_key(&format!("{at}{name}")) {
            local.insert(
                format!("{at}{name}"),
                format!("{at}{}{base}", in_camel_case(operation)),
            );
        }
    }
}

fn rename_local(
    definitions: &mut Map<String, Value>,
    at: &str,
    local: &BTreeMap<String, String>,
) -> Result<(), SchemaConflict> {
    for (from, to) in local {
        let (Some(from), Some(to)) = (from.strip_prefix(at), to.strip_prefix(at)) else {
            continue;
        };
        if let Some(definition) = definitions.remove(from)
            && definitions.insert(to.to_owned(), definition).is_some()
        {
            return Err(SchemaConflict {
                names: vec![to.to_owned()],
            });
        }
    }
    Ok(())
}

/// `start_checkout` is `StartCheckout`.
fn in_camel_case(operation: &str) -> String {
    let words = operation.split('_').filter(|word| !word.is_empty());
    words
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect()
}

/// The name that a type had before schemars numbered it.
fn without_number(name: &str) -> &str {
    name.trim_end_matches(|character: char| character.is_ascii_digit())
}

/// Says the bounds of integers, which schemars leaves to the `format`.
fn bounded(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut members: Map<String, Value> = members
                .into_iter()
                .map(|(name, value)| (name, bounded(value)))
                .collect();
            let bounds = match members.get("format").and_then(Value::as_str) {
                Some("int8") => Some((json!(i8::MIN), json!(i8::MAX))),
                Some("uint8") => Some((json!(0), json!(u8::MAX))),
                Some("int16") => Some((json!(i16::MIN), json!(i16::MAX))),
                Some("uint16") => Some((json!(0), json!(u16::MAX))),
                Some("int32") => Some((json!(i32::MIN), json!(i32::MAX))),
                Some("uint32") => Some((json!(0), json!(u32::MAX))),
                Some("int64") => Some((json!(i64::MIN), json!(i64::MAX))),
                Some("uint64" | "uint") => Some((json!(0), json!(u64::MAX))),
                Some(_) | None => None,
            };
            if let Some((least, most)) = bounds {
                members.entry("minimum").or_insert(least);
                members.entry("maximum").or_insert(most);
            }
            Value::Object(members)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(bounded).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema,
    }
}

/// Where schemars numbered a second type of the same name: one type if they are the same, else a conflict.
fn fold_twins(
    definitions: &mut Map<String, Value>,
    at: &str,
) -> Result<BTreeMap<String, String>, SchemaConflict> {
    let mut renames = BTreeMap::new();
    let mut conflicts = BTreeSet::new();
    for (name, definition) in definitions.iter() {
        let base = without_number(name);
        if base == name {
            continue;
        }
        match definitions.get(base) {
            Some(other) if other == definition => {
                renames.insert(format!("{at}{name}"), format!("{at}{base}"));
            }
            Some(_) => {
                conflicts.insert(base.to_owned());
            }
            None => {}
        }
    }
    if !conflicts.is_empty() {
        return Err(SchemaConflict {
            names: conflicts.into_iter().collect(),
        });
    }
    definitions.retain(|name, _| !renames.contains_key(&format!("{at}{name}")));
    Ok(renames)
}

/// Names of types that look different when read and when written, themselves or in something they refer to.
fn differing(inputs: &Map<String, Value>, outputs: &Map<String, Value>) -> BTreeSet<String> {
    let shared = |name: &String| outputs.contains_key(name);
    let mut differing: BTreeSet<String> = BTreeSet::new();
    for (name, input) in inputs {
        let mut as_output = input.clone();
        rewrite(&mut as_output, &|reference| {
            reference
                .strip_prefix(INPUTS)
                .map(|name| format!("{SCHEMAS}{name}"))
        });
        if outputs.get(name).is_some_and(|output| *output != as_output) {
            differing.insert(name.clone());
        }
    }
    loop {
        let before = differing.len();
        for (name, input) in inputs.iter().filter(|(name, _)| shared(name)) {
            if references(input)
                .iter()
                .any(|target| differing.contains(target))
            {
                differing.insert(name.clone());
            }
        }
        if differing.len() == before {
            return differing;
        }
    }
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(target) if name == "$ref" => target
                    .strip_prefix(INPUTS)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                value => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// Changes the targets of references for which `point` gives another.
fn rewrite(value: &mut Value, point: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(target) if name == "$ref" => {
                        if let Some(other) = point(target) {
                            *target = other;
                        }
                    }
                    value => rewrite(value, point),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, point)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
