//! Members that several bodies share, and what the handlers of one module do alike.

use std::borrow::Cow;

use orders_contract::{Address, OrdersError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_web::{BearerSecret, Problem};

use super::CART_TOKEN;
use crate::domain::patch::Patch;
use crate::store::Access;

/// A postal address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AddressInput")]
pub(super) struct AddressBody {
    /// Who receives it.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// Street and number.
    #[schemars(length(min = 1, max = 200))]
    line1: String,
    /// Flat, floor, company.
    #[schemars(length(max = 200))]
    line2: Option<String>,
    /// Town.
    #[schemars(length(min = 1, max = 100))]
    city: String,
    /// State or province, where addresses have one.
    #[schemars(length(max = 100))]
    region: Option<String>,
    /// Postal code, where addresses have one.
    #[schemars(length(max = 20))]
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    country: String,
    /// For the carrier.
    #[schemars(length(max = 40))]
    phone: Option<String>,
}

impl From<AddressBody> for Address {
    fn from(body: AddressBody) -> Self {
        Self {
            name: body.name,
            line1: body.line1,
            line2: body.line2,
            city: body.city,
            region: body.region,
            postal_code: body.postal_code,
            country: body.country,
            phone: body.phone,
        }
    }
}

/// A member of a merge patch: null clears, and what is absent is never asked for its value.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Who asks.
pub(super) fn access(ctx: &CallCtx, secret: &BearerSecret) -> Access {
    Access::of(ctx, secret.header(CART_TOKEN))
}

/// Adds the current `ETag` to 412.
pub(super) fn stale(error: SeamError<OrdersError>) -> Problem {
    let current = match error.domain() {
        Some(OrdersError::StaleVersion { current }) => Some(*current),
        _ => None,
    };
    let problem = Problem::from(error);
    match current {
        Some(version) => problem.with_version(version),
        None => problem,
    }
}
