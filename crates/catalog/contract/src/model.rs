//! Requests and answers of the contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Currency, Cursor, Money, PageRequest, Timestamp};

use crate::{BuyerId, LineRef, ProductId, ReservationId, ReturnRef, VariantId};

/// Which variants, priced in which currency.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetVariants {
    /// At most [`crate::MAX_IDS`].
    pub variant_ids: Vec<VariantId>,
    /// Currency of the prices.
    pub currency: Currency,
    /// Whose prices: those of the groups this person is in, besides those for everybody. `None` for a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<BuyerId>,
}

/// The variants that exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Variants {
    /// In no particular order.
    pub variants: Vec<VariantOffer>,
}

/// A variant as a buyer meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VariantOffer {
    /// The variant.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Title of the product: `Darjeeling First Flush`.
    pub product_title: String,
    /// Title of the variant: `100 g`.
    pub variant_title: String,
    /// Stock keeping unit.
    pub sku: String,
    /// URL or `data:` URL of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Price of one piece for this buyer, now; `None` if it is not sold in that currency, or only in `tiers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What a piece costs in larger quantities, by quantity; [`VariantOffer::price_for`] reads it. A catalog of an
    /// earlier version names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<PriceTier>,
    /// Only active variants can be bought.
    pub status: VariantStatus,
    /// Pieces that nobody has reserved, over all locations.
    pub available: i64,
    /// Grows with each change of variant or product.
    pub version: i64,
}

/// From so many pieces on, each costs this much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PriceTier {
    /// 2 to [`crate::MAX_QUANTITY`].
    pub min_quantity: i64,
    /// Price of one piece, until the next tier.
    pub price: Money,
}

/// Whether a variant can be bought: active only if its product is active too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VariantStatus {
    /// Not yet for sale.
    Draft,
    /// For sale.
    Active,
    /// No longer for sale.
    Archived,
    /// A status this version does not know; cannot be bought.
    #[serde(other)]
    Unknown,
}

/// Hold stock.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Reserve {
    /// Chosen by the caller; the same id is the same reservation for ever.
    pub reservation_id: ReservationId,
    /// 1 to [`crate::MAX_RESERVE_LINES`]; lines of one variant are added up.
    pub lines: Vec<ReserveLine>,
    /// When the stock goes back by itself: in the future, at most 30 days away.
    pub expires_at: Timestamp,
}

/// So many of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReserveLine {
    /// Which variant.
    pub variant_id: VariantId,
    /// 1 to [`crate::MAX_QUANTITY`].
    pub quantity: i64,
}

/// Give held stock back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Release {
    /// Which reservation.
    pub reservation_id: ReservationId,
    /// Why, for the stock ledger: `checkout_cancelled`. 1 to 100 characters.
    pub reason: String,
}

/// Hold stock longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ExtendReservation {
    /// Which reservation.
    pub reservation_id: ReservationId,
    /// The new end: in the future, at most 30 days away.
    pub expires_at: Timestamp,
}

/// Turn held stock into sold stock.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CommitReservation {
    /// Which reservation.
    pub reservation_id: ReservationId,
    /// Public id of the order it was sold to, for the stock ledger: `ord_…`. 1 to 100 characters.
    pub order_id: String,
}

/// Put sold stock back on the shelf.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Restock {
    /// Which reservation.
    pub reservation_id: ReservationId,
    /// Why, for the stock ledger: `order_cancelled`. 1 to 100 characters.
    pub reason: String,
}

/// Put pieces that came back on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReturnStock {
    /// Which return.
    pub return_id: ReturnRef,
    /// The reservation that the pieces were sold from.
    pub reservation_id: ReservationId,
    /// 1 to [`crate::MAX_RESERVE_LINES`], each line of the order once.
    #[schemars(length(min = 1, max = 100))]
    pub lines: Vec<ReturnedLine>,
}

/// Pieces of one line that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReturnedLine {
    /// The line of the order.
    pub line_id: LineRef,
    /// What it is.
    pub variant_id: VariantId,
    /// How many; 1 to [`crate::MAX_QUANTITY`].
    #[schemars(range(min = 1, max = 9999))]
    pub quantity: i64,
}

/// Pieces that are on the shelf again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockReturned {
    /// Which return.
    pub return_id: ReturnRef,
    /// As asked for.
    pub lines: Vec<ReturnedLine>,
}

/// Stock that is, or was, set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reservation {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// Where it stands.
    pub status: ReservationStatus,
    /// One line for each variant, by variant id; empty if it was released before it arrived.
    pub lines: Vec<ReserveLine>,
    /// When held stock goes back by itself.
    pub expires_at: Timestamp,
    /// The order it was committed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReservationStatus {
    /// Stock is set aside.
    Held,
    /// Stock is sold; never expires.
    Committed,
    /// Stock was given back on request.
    Released,
    /// Stock went back by itself.
    Expired,
    /// Stock was sold and put back.
    Restocked,
    /// A status this version does not know.
    #[serde(other)]
    Unknown,
}

/// Which reservations.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetReservations {
    /// At most [`crate::MAX_IDS`].
    pub reservation_ids: Vec<ReservationId>,
}

/// The reservations that exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Reservations {
    /// In no particular order.
    pub reservations: Vec<Reservation>,
}

/// Which part of the list of reservations.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ListReservations {
    /// Only those; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ReservationStatus>,
    /// Which part.
    pub page: PageRequest,
}

/// A part of the list of reservations.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReservationPage {
    /// By id.
    pub reservations: Vec<Reservation>,
    /// Present if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

impl ReservationStatus {
    /// Returns the name used in documents and stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Restocked => "restocked",
            Self::Unknown => "unknown",
        }
    }
}

impl VariantOffer {
    /// Price of each piece of so many; `None` if it is not sold in that quantity.
    pub fn price_for(&self, quantity: i64) -> Option<Money> {
        let reached = self.tiers.iter().filter(|it| it.min_quantity <= quantity);
        reached
            .max_by_key(|tier| tier.min_quantity)
            .map_or(self.price, |tier| Some(tier.price))
    }
}

impl VariantStatus {
    /// Returns the name used in documents and stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Unknown => "unknown",
        }
    }
}
