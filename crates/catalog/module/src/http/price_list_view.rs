//! How price lists and groups of customers look to staff.

use catalog_contract::{CustomerGroupId, PriceListId, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Currency, Money, Timestamp};

use crate::domain::customer_group::CustomerGroup;
use crate::domain::price_list::PriceList;
use crate::domain::product::Status;

/// Where a price list is in its life.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PriceListStatus {
    /// Being prepared: counts for nobody.
    Draft,
    /// Counts, within its dates.
    Active,
    /// Put away: counts for nobody.
    Archived,
}

/// A price list, without its rows.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceList")]
pub(super) struct PriceListView {
    id: PriceListId,
    name: String,
    /// What its rows are in; never another.
    currency: Currency,
    status: PriceListStatus,
    /// It counts from here on, itself included; null: since ever.
    valid_from: Option<Timestamp>,
    /// It no longer counts from here on; null: for ever.
    valid_until: Option<Timestamp>,
    /// Of the lists that count, the one with the highest priority that has a row decides.
    priority: i64,
    /// Whom it is for; empty: everybody.
    customer_group_ids: Vec<CustomerGroupId>,
    /// Also the `ETag`. Grows with every change of the list and of its rows.
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A row of a price list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PriceListPrice")]
pub(super) struct PriceRowView {
    pub(super) variant_id: VariantId,
    /// From so many pieces on.
    pub(super) min_quantity: i64,
    /// Each piece costs this much.
    pub(super) unit_price: Money,
}

/// A group of customers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomerGroup")]
pub(super) struct CustomerGroupView {
    id: CustomerGroupId,
    name: String,
    created_at: Timestamp,
}

impl From<PriceListStatus> for Status {
    fn from(status: PriceListStatus) -> Self {
        match status {
            PriceListStatus::Draft => Self::Draft,
            PriceListStatus::Active => Self::Active,
            PriceListStatus::Archived => Self::Archived,
        }
    }
}

impl From<Status> for PriceListStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Active => Self::Active,
            Status::Archived => Self::Archived,
        }
    }
}

impl From<PriceList> for PriceListView {
    fn from(list: PriceList) -> Self {
        Self {
            id: list.id,
            name: list.name,
            currency: list.currency,
            status: list.status.into(),
            valid_from: list.valid_from,
            valid_until: list.valid_until,
            priority: list.priority,
            customer_group_ids: list.groups,
            version: list.version,
            created_at: list.created_at,
            updated_at: list.updated_at,
        }
    }
}

impl From<CustomerGroup> for CustomerGroupView {
    fn from(group: CustomerGroup) -> Self {
        Self {
            id: group.id,
            name: group.name,
            created_at: group.created_at,
        }
    }
}
