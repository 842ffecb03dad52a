//! A price list: for whom, when, and before which others its rows count.

use catalog_contract::{CatalogError, CustomerGroupId, PriceListId};
use tenon_kernel::{Currency, Timestamp};

use super::patch::Patch;
use super::product::Status;
use super::rules::Rules;

/// Most groups that one list is for.
pub(crate) const MAX_GROUPS: usize = 50;
/// Highest priority.
pub(crate) const MAX_PRIORITY: i64 = 1_000_000;

/// A price list without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceList {
    pub(crate) id: PriceListId,
    pub(crate) name: String,
    pub(crate) currency: Currency,
    pub(crate) status: Status,
    /// It counts from here on, itself included.
    pub(crate) valid_from: Option<Timestamp>,
    /// It no longer counts from here on.
    pub(crate) valid_until: Option<Timestamp>,
    /// Higher wins.
    pub(crate) priority: i64,
    /// By id; empty: for everybody.
    pub(crate) groups: Vec<CustomerGroupId>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A price list to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewPriceList {
    pub(crate) name: String,
    pub(crate) currency: Currency,
    pub(crate) status: Status,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) priority: i64,
    pub(crate) groups: Vec<CustomerGroupId>,
}

/// Members of a price list to be changed. Its currency stays: its rows are amounts in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PriceListPatch {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<Status>,
    pub(crate) valid_from: Patch<Timestamp>,
    pub(crate) valid_until: Patch<Timestamp>,
    pub(crate) priority: Option<i64>,
    pub(crate) groups: Option<Vec<CustomerGroupId>>,
}

impl NewPriceList {
    /// Makes the list as it starts, or names every wrong member.
    pub(crate) fn make(&self, id: PriceListId, now: Timestamp) -> Result<PriceList, CatalogError> {
        let list = PriceList {
            id,
            name: self.name.clone(),
            currency: self.currency,
            status: self.status,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            priority: self.priority,
            groups: self.groups.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        list.checked()
    }
}

impl PriceList {
    /// Makes the list as it is to be, or names every wrong member.
    pub(crate) fn changed(&self, patch: &PriceListPatch) -> Result<Self, CatalogError> {
        let before = self.clone();
        let PriceListPatch {
            name,
            status,
            valid_from,
            valid_until,
            priority,
            groups,
        } = patch.clone();
        let after = Self {
            name: name.unwrap_or(before.name),
            status: status.unwrap_or(before.status),
            valid_from: valid_from.apply(before.valid_from),
            valid_until: valid_until.apply(before.valid_until),
            priority: priority.unwrap_or(before.priority),
            groups: groups.unwrap_or(before.groups),
            ..before
        };
        after.checked()
    }

    fn checked(mut self) -> Result<Self, CatalogError> {
        let mut rules = Rules::default();
        rules.line("/name", &self.name, 1..=120);
        rules.range("/priority", self.priority, 0..=MAX_PRIORITY);
        let is_ordered = match (self.valid_from, self.valid_until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        };
        let detail = "expected a time after valid_from";
        rules.check(is_ordered, "/valid_until", "out_of_range", detail);
        rules.count("/customer_group_ids", self.groups.len(), 0..=MAX_GROUPS);
        for (position, group) in self.groups.iter().enumerate() {
            rules.check(
                !self.groups[..position].contains(group),
                format_args!("/customer_group_ids/{position}"),
                "duplicate",
                "the group is named already",
            );
        }
        rules.finish()?;
        self.groups.sort_unstable();
        Ok(self)
    }
}
