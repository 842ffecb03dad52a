//! Members that several bodies share.

use std::borrow::Cow;

use catalog_contract::CatalogError;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use tenon_kernel::{FieldError, Money};
use tenon_seam::SeamError;
use tenon_web::Problem;

use crate::domain::patch::Patch;
use crate::domain::product::Status;
use crate::domain::variant::NewVariant;

/// Where a product is in its life.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProductStatus {
    /// Being prepared; only staff see it.
    Draft,
    /// For sale.
    Active,
    /// No longer for sale.
    Archived,
}

/// A further variant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VariantBody {
    /// Stock keeping unit; unique in the shop.
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub(super) sku: String,
    /// Tells variants of a product apart: `100 g`.
    #[schemars(length(min = 1, max = 200))]
    pub(super) title: String,
    /// One for each currency it is sold in.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub(super) prices: Vec<Money>,
}

impl From<ProductStatus> for Status {
    fn from(status: ProductStatus) -> Self {
        match status {
            ProductStatus::Draft => Self::Draft,
            ProductStatus::Active => Self::Active,
            ProductStatus::Archived => Self::Archived,
        }
    }
}

impl From<Status> for ProductStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Active => Self::Active,
            Status::Archived => Self::Archived,
        }
    }
}

impl From<VariantBody> for NewVariant {
    fn from(body: VariantBody) -> Self {
        Self {
            sku: body.sku,
            title: body.title,
            prices: body.prices,
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

/// Collects members of a merge patch that are null but cannot be cleared.
#[derive(Default)]
pub(super) struct Cleared {
    errors: Vec<FieldError>,
}

impl Cleared {
    /// Returns the new value of a member that always has one.
    pub(super) fn kept<T>(&mut self, pointer: &str, member: Patch<T>) -> Option<T> {
        if matches!(member, Patch::Clear) {
            self.errors.push(FieldError::new(
                pointer,
                "not_nullable",
                "the member cannot be cleared",
            ));
        }
        member.apply(None)
    }

    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Problem::from_error(&CatalogError::Invalid {
            errors: self.errors,
        }))
    }
}

/// Adds the current `ETag` to 412.
pub(super) fn stale(error: SeamError<CatalogError>) -> Problem {
    let current = match error.domain() {
        Some(
            CatalogError::StaleProduct { current, .. }
            | CatalogError::StaleVariant { current, .. }
            | CatalogError::StalePriceList { current, .. },
        ) => Some(*current),
        _ => None,
    };
    let problem = Problem::from(error);
    match current {
        Some(version) => problem.with_version(version),
        None => problem,
    }
}
