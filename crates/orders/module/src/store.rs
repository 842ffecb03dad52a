//! All SQL of orders.

pub(crate) mod buyers;
pub(crate) mod cart_merges;
pub(crate) mod carts;
pub(crate) mod checkouts;
pub(crate) mod fulfillments;
pub(crate) mod invariants;
pub(crate) mod order_lines;
pub(crate) mod order_lists;
pub(crate) mod order_rows;
pub(crate) mod orders;
pub(crate) mod payment_facts;
pub(crate) mod promotion_cases;
pub(crate) mod promotions;
pub(crate) mod redemptions;
pub(crate) mod return_lines;
pub(crate) mod returns;

use serde::de::DeserializeOwned;
use tenon_kernel::{Currency, Money};
use tenon_store::{Json, StoreError};
use uuid::Uuid;

/// Who asks: rows are found by owner or by token, never filtered afterwards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    /// The signed-in person.
    pub(crate) user: Option<Uuid>,
    /// SHA-256 of the cart token that came with the request.
    pub(crate) token_hash: Option<Vec<u8>>,
    /// Whether the person runs the shop.
    pub(crate) staff: bool,
}

/// A JSON column.
pub(crate) fn document<T>(column: Option<Json<T>>) -> Option<T> {
    column.map(|Json(value)| value)
}

/// A text column that holds one of a few names.
pub(crate) fn name<T>(
    what: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| StoreError::Inconsistent {
        what: format!("{what} = {text}"),
    })
}

/// A text column that holds the name of a contract's enum.
pub(crate) fn enum_name<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    name(what, text, |text| {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
    })
}

/// A currency column.
pub(crate) fn currency(what: &str, code: &str) -> Result<Currency, StoreError> {
    name(what, code, |code| code.parse().ok())
}

/// A column of minor units.
pub(crate) fn money(what: &str, minor: i64, currency: Currency) -> Result<Money, StoreError> {
    Money::new(minor, currency).map_err(|_| StoreError::Inconsistent {
        what: format!("{what} = {minor}"),
    })
}

/// Ids as the JSON array that both engines unpack.
pub(crate) fn id_list<K: tenon_kernel::IdKind>(ids: &[tenon_kernel::Id<K>]) -> Json<Vec<String>> {
    Json(
        ids.iter()
            .map(|id| id.uuid().simple().to_string())
            .collect(),
    )
}
