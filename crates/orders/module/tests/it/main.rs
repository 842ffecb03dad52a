//! Orders behind the REST edge, with stand-ins for catalog and payments, on both engines.

mod bad_input;
mod cancellation;
mod carts;
mod checkout;
mod costs;
mod crashes;
mod erasure;
mod expiry;
mod fulfillment;
mod late_money;
mod merges;
mod model;
mod orders;
mod promotions;
mod races;
mod rates;
mod returns;
mod sagas;
mod support;
mod tiers;
