//! What the platform knows about one method of a contract.

use std::fmt::Debug;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value that may cross the seam: owned, encodable, with a schema.
pub trait Contract:
    Serialize + DeserializeOwned + JsonSchema + Clone + Debug + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + JsonSchema + Clone + Debug + Send + Sync + 'static> Contract
    for T
{
}

/// Decodes a value as one type and encodes it again, as a peer of this version does; or says why it cannot.
pub type Recode = fn(&Value) -> Result<Value, String>;

/// What a method means: decides what may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// Changes nothing; may be repeated.
    Query,
    /// Changes something; may be repeated only if it is keyed.
    Command {
        /// The call context carries an idempotency key that the module stores with the effect.
        keyed: bool,
    },
}

/// One method of a contract; the macro makes a table of these.
#[derive(Debug)]
pub struct Method {
    /// `catalog`
    pub module: &'static str,
    /// Version of the contract.
    pub version: u32,
    /// `get_variants`
    pub name: &'static str,
    /// Place in the contract's table.
    pub index: usize,
    /// Query or command.
    pub kind: MethodKind,
    /// Longest time a call may take.
    pub timeout: Duration,
    /// Largest encoded request, in bytes.
    pub max_request: usize,
    /// Largest encoded response, in bytes.
    pub max_response: usize,
    /// Schema of the request.
    pub request: fn(&mut SchemaGenerator) -> Schema,
    /// Schema of the response.
    pub response: fn(&mut SchemaGenerator) -> Schema,
    /// Schema of the domain error.
    pub error: fn(&mut SchemaGenerator) -> Schema,
    /// Reads a request of another version as this one does.
    pub recode_request: Recode,
    /// Reads a response of another version as this one does.
    pub recode_response: Recode,
    /// Reads a domain error of another version as this one does.
    pub recode_error: Recode,
}

impl Method {
    /// The wire path: `/_seam/catalog/v1/get_variants`.
    pub fn path(&self) -> String {
        format!("/_seam/{}/v{}/{}", self.module, self.version, self.name)
    }
}

/// Decodes as `T` and encodes again, for tables of methods and events.
#[doc(hidden)]
pub fn recode_as<T: Serialize + DeserializeOwned>(value: &Value) -> Result<Value, String> {
    let decoded = T::deserialize(value).map_err(|error| error.to_string())?;
    serde_json::to_value(decoded).map_err(|error| error.to_string())
}

/// Schema of `T`, for method tables.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Whether a method of a table is a query.
#[doc(hidden)]
pub fn is_query(methods: &[Method], name: &str) -> bool {
    methods
        .iter()
        .any(|method| method.name == name && method.kind == MethodKind::Query)
}
