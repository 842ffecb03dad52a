//! A variant: what is bought, priced and stocked.

use catalog_contract::{CatalogError, ProductId, VariantId};
use tenon_kernel::Money;

use super::price::check_prices;
use super::product::Status;
use super::rules::Rules;

/// A variant with its prices and what of it can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) id: VariantId,
    pub(crate) product_id: ProductId,
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) version: i64,
    /// By currency.
    pub(crate) prices: Vec<Money>,
    /// Over all locations.
    pub(crate) available: i64,
}

/// A variant to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewVariant {
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) prices: Vec<Money>,
}

/// Members of a variant to be changed; `None` leaves a member as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct VariantPatch {
    pub(crate) sku: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) status: Option<Status>,
}

impl NewVariant {
    /// Checks every member; `at` is where the variant stands in the request.
    pub(crate) fn check(&self, rules: &mut Rules, at: &str) {
        rules.sku(format_args!("{at}/sku"), &self.sku);
        rules.line(format_args!("{at}/title"), &self.title, 1..=200);
        check_prices(rules, &format!("{at}/prices"), &self.prices);
    }
}

impl VariantPatch {
    /// Checks every member that is to change.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        let mut rules = Rules::default();
        if let Some(sku) = &self.sku {
            rules.sku("/sku", sku);
        }
        if let Some(title) = &self.title {
            rules.line("/title", title, 1..=200);
        }
        let draft = self.status == Some(Status::Draft);
        rules.check(
            !draft,
            "/status",
            "invalid_value",
            "a variant is active or archived; its product may be a draft",
        );
        rules.finish()
    }
}
