//! Facts that a module publishes.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
