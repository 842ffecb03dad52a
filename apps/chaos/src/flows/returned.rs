//! A return arrives: on the shelf exactly once, and paid back exactly once.

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::checkout::Checkout;
use super::{Asked, Client, Settled};
use crate::shop::Stock;
use crate::site::Site;

/// Someone of the shop, with a piece that a buyer sent back.
#[derive(Debug)]
pub(super) struct Returned {
    checkout: Checkout,
    id: String,
    line: String,
    /// What was paid for the piece, in minor units.
    amount: i64,
    /// Before the piece came back.
    stock: Stock,
    told: bool,
}

impl Returned {
    pub(super) async fn prepare(site: &Site) -> Result<Self> {
        let (checkout, order) = Checkout::completed(site).await?;
        let found = checkout.order().await?.context("the order")?;
        let line = &found["lines"][0];
        let amount = line["total"]["amount"].as_i64().context("a total")?;
        let line = line["line_id"].as_str().context("a line")?.to_owned();
        let pieces = json!({ "lines": [{ "line_id": line, "quantity": 1 }] });
        let path = format!("/v1/orders/{order}/fulfillments");
        let parcel = do_it(&checkout, &path, "parcel", &pieces).await?;
        let shop = checkout.shop();
        let id = parcel["id"].as_str().context("a parcel")?;
        let sent = shop
            .patch(&format!("/v1/fulfillments/{id}"))
            .bearer_auth(checkout.staff())
            .header("if-match", "\"v1\"")
            .json(&json!({ "status": "shipped" }));
        shop.must(sent).await?;
        let wish = json!({ "lines": [{ "line_id": line, "quantity": 1, "reason": "damaged" }] });
        let path = format!("/v1/orders/{order}/returns");
        let made = do_it(&checkout, &path, "return", &wish).await?;
        let id = made["id"].as_str().context("a return")?.to_owned();
        let stock = checkout.stock().await?;
        Ok(Self {
            checkout,
            id,
            line,
            amount,
            stock,
            told: false,
        })
    }
}

async fn do_it(checkout: &Checkout, path: &str, key: &str, body: &Value) -> Result<Value> {
    let shop = checkout.shop();
    let request = shop
        .post(path)
        .bearer_auth(checkout.staff())
        .header("idempotency-key", key)
        .json(body);
    Ok(shop.must(request).await?.body)
}

#[async_trait]
impl Client for Returned {
    async fn ask(&mut self, _: &Site) -> Result<Asked> {
        let shop = self.checkout.shop();
        let request = shop
            .post(&format!("/v1/returns/{}/receipts", self.id))
            .bearer_auth(self.checkout.staff())
            .header("idempotency-key", "one-receipt")
            .json(&json!({ "lines": [
                { "line_id": self.line, "received": 1, "restock": true, "condition": "opened" },
            ] }));
        let Some(answer) = shop.send(request).await else {
            return Ok(Asked::Again);
        };
        if answer.says_again().await {
            return Ok(Asked::Again);
        }
        if answer.status >= 500 {
            return Ok(Asked::Again);
        }
        let answer = answer.ok()?;
        ensure!(
            answer.body["status"] == "received",
            "not received: {:?}",
            answer.body
        );
        self.told = true;
        Ok(Asked::Told(answer.text("id")?))
    }

    async fn settled(&mut self, site: &Site) -> Result<Settled> {
        if !self.told {
            return Ok(Settled::NotYet("an answer".to_owned()));
        }
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
        let stock = self.checkout.stock().await?;
        let back = Stock {
            on_hand: self.stock.on_hand + 1,
            ..self.stock
        };
        ensure!(
            stock.on_hand <= back.on_hand,
            "one piece is on the shelf several times: {stock:?}"
        );
        let shop = self.checkout.shop();
        let found = shop.get(&format!("/v1/returns/{}", self.id));
        let found = shop.must(found.bearer_auth(self.checkout.staff())).await?;
        let order = self.checkout.order().await?.context("the order is lost")?;
        for (is_so, what) in [
            (stock == back, "the piece to be on the shelf"),
            (given == self.amount, "the provider to give the money back"),
            (
                found.body["restock_status"] == "done",
                "the return to know of the shelf",
            ),
            (
                found.body["refund"]["status"] == "succeeded",
                "the return to know of the money",
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
        Ok(Settled::As("restocked and refunded once"))
    }
}
