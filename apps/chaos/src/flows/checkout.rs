//! A guest pays a cart at once, with a promotion that one order can have: "placed and paid", or "cancelled" with no money,
//! no stock and no redemption held.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use payment_simulator::Status;
use serde_json::Value;

use super::{Asked, Client, Settled};
use crate::shop::{Cart, Patience, Shop, Stock};
use crate::site::Site;

/// A guest with a full cart.
#[derive(Debug)]
pub(super) struct Checkout {
    shop: Shop,
    cart: Cart,
    staff: String,
    admin: String,
    /// Before the purchase.
    stock: Stock,
    /// Of the cart.
    promotion: String,
    /// What the client was told last.
    told: Option<Told>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Order(String),
    Nothing,
}

impl Checkout {
    pub(super) async fn prepare(site: &Site) -> Result<Self> {
        let shop = site.shop();
        let staff = shop.token("staff").await?;
        let admin = shop.token("admin").await?;
        let variant = shop.variants().await?.remove(0);
        let stock = shop.stock(&staff, &variant).await?;
        let promotion = shop.promote(&staff, "ONCE").await?;
        let cart = shop.fill_cart(&variant, "ada@example.org").await?;
        shop.enter_code(&cart, "ONCE").await?;
        Ok(Self {
            cart,
            shop,
            staff,
            admin,
            stock,
            promotion,
            told: None,
        })
    }

    /// Buys, and waits until everything that follows has happened; returns the order.
    pub(super) async fn completed(site: &Site) -> Result<(Self, String)> {
        let mut checkout = Self::prepare(site).await?;
        let mut patience = Patience::new("an order to be placed and paid");
        while checkout.told.is_none() {
            checkout.ask(site).await?;
            patience.wait().await?;
        }
        while checkout.settled(site).await? != Settled::As(PLACED) {
            patience.wait().await?;
        }
        match checkout.told.clone() {
            Some(Told::Order(order)) => Ok((checkout, order)),
            _ => anyhow::bail!("the checkout came to nothing"),
        }
    }

    pub(super) fn shop(&self) -> &Shop {
        &self.shop
    }

    pub(super) fn staff(&self) -> &str {
        &self.staff
    }

    /// What there is of the thing that is bought.
    pub(super) async fn stock(&self) -> Result<Stock> {
        self.shop.stock(&self.staff, &self.cart.variant).await
    }

    /// The order as it stands now.
    pub(super) async fn order(&self) -> Result<Option<Value>> {
        let mut orders = self.shop.orders(&self.staff).await?;
        orders.retain(|order| order["cart_id"] == self.cart.id.as_str());
        ensure!(
            orders.len() <= 1,
            "one cart became several orders: {orders:?}"
        );
        Ok(orders.pop())
    }

    async fn placed(&self, site: &Site, id: &str) -> Result<Settled> {
        let order = self
            .order()
            .await?
            .context("the order that was told of is lost")?;
        ensure!(
            order["id"] == id,
            "another order than the one told: {order}"
        );
        ensure!(
            order["status"] != "cancelled",
            "told as placed, but cancelled: {order}"
        );
        let total = order["totals"]["total"]["amount"]
            .as_i64()
            .context("a total")?;
        ensure!(
            order["totals"]["discount"]["amount"].as_i64() > Some(0),
            "the discount is lost: {order}"
        );
        let redeemed = self.shop.redeemed(&self.staff, &self.promotion).await?;
        ensure!(redeemed == 1, "redeemed {redeemed} times by one order");
        let taken: i64 = site
            .simulator
            .intents()
            .iter()
            .map(|intent| intent.captured)
            .sum();
        ensure!(taken <= total, "{taken} taken for an order of {total}");
        let holding = site.simulator.intents();
        let holding = holding
            .iter()
            .filter(|intent| holds_money(intent.status))
            .count();
        ensure!(holding <= 1, "the buyer's money is held {holding} times");
        let stock = self.shop.stock(&self.staff, &self.cart.variant).await?;
        let sold = Stock {
            on_hand: self.stock.on_hand - 1,
            ..self.stock
        };
        let mails = site.catcher.messages_to(&self.cart.email);
        let number = order["number"].as_str().context("a number")?;
        let confirmations: BTreeSet<_> = mails
            .iter()
            .filter(|mail| mail.subject.contains(number))
            .map(|mail| mail.message_id.clone())
            .collect();
        ensure!(
            confirmations.len() <= 1,
            "different confirmations: {confirmations:?}"
        );
        let entries = self.shop.audit(&self.admin, id).await?;
        let entries = entries
            .iter()
            .filter(|entry| entry["action"] == "order.placed")
            .count();
        ensure!(entries <= 1, "the audit log has it {entries} times");
        for (is_so, what) in [
            (order["status"] == "placed", "the order to be placed"),
            (
                order["payment_status"] == "captured",
                "the order to know that it is paid",
            ),
            (taken == total, "the money to be taken"),
            (stock == sold, "the stock to be sold"),
            (confirmations.len() == 1, "the confirmation to arrive"),
            (entries == 1, "the audit log to know"),
        ] {
            if !is_so {
                return Ok(Settled::NotYet(format!("{what}; {stock:?}")));
            }
        }
        Ok(Settled::As(PLACED))
    }

    async fn cancelled(&self, site: &Site) -> Result<Settled> {
        let order = self.order().await?;
        let is_open = order
            .as_ref()
            .is_some_and(|order| order["status"] != "cancelled");
        let intents = site.simulator.intents();
        let held: i64 = intents
            .iter()
            .map(|intent| intent.captured - intent.refunded)
            .sum();
        let stock = self.shop.stock(&self.staff, &self.cart.variant).await?;
        let redeemed = self.shop.redeemed(&self.staff, &self.promotion).await?;
        let is_held = intents
            .iter()
            .any(|intent| intent.status == Status::Authorized);
        for (is_so, what) in [
            (!is_open, "the order to be cancelled"),
            (held == 0 && !is_held, "the money to be let go"),
            (stock == self.stock, "the stock to be let go"),
            (redeemed == 0, "the promotion to be let go"),
        ] {
            if !is_so {
                return Ok(Settled::NotYet(what.to_owned()));
            }
        }
        Ok(Settled::As("cancelled, nothing held"))
    }
}

/// How a checkout that went well ends.
pub(super) const PLACED: &str = "placed and paid";

fn holds_money(status: Status) -> bool {
    matches!(
        status,
        Status::Authorized | Status::Captured | Status::PartiallyRefunded
    )
}

#[async_trait]
impl Client for Checkout {
    async fn ask(&mut self, _: &Site) -> Result<Asked> {
        let request = self.shop.check_out(&self.cart);
        let Some(answer) = self.shop.send(request).await else {
            return Ok(Asked::Again);
        };
        if answer.says_again().await {
            return Ok(Asked::Again);
        }
        let told = match (answer.status, answer.body["status"].as_str()) {
            (201, Some("completed")) => Told::Order(answer.text("order_id")?),
            (201, Some("failed" | "expired" | "cancelled")) | (400..=499, _) => Told::Nothing,
            (201 | 500..=599, _) => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                return Ok(Asked::Again);
            }
            _ => anyhow::bail!("nobody promised this answer: {answer:?}"),
        };
        if let Some(before) = &self.told {
            ensure!(*before == told, "first {before:?}, then {told:?}");
        }
        self.told = Some(told.clone());
        Ok(Asked::Told(format!("{told:?}")))
    }

    async fn settled(&mut self, site: &Site) -> Result<Settled> {
        match self.told.clone() {
            Some(Told::Order(id)) => self.placed(site, &id).await,
            Some(Told::Nothing) => self.cancelled(site).await,
            None => Ok(Settled::NotYet("an answer".to_owned())),
        }
    }
}
