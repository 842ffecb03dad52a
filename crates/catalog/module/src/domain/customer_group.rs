//! A group of customers: whom a price list is for.

use catalog_contract::{CatalogError, CustomerGroupId};
use tenon_kernel::Timestamp;

use super::rules::Rules;

/// A group of customers. Who is in it is a list of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerGroup {
    pub(crate) id: CustomerGroupId,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
}

/// Checks what a group is to be called.
pub(crate) fn check_name(name: &str) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    rules.line("/name", name, 1..=120);
    rules.finish()
}
