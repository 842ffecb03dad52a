//! Schemas of bodies under stable names.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

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

/// Collects the types of a document. What is read and what is written differ: a member with a default may be
/// absent in a request and is always there in an answer.
pub(super) struct Schemas {
    inputs: SchemaGenerator,
    outputs: SchemaGenerator,
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
            inputs: settings("/components/inputs").for_deserialize().into_generator(),
            outputs: settings("/components/schemas").for_serialize().into_generator(),
        }
    }

    /// The schema of something that callers send.
    pub(super) fn input(&mut self, schema: SchemaFn) -> Value {
        schema(&mut self.inputs).to_value()
    }

    /// The schema of something that callers get.
    pub(super) fn output(&mut self, schema: SchemaFn) -> Value {
        schema(&mut self.outputs).to_value()
    }

    /// Gives every type its name and points all references in the document there.
    pub(super) fn finish(mut self, document: &mut Value) -> Result<Map<String, Value>, SchemaConflict> {
        let mut inputs = self.inputs.take_definitions(true);
        let mut outputs = self.outputs.take_definitions(true);
        let mut renames = fold_twins(&mut inputs, INPUTS)?;
        renames.extend(fold_twins(&mut outputs, SCHEMAS)?);
        for definition in inputs.values_mut().chain(outputs.values_mut()) {
            rewrite(definition, &|reference| renames.get(reference).cloned());
        }
        rewrite(document, &|reference| renames.get(reference).cloned());

        let differing = differing(&inputs, &outputs);
        let name_of = |name: &str| {
            if differing.contains(name) { format!("{name}Input") } else { name.to_owned() }
        };
        let point = |reference: &str| reference.strip_prefix(INPUTS).map(|name| format!("{SCHEMAS}{}", name_of(name)));
        rewrite(document, &point);
        let mut definitions = outputs;
        for (name, mut definition) in inputs {
            rewrite(&mut definition, &point);
            definitions.insert(name_of(&name), definition);
        }
        Ok(definitions)
    }
}

/// Where schemars numbered a second type of the same name: one type if they are the same, else a conflict.
fn fold_twins(definitions: &mut Map<String, Value>, at: &str) -> Result<BTreeMap<String, String>, SchemaConflict> {
    let mut renames = BTreeMap::new();
    let mut conflicts = BTreeSet::new();
    for (name, definition) in definitions.iter() {
        let base = name.trim_end_matches(|character: char| character.is_ascii_digit());
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
        return Err(SchemaConflict { names: conflicts.into_iter().collect() });
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
        rewrite(&mut as_output, &|reference| reference.strip_prefix(INPUTS).map(|name| format!("{SCHEMAS}{name}")));
        if outputs.get(name).is_some_and(|output| *output != as_output) {
            differing.insert(name.clone());
        }
    }
    loop {
        let before = differing.len();
        for (name, input) in inputs.iter().filter(|(name, _)| shared(name)) {
            if references(input).iter().any(|target| differing.contains(target)) {
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
                Value::String(target) if name == "$ref" => {
                    target.strip_prefix(INPUTS).map(str::to_owned).into_iter().collect()
                }
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
