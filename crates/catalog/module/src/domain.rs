//! The rules of the catalog: no async, no SQL, no HTTP, no clock reads.

pub(crate) mod category;
pub(crate) mod customer_group;
pub(crate) mod demand;
pub(crate) mod patch;
pub(crate) mod price;
pub(crate) mod price_list;
pub(crate) mod price_quote;
pub(crate) mod price_rows;
pub(crate) mod product;
pub(crate) mod reservation;
pub(crate) mod resolution;
pub(crate) mod rules;
pub(crate) mod search;
pub(crate) mod stock;
pub(crate) mod variant;
