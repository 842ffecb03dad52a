//! A category: a shelf of the shop.

use catalog_contract::{CatalogError, CategoryId};
use tenon_kernel::Timestamp;

use super::rules::Rules;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Category {
    pub(crate) id: CategoryId,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Lower comes first.
    pub(crate) position: i64,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

/// A category to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewCategory {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) position: i64,
}

impl NewCategory {
    /// Checks every member.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        let mut rules = Rules::default();
        rules.slug("/slug", &self.slug);
        rules.line("/title", &self.title, 1..=120);
        rules.text("/description", &self.description, 0..=2_000);
        rules.range("/position", self.position, 0..=1_000_000);
        rules.finish()
    }
}
