//! What must be true once a restored shop has run for a while: everything came to an end, and money, stock, orders and
//! mail agree, but for what the outside world did after the cut.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::time::Instant;

use crate::load::Books;
use crate::oracle::{Initial, wrong_stock};
use crate::report::Report;
use crate::site::Site;

/// How long the server may take to bring everything to an end.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// Looks between two moves of the clock.
const UNAIDED: u32 = 6;

/// Waits until everything has come to an end; broken promises go to the report.
pub(super) async fn judge(
    site: &Site,
    books: &Books,
    initial: &Initial,
    report: &mut Report,
) -> Result<()> {
    let limit = Instant::now() + PATIENCE;
    let mut looks = 0;
    let wrong = loop {
        let wrong = look(site, books, initial).await?;
        if wrong.is_empty() || Instant::now() > limit {
            break wrong;
        }
        looks += 1;
        if looks % UNAIDED == 0 {
            site.advance(16).await?;
        }
        tokio::time::sleep(LOOK).await;
    };
    report.failures.extend(wrong);
    Ok(())
}

async fn look(site: &Site, books: &Books, initial: &Initial) -> Result<Vec<String>> {
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let mut wrong = Vec::new();
    let mut placed = Vec::new();
    let mut by_cart: BTreeMap<String, u32> = BTreeMap::new();
    let orders = shop.orders(&staff).await?;
    for order in &orders {
        let cart = order["cart_id"].as_str().context("a cart")?;
        *by_cart.entry(cart.to_owned()).or_default() += 1;
        match (order["status"].as_str(), order["payment_status"].as_str()) {
            (Some("cancelled"), _) => {}
            (Some("placed"), Some("captured")) => placed.push(order),
            (status, paid) => wrong.push(format!("order {} is {status:?}, {paid:?}", order["id"])),
        }
    }
    for (cart, count) in by_cart {
        if count > 1 || !books.carts().contains_key(&cart) {
            wrong.push(format!("cart {cart} became {count} orders"));
        }
    }
    wrong.extend(unpaid(site, &placed));
    wrong.extend(wrong_stock(&shop, &staff, initial, &placed).await?);
    for order in placed {
        let number = order["number"].as_str().unwrap_or_default();
        let mails = site.catcher.messages();
        if !mails.iter().any(|mail| mail.subject.contains(number)) {
            wrong.push(format!("order {number} has no confirmation"));
        }
    }
    Ok(wrong)
}

/// Orders whose money the provider does not have. It may have more: what it took after the cut, it took.
fn unpaid(site: &Site, placed: &[&Value]) -> Vec<String> {
    let mut taken: BTreeMap<i64, usize> = BTreeMap::new();
    for intent in site.simulator.intents() {
        *taken.entry(intent.captured - intent.refunded).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for order in placed {
        let worth = order["totals"]["total"]["amount"]
            .as_i64()
            .unwrap_or_default();
        match taken.get_mut(&worth) {
            Some(left) if *left > 0 => *left -= 1,
            _ => wrong.push(format!("order {} is not paid for", order["id"])),
        }
    }
    wrong
}
