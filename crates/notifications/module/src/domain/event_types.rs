//! Which events are told outside, and how each of them looks there.
//!
//! Every member of every event was decided about: it is told or withheld. An event, or a member of one, that is in no
//! list stays inside.

mod catalog;
mod identity;
mod notifications;
mod orders;
mod payments;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::Value;
use tenon_seam::{Event, EventShape};

use super::members::Members;

/// One example for each type, as readers get it.
const EXAMPLES: &str = include_str!("event_types/examples.json");

/// Takes the public events one by one, with their types.
pub(crate) trait EventTypes {
    /// `told` and `withheld` are paths of members; together they are all that the event has.
    fn add<E: Event>(&mut self, source: &'static str, told: &[&'static str], withheld: &[&str]);
}

/// Names all public events to `list`.
pub(crate) fn name_all(list: &mut impl EventTypes) {
    identity::name_all(list);
    catalog::name_all(list);
    orders::name_all(list);
    payments::name_all(list);
    notifications::name_all(list);
}

/// One type of public events.
#[derive(Debug, Clone)]
pub(crate) struct EventType {
    /// `order.placed`
    pub(crate) name: &'static str,
    /// Version of the data's shape.
    pub(crate) version: u32,
    /// The producing module.
    pub(crate) source: &'static str,
    /// What happened.
    pub(crate) description: String,
    /// JSON Schema of the data as it is told.
    pub(crate) schema: Value,
    /// Data as it is told.
    pub(crate) example: Value,
    members: Members,
}

/// All public types by name.
#[derive(Debug)]
pub(crate) struct Catalogue(BTreeMap<&'static str, EventType>);

impl EventType {
    /// Returns what is told of an event's data.
    pub(crate) fn told(&self, data: &Value) -> Option<Value> {
        self.members.of_data(data)
    }
}

impl Catalogue {
    /// What is known of all types, put together when it is first asked for: it is a part of the program.
    pub(crate) fn get() -> &'static Self {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::new);
        &CATALOGUE
    }

    fn new() -> Self {
        let examples = serde_json::from_str(EXAMPLES).expect("the file is JSON by types");
        let mut builder = Builder {
            examples,
            types: BTreeMap::new(),
        };
        name_all(&mut builder);
        Self(builder.types)
    }

    /// Finds a type by its name.
    pub(crate) fn find(&self, name: &str) -> Option<&EventType> {
        self.0.get(name)
    }

    /// All types in the order of their names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &EventType> {
        self.0.values()
    }
}

struct Builder {
    examples: BTreeMap<String, Value>,
    types: BTreeMap<&'static str, EventType>,
}

impl EventTypes for Builder {
    fn add<E: Event>(&mut self, source: &'static str, told: &[&'static str], _withheld: &[&str]) {
        let members = Members::of(told);
        let mut schema = schema_of::<E>();
        members.keep_in_schema(&mut schema);
        let description = schema.as_object_mut().and_then(|schema| {
            schema.remove("title");
            schema.remove("description")
        });
        let description = description.as_ref().and_then(Value::as_str);
        let event_type = EventType {
            name: E::TYPE,
            version: E::VERSION,
            source,
            description: description.unwrap_or_default().to_owned(),
            schema,
            example: self.examples.remove(E::TYPE).unwrap_or_default(),
            members,
        };
        self.types.insert(E::TYPE, event_type);
    }
}

/// The whole schema of an event's data, without references.
fn schema_of<E: Event>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    (EventShape::of::<E>().schema)(&mut generator).to_value()
}

#[cfg(test)]
mod tests;
