//! What catalog can refuse.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenon_kernel::{ErrorKind, FieldError, ServiceError};

use crate::{CustomerGroupId, PriceListId, ProductId, ReservationId, ReservationStatus, VariantId};

/// Failures of the catalog module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CatalogError {
    /// A value breaks a rule.
    #[error("the request breaks a rule")]
    Invalid {
        /// Every wrong member.
        errors: Vec<FieldError>,
    },
    /// The cursor was made for another list, filter or installation.
    #[error("the cursor does not belong to this list and filter")]
    InvalidCursor,
    /// Less stock than asked for; nothing was reserved.
    #[error("not enough stock for {} of the lines", lines.len())]
    OutOfStock {
        /// Every line that falls short.
        lines: Vec<Shortage>,
    },
    /// The variants do not exist, or are not active.
    #[error("{} of the variants are not for sale", variant_ids.len())]
    NotForSale {
        /// Every such variant.
        variant_ids: Vec<VariantId>,
    },
    /// No such reservation.
    #[error("reservation {reservation_id} does not exist")]
    ReservationNotFound {
        /// The wanted one.
        reservation_id: ReservationId,
    },
    /// The state of the reservation forbids it.
    #[error("reservation {reservation_id} is {}, which does not allow this", status.as_str())]
    ReservationConflict {
        /// The reservation.
        reservation_id: ReservationId,
        /// Where it stands.
        status: ReservationStatus,
    },
    /// The reservation exists with other lines.
    #[error("reservation {reservation_id} exists with other lines")]
    ReservationMismatch {
        /// The reservation.
        reservation_id: ReservationId,
    },
    /// No such product, or not for this caller.
    #[error("the product does not exist")]
    ProductNotFound,
    /// No such variant.
    #[error("variant {variant_id} does not exist")]
    VariantNotFound {
        /// The wanted one.
        variant_id: VariantId,
    },
    /// Another product or category has this slug.
    #[error("the slug {slug} is taken")]
    SlugTaken {
        /// The slug.
        slug: String,
    },
    /// Another variant has this SKU.
    #[error("the SKU {sku} is taken")]
    SkuTaken {
        /// The SKU.
        sku: String,
    },
    /// The product was changed since the caller read it.
    #[error("product {product_id} is at version {current} now")]
    StaleProduct {
        /// The product.
        product_id: ProductId,
        /// Its version now.
        current: i64,
    },
    /// The variant was changed since the caller read it.
    #[error("variant {variant_id} is at version {current} now")]
    StaleVariant {
        /// The variant.
        variant_id: VariantId,
        /// Its version now.
        current: i64,
    },
    /// No such price list.
    #[error("price list {price_list_id} does not exist")]
    PriceListNotFound {
        /// The wanted one.
        price_list_id: PriceListId,
    },
    /// The price list was changed since the caller read it.
    #[error("price list {price_list_id} is at version {current} now")]
    StalePriceList {
        /// The price list.
        price_list_id: PriceListId,
        /// Its version now.
        current: i64,
    },
    /// No such group of customers.
    #[error("customer group {customer_group_id} does not exist")]
    CustomerGroupNotFound {
        /// The wanted one.
        customer_group_id: CustomerGroupId,
    },
    /// Only those who run the shop may ask for that.
    #[error("only staff may ask for {} of the members", errors.len())]
    StaffOnly {
        /// Every such member.
        errors: Vec<FieldError>,
    },
    /// The adjustment would leave less on hand than nothing, or than is reserved.
    #[error("{on_hand} on hand and {reserved} reserved do not allow a change by {delta}")]
    StockConflict {
        /// Pieces on hand now.
        on_hand: i64,
        /// Pieces reserved now.
        reserved: i64,
        /// The refused change.
        delta: i64,
    },
    /// More of a variant would have come back than was sold.
    #[error("at most {returnable} more of variant {variant_id} can come back")]
    ReturnExceedsSold {
        /// Of what.
        variant_id: VariantId,
        /// How many can still come back.
        returnable: i64,
    },
    /// A refusal this version does not know.
    #[error("the catalog refused")]
    #[serde(other)]
    Unknown,
}

/// A line for which there is not enough stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// Which variant.
    pub variant_id: VariantId,
    /// How many were asked for.
    pub requested: i64,
    /// How many can be had.
    pub available: i64,
}

impl CatalogError {
    /// One wrong member.
    pub fn invalid(
        pointer: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            errors: vec![FieldError::new(pointer, code, detail)],
        }
    }
}

impl ServiceError for CatalogError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::Invalid { .. }
            | Self::ReservationMismatch { .. }
            | Self::ReturnExceedsSold { .. } => ErrorKind::Invalid,
            Self::OutOfStock { .. }
            | Self::NotForSale { .. }
            | Self::ReservationConflict { .. }
            | Self::SlugTaken { .. }
            | Self::SkuTaken { .. }
            | Self::StockConflict { .. }
            | Self::Unknown => ErrorKind::Conflict,
            Self::ReservationNotFound { .. }
            | Self::ProductNotFound
            | Self::PriceListNotFound { .. }
            | Self::CustomerGroupNotFound { .. }
            | Self::VariantNotFound { .. } => ErrorKind::NotFound,
            Self::StaleProduct { .. } | Self::StaleVariant { .. } | Self::StalePriceList { .. } => {
                ErrorKind::PreconditionFailed
            }
            Self::StaffOnly { .. } => ErrorKind::Forbidden,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "catalog.invalid",
            Self::InvalidCursor => "catalog.invalid_cursor",
            Self::OutOfStock { .. } => "catalog.out_of_stock",
            Self::NotForSale { .. } => "catalog.not_for_sale",
            Self::ReservationNotFound { .. } => "catalog.reservation_not_found",
            Self::ReservationConflict { .. } => "catalog.reservation_conflict",
            Self::ReservationMismatch { .. } => "catalog.reservation_mismatch",
            Self::ProductNotFound => "catalog.product_not_found",
            Self::VariantNotFound { .. } => "catalog.variant_not_found",
            Self::SlugTaken { .. } => "catalog.slug_taken",
            Self::SkuTaken { .. } => "catalog.sku_taken",
            Self::StaleProduct { .. } | Self::StaleVariant { .. } | Self::StalePriceList { .. } => {
                "catalog.stale_version"
            }
            Self::PriceListNotFound { .. } => "catalog.price_list_not_found",
            Self::CustomerGroupNotFound { .. } => "catalog.customer_group_not_found",
            Self::StaffOnly { .. } => "catalog.staff_only",
            Self::StockConflict { .. } => "catalog.stock_conflict",
            Self::ReturnExceedsSold { .. } => "catalog.return_exceeds_sold",
            Self::Unknown => "catalog.refused",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid { errors } | Self::StaffOnly { errors } => errors.clone(),
            Self::InvalidCursor => vec![FieldError::new(
                "?cursor",
                "invalid_value",
                "start from the first page again",
            )],
            Self::SlugTaken { .. } => vec![FieldError::new("/slug", "taken", "the slug is taken")],
            Self::SkuTaken { .. } => vec![FieldError::new("/sku", "taken", "the SKU is taken")],
            _ => Vec::new(),
        }
    }

    fn extensions(&self) -> Option<Map<String, Value>> {
        let members = match self {
            Self::OutOfStock { lines } => json!({ "lines": lines }),
            Self::NotForSale { variant_ids } => json!({ "variant_ids": variant_ids }),
            Self::ReservationConflict { status, .. } => json!({ "reservation_status": status }),
            Self::StaleProduct { current, .. }
            | Self::StaleVariant { current, .. }
            | Self::StalePriceList { current, .. } => {
                json!({ "current_etag": format!("\"v{current}\"") })
            }
            Self::StockConflict {
                on_hand, reserved, ..
            } => json!({ "on_hand": on_hand, "reserved": reserved }),
            Self::ReturnExceedsSold { returnable, .. } => json!({ "returnable": returnable }),
            _ => return None,
        };
        match members {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_a_newer_version_still_decodes() {
        let error: CatalogError =
            serde_json::from_value(json!({ "code": "sold_to_a_museum", "since": 1912 }))
                .expect("an open enum");
        assert_eq!(error, CatalogError::Unknown);
    }

    #[test]
    fn a_shortage_tells_what_can_be_had() {
        let variant_id = tenon_kernel::Env::system().new_id();
        let error = CatalogError::OutOfStock {
            lines: vec![Shortage {
                variant_id,
                requested: 3,
                available: 1,
            }],
        };
        let members = error.extensions().expect("shortages are public");
        assert_eq!(members["lines"][0]["available"], 1);
        let back: CatalogError =
            serde_json::from_value(serde_json::to_value(&error).expect("encodes"))
                .expect("decodes");
        assert_eq!(back, error);
    }
}
