//! Facts that a module publishes.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::method::{Recode, recode_as, schema_of};

/// The data of one kind of event; its envelope is added by `tenon-events`.
///
/// Ids, changed facts and a small snapshot, at most 20 KiB; no secrets.
pub trait Event: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// `order.placed`
    const TYPE: &'static str;
    /// Version of the data's shape; named in `dataschema`.
    const VERSION: u32;

    /// The id of the thing the fact is about: order is kept per subject.
    fn subject(&self) -> String;
}

/// One kind of event as data: what documents and skew tests are made from.
///
/// Each crate that defines events lists them all in a `pub static EVENTS: &[EventShape]`;
/// `cargo xtask check contracts` finds those that are missing.
#[derive(Debug)]
pub struct EventShape {
    /// `order.placed`
    pub event_type: &'static str,
    /// Version of the data's shape.
    pub version: u32,
    /// Schema of the data.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Reads data of another version as this one does.
    pub recode: Recode,
}

impl EventShape {
    /// The shape of `E`.
    pub const fn of<E: Event>() -> Self {
        Self {
            event_type: E::TYPE,
            version: E::VERSION,
            schema: schema_of::<E>,
            recode: recode_as::<E>,
        }
    }
}

/// Implements [`Event`]: `event!(OrderPlaced, "order.placed", 1, order_id);` takes the subject from a member.
#[macro_export]
macro_rules! event {
    ($name:ty, $type:literal, $version:literal, $subject:ident) => {
        impl $crate::Event for $name {
            const TYPE: &'static str = $type;
            const VERSION: u32 = $version;

            fn subject(&self) -> String {
                self.$subject.to_string()
            }
        }
    };
}
