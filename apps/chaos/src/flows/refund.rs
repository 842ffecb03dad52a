//! The shop gives the money of an order back: exactly once, to the provider and in the ledger.

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use serde_json::json;

use super::checkout::Checkout;
use super::{Asked, Client, Settled};
use crate::site::Site;

/// Someone of the shop, with an order that is paid.
#[derive(Debug)]
pub(super) struct Refund {
    checkout: Checkout,
    payment: String,
    /// A part of the total, so that a second refund would be possible: minor units.
    amount: i64,
    currency: String,
    /// The refund that was told.
    told: Option<String>,
}

impl Refund {
    pub(super) async fn prepare(site: &Site) -> Result<Self> {
        let (checkout, _) = Checkout::completed(site).await?;
        let order = checkout.order().await?.context("the order")?;
        let payment = order["payment_id"].as_str().context("a payment")?;
        let total = &order["totals"]["total"];
        let amount = total["amount"].as_i64().context("a total")?;
        let currency = total["currency"].as_str().context("a currency")?;
        Ok(Self {
            payment: payment.to_owned(),
            amount: amount / 3,
            currency: currency.to_owned(),
            checkout,
            told: None,
        })
    }
}

#[async_trait]
impl Client for Refund {
    async fn ask(&mut self, _: &Site) -> Result<Asked> {
        let shop = self.checkout.shop();
        let request = shop
            .post(&format!("/v1/payments/{}/refunds", self.payment))
            .bearer_auth(self.checkout.staff())
            .header("idempotency-key", "one-refund")
            .json(&json!({
                "amount": { "amount": self.amount, "currency": self.currency },
                "reason": "damaged",
            }));
        let Some(answer) = shop.send(request).await else {
            return Ok(Asked::Again);
        };
        if answer.says_again().await {
            return Ok(Asked::Again);
        }
        if answer.status >= 500 {
            return Ok(Asked::Again);
        }
        let id = answer.ok()?.text("id")?;
        if let Some(before) = &self.told {
            ensure!(*before == id, "first {before}, then {id}");
        }
        self.told = Some(id.clone());
        Ok(Asked::Told(id))
    }

    async fn settled(&mut self, site: &Site) -> Result<Settled> {
        let Some(id) = &self.told else {
            return Ok(Settled::NotYet("an answer".to_owned()));
        };
        let given: i64 = site
            .simulator
            .intents()
            .iter()
            .map(|intent| intent.refunded)
            .sum();
        ensure!(
            given <= self.amount,
            "{given} given back instead of {}",
            self.amount
        );
        let shop = self.checkout.shop();
        let payment = shop.get(&format!("/v1/payments/{}", self.payment));
        let payment = shop
            .must(payment.bearer_auth(self.checkout.staff()))
            .await?;
        let refunds = payment.body["refunds"].as_array().context("refunds")?;
        ensure!(refunds.len() == 1, "several refunds: {refunds:?}");
        ensure!(
            refunds[0]["id"] == id.as_str(),
            "another refund: {refunds:?}"
        );
        let order = self.checkout.order().await?.context("the order is lost")?;
        for (is_so, what) in [
            (given == self.amount, "the provider to give the money back"),
            (refunds[0]["status"] == "succeeded", "the refund to succeed"),
            (
                payment.body["refunded"]["amount"] == self.amount,
                "the payment to know",
            ),
            (
                order["refunded"]["amount"] == self.amount,
                "the order to know",
            ),
        ] {
            if !is_so {
                return Ok(Settled::NotYet(what.to_owned()));
            }
        }
        Ok(Settled::As("refunded once"))
    }
}
