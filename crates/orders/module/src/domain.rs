//! Rules of carts, checkouts and orders: no IO, no clock, no randomness.

pub(crate) mod address;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod fulfillment;
pub(crate) mod order;
pub(crate) mod patch;
pub(crate) mod promotion;
pub(crate) mod quote;
pub(crate) mod rates;
pub(crate) mod returns;
pub(crate) mod shipping;
pub(crate) mod split;
pub(crate) mod sums;
pub(crate) mod tax;
pub(crate) mod timeline;
pub(crate) mod trail;
