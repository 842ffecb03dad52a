//! Facts that catalog publishes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};
use tenon_seam::{EventShape, event};

use crate::{LocationId, PriceListId, ProductId, ReservationId, ReserveLine, VariantId};

/// A product can be bought from now on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ProductPublished {
    /// The product.
    pub product_id: ProductId,
    /// Its version after the change.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// Its place in URLs.
    pub slug: String,
}
event!(ProductPublished, "product.published", 1, product_id);

/// A product, or one of its variants, changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ProductUpdated {
    /// The product.
    pub product_id: ProductId,
    /// Its version after the change.
    pub version: i64,
    /// Names of the members that changed.
    pub changed: Vec<String>,
}
event!(ProductUpdated, "product.updated", 1, product_id);

/// A product can no longer be bought.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ProductArchived {
    /// The product.
    pub product_id: ProductId,
    /// Its version after the change.
    pub version: i64,
}
event!(ProductArchived, "product.archived", 1, product_id);

/// A variant has another price in one currency: its basic price, or a row of a price list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PriceChanged {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The price list; absent for the basic price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<PriceListId>,
    /// From how many pieces on; absent for the basic price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<i64>,
    /// Before; absent if it was not sold in that currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Money>,
    /// Now; absent if it is no longer sold in that currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Money>,
    /// Since when; of a price list that is yet to begin, when it begins. Rows of drafts are announced too.
    pub valid_from: Timestamp,
}
event!(PriceChanged, "price.changed", 1, variant_id);

/// A price list was made or changed, apart from its rows: all of them may count from now on, or no longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PriceListUpdated {
    /// The price list.
    pub price_list_id: PriceListId,
    /// Its version after the change.
    pub version: i64,
    /// `draft`, `active` or `archived`.
    pub status: String,
    /// Names of the members that changed; all of a new list.
    pub changed: Vec<String>,
}
event!(PriceListUpdated, "price_list.updated", 1, price_list_id);

/// Stock was counted, received or written off by a person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryAdjusted {
    /// The variant.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: LocationId,
    /// By how many pieces.
    pub delta: i64,
    /// Pieces on hand after it.
    pub on_hand: i64,
    /// Why.
    pub reason: String,
}
event!(InventoryAdjusted, "inventory.adjusted", 1, variant_id);

/// Stock was set aside.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryReserved {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// One line for each variant.
    pub lines: Vec<ReserveLine>,
    /// When it goes back by itself.
    pub expires_at: Timestamp,
}
event!(InventoryReserved, "inventory.reserved", 1, reservation_id);

/// Stock is set aside for longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryReservationExtended {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The new end.
    pub expires_at: Timestamp,
}
event!(
    InventoryReservationExtended,
    "inventory.reservation_extended",
    1,
    reservation_id
);

/// Stock that was set aside, or sold, went back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryReleased {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// `expired`, or the reason that the caller gave.
    pub cause: String,
    /// One line for each variant.
    pub lines: Vec<ReserveLine>,
}
event!(InventoryReleased, "inventory.released", 1, reservation_id);

/// Stock that was set aside is sold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryCommitted {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The order it was sold to.
    pub cause: String,
    /// One line for each variant.
    pub lines: Vec<ReserveLine>,
}
event!(InventoryCommitted, "inventory.committed", 1, reservation_id);

/// The last available piece of a variant is taken.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryDepleted {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Zero.
    pub available: i64,
}
event!(InventoryDepleted, "inventory.depleted", 1, variant_id);

/// A variant that was gone can be had again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InventoryRestocked {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// How many can be had.
    pub available: i64,
}
event!(InventoryRestocked, "inventory.restocked", 1, variant_id);

/// Every fact that catalog publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<ProductPublished>(),
    EventShape::of::<ProductUpdated>(),
    EventShape::of::<ProductArchived>(),
    EventShape::of::<PriceChanged>(),
    EventShape::of::<PriceListUpdated>(),
    EventShape::of::<InventoryAdjusted>(),
    EventShape::of::<InventoryReserved>(),
    EventShape::of::<InventoryReservationExtended>(),
    EventShape::of::<InventoryReleased>(),
    EventShape::of::<InventoryCommitted>(),
    EventShape::of::<InventoryDepleted>(),
    EventShape::of::<InventoryRestocked>(),
];
