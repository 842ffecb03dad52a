//! What must be true in the end, whatever happened: orders, money, stock and mails agree with what clients were told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::time::Instant;

use crate::load::Books;
use crate::report::Report;
use crate::shop::{Shop, Stock};
use crate::site::Site;

/// How long the server may take to bring everything to an end.
const PATIENCE: Duration = Duration::from_mins(4);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// Between two moves of the clock: a look at thousands of orders takes longer than that.
const UNAIDED: Duration = Duration::from_millis(1_500);
/// First and largest move of the clock, in seconds: what failed often waits long for its next attempt.
const STEPS: (u32, u32) = (16, 600);

/// The stock of each variant before anything was sold.
pub(crate) type Initial = BTreeMap<String, Stock>;

/// Counts the stock of these variants.
pub(crate) async fn count(shop: &Shop, staff: &str, variants: &[String]) -> Result<Initial> {
    let mut initial = Initial::new();
    for variant in variants {
        initial.insert(variant.clone(), shop.stock(staff, variant).await?);
    }
    Ok(initial)
}

/// Waits until everything has come to an end, then compares; broken promises go to the report.
pub(crate) async fn judge(
    site: &Site,
    books: &Books,
    initial: &Initial,
    report: &mut Report,
) -> Result<Judged> {
    let shop = site.shop();
    let mut staff = shop.token("staff").await?;
    let limit = Instant::now() + PATIENCE;
    let (mut helped, mut step) = (Instant::now(), STEPS.0);
    let judgement = loop {
        let judgement = Judgement::of(site, &shop, &staff, books, initial).await?;
        if judgement.failures.is_empty() || Instant::now() > limit {
            break judgement;
        }
        if helped.elapsed() > UNAIDED {
            helped = Instant::now();
            site.advance(step).await?;
            step = (2 * step).min(STEPS.1);
            staff = shop.token("staff").await?; // they do not live long
        }
        tokio::time::sleep(LOOK).await;
    };
    report.failures.extend(judgement.failures);
    report.notes.push(format!(
        "{} intents, {} orders, {} mails of which {} were sent again",
        books.carts().len(),
        judgement.placed.len(),
        judgement.mails,
        judgement.mails - judgement.distinct
    ));
    Ok(Judged {
        orders: judgement.placed,
        sent_again: judgement.mails - judgement.distinct,
    })
}

/// What was found in the end.
#[derive(Debug)]
pub(crate) struct Judged {
    /// Ids of the orders that were placed.
    pub(crate) orders: Vec<String>,
    /// Mails that came more than once.
    pub(crate) sent_again: usize,
}

#[derive(Default)]
struct Judgement {
    failures: Vec<String>,
    placed: Vec<String>,
    mails: usize,
    distinct: usize,
}

impl Judgement {
    async fn of(
        site: &Site,
        shop: &Shop,
        staff: &str,
        books: &Books,
        initial: &Initial,
    ) -> Result<Self> {
        let mut judgement = Self::default();
        let orders = shop.orders(staff).await?;
        let placed = judgement.orders(books, &orders)?;
        judgement.money(site, &placed);
        let wrong = wrong_stock(shop, staff, initial, &placed).await?;
        judgement.failures.extend(wrong);
        judgement.mail(site, &placed);
        let ids = placed.iter().filter_map(|order| order["id"].as_str());
        judgement.placed = ids.map(str::to_owned).collect();
        Ok(judgement)
    }

    fn broken(&mut self, what: String) {
        self.failures.push(what);
    }

    /// Every acknowledged order exists, every intent came to one order at most, and nothing is half done.
    fn orders<'o>(&mut self, books: &Books, orders: &'o [Value]) -> Result<Vec<&'o Value>> {
        let mut by_cart: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for order in orders {
            let cart = order["cart_id"].as_str().context("a cart")?;
            by_cart.entry(cart).or_default().push(order);
        }
        let mut placed = Vec::new();
        let acknowledged = books.acknowledged()?;
        for (cart, orders) in &by_cart {
            if orders.len() > 1 {
                self.broken(format!("cart {cart} became {} orders", orders.len()));
            }
            if !books.carts().contains_key(*cart) {
                self.broken(format!("nobody asked for the order of cart {cart}"));
            }
            for order in orders {
                match (order["status"].as_str(), order["payment_status"].as_str()) {
                    (Some("cancelled"), _) => {}
                    (Some("placed"), Some("captured")) => placed.push(*order),
                    (status, paid) => {
                        self.broken(format!("order {} is {status:?}, {paid:?}", order["id"]));
                    }
                }
            }
        }
        for (cart, told) in acknowledged {
            let told: BTreeSet<String> = told.into_iter().collect();
            if told.len() != 1 {
                self.broken(format!("cart {cart} was told {told:?}"));
            }
            for order in told.iter().filter(|told| *told != "refused") {
                let found = by_cart.get(cart.as_str()).into_iter().flatten();
                if !found.into_iter().any(|found| found["id"] == order.as_str()) {
                    self.broken(format!("order {order}, acknowledged, is lost"));
                }
            }
        }
        Ok(placed)
    }

    /// What the provider took is what the orders are worth, one for one.
    fn money(&mut self, site: &Site, placed: &[&Value]) {
        let intents = site.simulator.intents();
        let mut taken: Vec<i64> = intents
            .iter()
            .map(|intent| intent.captured - intent.refunded)
            .filter(|amount| *amount != 0)
            .collect();
        let mut worth: Vec<i64> = placed
            .iter()
            .filter_map(|order| order["totals"]["total"]["amount"].as_i64())
            .collect();
        taken.sort_unstable();
        worth.sort_unstable();
        if taken != worth {
            self.broken(format!(
                "the provider holds {} payments of {} in all, the orders are {} of {}",
                taken.len(),
                taken.iter().sum::<i64>(),
                worth.len(),
                worth.iter().sum::<i64>()
            ));
        }
        let held = intents
            .iter()
            .filter(|intent| intent.status == payment_simulator::Status::Authorized);
        let held = held.count();
        if held > 0 {
            self.broken(format!("{held} payments are held and never taken"));
        }
    }

    /// Every order has its confirmation, one and the same however often it was sent.
    fn mail(&mut self, site: &Site, placed: &[&Value]) {
        let mut by_subject: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
        for mail in site.catcher.messages() {
            by_subject
                .entry(mail.subject)
                .or_default()
                .push(mail.message_id);
        }
        for order in placed {
            let number = order["number"].as_str().unwrap_or_default();
            let ids: Vec<_> = by_subject
                .iter()
                .filter(|(subject, _)| subject.contains(number))
                .flat_map(|(_, ids)| ids)
                .collect();
            let distinct: BTreeSet<_> = ids.iter().collect();
            self.mails += ids.len();
            self.distinct += distinct.len();
            if distinct.len() != 1 {
                self.broken(format!(
                    "order {number} has {} confirmations",
                    distinct.len()
                ));
            }
        }
    }
}

/// What is gone from the shelves was sold, and nothing is reserved for nobody: returns what is not so.
pub(crate) async fn wrong_stock(
    shop: &Shop,
    staff: &str,
    initial: &Initial,
    placed: &[&Value],
) -> Result<Vec<String>> {
    let mut sold: BTreeMap<&str, i64> = BTreeMap::new();
    for line in placed
        .iter()
        .flat_map(|order| order["lines"].as_array().into_iter().flatten())
    {
        let variant = line["variant_id"].as_str().context("a variant")?;
        *sold.entry(variant).or_default() += line["quantity"].as_i64().context("a quantity")?;
    }
    let mut wrong = Vec::new();
    for (variant, before) in initial {
        let now = shop.stock(staff, variant).await?;
        let expected = Stock {
            on_hand: before.on_hand - sold.get(variant.as_str()).copied().unwrap_or_default(),
            reserved: before.reserved,
        };
        if now != expected {
            wrong.push(format!(
                "stock of {variant}: {now:?} instead of {expected:?}"
            ));
        }
    }
    Ok(wrong)
}
