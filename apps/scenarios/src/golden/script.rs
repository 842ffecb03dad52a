//! The script: one file for each part of the API, played in this order on a fresh installation.
//!
//! Everything it needs it makes itself, so that two installations go through the same.

mod accounts;
mod api_keys;
mod approvals;
mod audit;
mod cart_merges;
mod carts;
mod catalog;
mod categories;
mod checkouts;
mod choices;
mod contacts;
mod customer_groups;
mod documents;
mod erasures;
mod factors;
mod farewell;
mod federation;
mod inventory;
mod keys;
mod messages;
mod notifications;
mod oauth;
mod operators;
mod orders;
mod parcels;
mod passkeys;
mod payments;
mod price_quotes;
mod prices;
mod promotions;
mod purchase;
mod receivers;
mod returns;
mod search;
mod sessions;
mod sweep;
mod users;
mod variants;
mod webhooks;

use anyhow::Result;
use serde_json::json;

use super::shop::Shop;

/// An id that names nothing: well formed, and left as it is in recordings.
pub(crate) fn nobody(prefix: &str) -> String {
    format!("{prefix}_{}", "0".repeat(26))
}

/// Plays everything.
pub(crate) async fn play(shop: &mut Shop, bootstrap_token: &str) -> Result<()> {
    // Webhooks come when the script says so, not when they happen to.
    shop.simulator("POST", "mode", &json!({ "webhooks": "hold" }))
        .await?;
    documents::play(shop).await?;
    accounts::play(shop, bootstrap_token).await?;
    sweep::play(shop).await?;
    sessions::play(shop).await?;
    users::play(shop).await?;
    oauth::play(shop).await?;
    api_keys::play(shop).await?;
    factors::play(shop).await?;
    passkeys::play(shop).await?;
    federation::play(shop).await?;
    catalog::play(shop).await?;
    inventory::play(shop).await?;
    prices::play(shop).await?;
    carts::play(shop).await?;
    let bought = checkouts::play(shop).await?;
    operators::play(shop, &bought).await?;
    keys::play(shop, &bought).await?;
    let sent = orders::play(shop, &bought).await?;
    webhooks::play(shop, &bought).await?;
    payments::play(shop, &bought).await?;
    promotions::play(shop).await?;
    notifications::play(shop, &sent).await?;
    receivers::play(shop).await?;
    audit::play(shop, &bought).await?;
    erasures::play(shop).await?;
    farewell::play(shop).await
}
