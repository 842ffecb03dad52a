//! A guest with a cart, and the checkout that comes of it.

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};

use super::http::Reply;
use super::lab::{BUSY, Goods, Lab, equal};

/// A guest who is about to buy.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) email: String,
    pub(crate) cart: String,
    token: String,
}

/// A checkout that was begun.
#[derive(Debug, Clone)]
pub(crate) struct Checkout {
    pub(crate) id: String,
    pub(crate) order: String,
    pub(crate) payment: String,
}

/// How the provider's books look, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money {
    /// Promised and neither taken nor let go.
    pub(crate) held: i64,
    /// Taken and not given back.
    pub(crate) taken: i64,
    /// Taken and given back.
    pub(crate) returned: i64,
}

pub(crate) const NO_MONEY: Money = Money {
    held: 0,
    taken: 0,
    returned: 0,
};

impl Buyer {
    /// A guest whose cart is ready for checkout. A cart that a busy shop did not fill in time is left behind.
    pub(crate) async fn with(lab: &Lab, goods: &Goods, pieces: u32) -> Result<Self> {
        let mut last = Self::try_with(lab, goods, pieces).await;
        for _ in 1..BUSY {
            match &last {
                Err(error) if format!("{error:#}").contains("saw 503") => {}
                _ => break,
            }
            last = Self::try_with(lab, goods, pieces).await;
        }
        last
    }

    async fn try_with(lab: &Lab, goods: &Goods, pieces: u32) -> Result<Self> {
        let url = lab.url("/v1/carts");
        let body = json!({ "currency": "EUR" });
        let cart = lab.http.post(&url, &[], &body).await?.expect(201)?;
        let buyer = Self {
            email: format!("{}@example.org", lab.name("guest")),
            cart: cart.text("/id")?,
            token: cart.cart_token.context("a guest gets a cart token")?,
        };
        let line = json!({ "variant_id": goods.variant, "quantity": pieces });
        let path = format!("/v1/carts/{}", buyer.cart);
        let cart = buyer
            .ask(lab, Method::POST, &format!("{path}/lines"), None, &line)
            .await?
            .expect(201)?;
        let delivery = json!({
            "email": buyer.email,
            "shipping_method": "standard",
            "shipping_address": {
                "name": "Ada Lovelace", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
            },
        });
        let etag = cart.etag.context("a cart has an ETag")?;
        let headers = [("cart-token", buyer.token.as_str()), ("if-match", &etag)];
        let url = lab.url(&path);
        let changed = lab
            .http
            .send(Method::PATCH, &url, &headers, Some(&delivery));
        changed.await?.expect(200)?;
        Ok(buyer)
    }

    /// Changes nothing of the cart, and so accepts the prices of now.
    pub(crate) async fn accept_prices(&self, lab: &Lab) -> Result<()> {
        let path = format!("/v1/carts/{}", self.cart);
        let cart = self.ask(lab, Method::GET, &path, None, &Value::Null);
        let etag = cart.await?.expect(200)?.etag;
        let etag = etag.context("a cart has an ETag")?;
        let headers = [("cart-token", self.token.as_str()), ("if-match", &etag)];
        let nothing = json!({ "billing_address": null });
        let url = lab.url(&path);
        let changed = lab.http.send(Method::PATCH, &url, &headers, Some(&nothing));
        changed.await?.expect(200).map(drop)
    }

    /// Asks with the cart's secret.
    pub(crate) async fn ask(
        &self,
        lab: &Lab,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<Reply> {
        let mut headers = vec![("cart-token", self.token.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let body = (method != Method::GET).then_some(body);
        lab.http.send(method, &lab.url(path), &headers, body).await
    }

    /// Starts a checkout under a key; without a method it is paid on the provider's page.
    pub(crate) async fn check_out(
        &self,
        lab: &Lab,
        key: &str,
        method: Option<&str>,
    ) -> Result<Reply> {
        let mut body = json!({ "cart_id": self.cart });
        if let Some(method) = method {
            body["payment_method"] = json!(method);
        }
        self.ask(lab, Method::POST, "/v1/checkouts", Some(key), &body)
            .await
    }

    /// Starts a checkout and checks where it stands then.
    pub(crate) async fn begin(
        &self,
        lab: &Lab,
        method: Option<&str>,
        status: &str,
    ) -> Result<Checkout> {
        let key = lab.name("checkout");
        let mut reply = self.check_out(lab, &key, method).await?;
        for _ in 1..BUSY {
            if reply.status != 503 {
                break;
            }
            reply = self.check_out(lab, &key, method).await?;
        }
        let reply = reply.expect(201)?;
        let seen = reply.text("/status")?;
        equal("status of the checkout", &seen.as_str(), &status)?;
        self.checkout(lab, &reply).await
    }

    /// The parts of a checkout that was answered with. Its payment stands on the order.
    pub(crate) async fn checkout(&self, lab: &Lab, reply: &Reply) -> Result<Checkout> {
        let order = reply.text("/order_id")?;
        let found = lab.order(&order).await?;
        let payment = found["payment_id"].as_str().context("a payment")?;
        Ok(Checkout {
            id: reply.text("/id")?,
            payment: payment.to_owned(),
            order,
        })
    }

    /// The checkout as the buyer sees it.
    pub(crate) async fn look(&self, lab: &Lab, checkout: &Checkout) -> Result<Value> {
        let path = format!("/v1/checkouts/{}", checkout.id);
        let mut reply = self
            .ask(lab, Method::GET, &path, None, &Value::Null)
            .await?;
        for _ in 1..BUSY {
            if reply.status != 503 {
                break;
            }
            reply = self
                .ask(lab, Method::GET, &path, None, &Value::Null)
                .await?;
        }
        Ok(reply.expect(200)?.body)
    }

    /// Says that something happened.
    pub(crate) async fn confirm(
        &self,
        lab: &Lab,
        checkout: &Checkout,
        key: Option<&str>,
        method: Option<&str>,
    ) -> Result<Reply> {
        let path = format!("/v1/checkouts/{}/confirmations", checkout.id);
        let body = method.map_or(json!({}), |method| json!({ "payment_method": method }));
        self.ask(lab, Method::POST, &path, key, &body).await
    }

    /// Waits for a status of the checkout.
    pub(crate) async fn sees(&self, lab: &Lab, checkout: &Checkout, status: &str) -> Result<()> {
        lab.until("status of the checkout", status.to_owned(), async || {
            let seen = self.look(lab, checkout).await?;
            Ok(seen["status"].as_str().unwrap_or_default().to_owned())
        })
        .await
    }

    /// Waits for exactly these mails: `placed`, `cancelled`, `returned`, `refund`. The lab looks again when it closes.
    pub(crate) async fn gets_mails(&self, lab: &Lab, kinds: &[&'static str]) -> Result<()> {
        lab.tell(&self.email, kinds);
        lab.until("mails to the buyer", kinds.to_vec(), async || {
            lab.mails(&self.email).await
        })
        .await
    }
}

impl Checkout {
    /// Our references of all attempts to pay: the provider knows them by these.
    pub(crate) async fn attempts(&self, lab: &Lab) -> Result<Vec<String>> {
        let payment = lab.payment(&self.payment).await?;
        let attempts = payment["attempts"].as_array().context("attempts")?.iter();
        Ok(attempts
            .filter_map(|attempt| attempt["id"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// Our reference of the only attempt.
    pub(crate) async fn attempt(&self, lab: &Lab) -> Result<String> {
        let mut attempts = self.attempts(lab).await?;
        equal("attempts to pay", &attempts.len(), &1)?;
        Ok(attempts.remove(0))
    }

    /// Status of each attempt, first one first.
    pub(crate) async fn attempts_are(&self, lab: &Lab, expected: &[&str]) -> Result<()> {
        let expected: Vec<String> = expected.iter().map(|one| (*one).to_owned()).collect();
        lab.until("status of the attempts", expected, async || {
            let payment = lab.payment(&self.payment).await?;
            let attempts = payment["attempts"].as_array().context("attempts")?.iter();
            let status =
                |attempt: &Value| attempt["status"].as_str().unwrap_or_default().to_owned();
            Ok(attempts.map(status).collect::<Vec<_>>())
        })
        .await
    }

    /// Waits for status and payment status of the order.
    pub(crate) async fn order_is(&self, lab: &Lab, status: &str, payment: &str) -> Result<()> {
        let expected = format!("{status}, {payment}");
        lab.until("the order and its payment", expected, async || {
            let order = lab.order(&self.order).await?;
            let word = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
            Ok(format!("{}, {}", word("status"), word("payment_status")))
        })
        .await
    }

    /// Waits until the provider's books say this of all attempts together.
    pub(crate) async fn provider_has(&self, lab: &Lab, expected: Money) -> Result<()> {
        lab.until("the provider's books", expected, async || {
            let mut sum = NO_MONEY;
            for attempt in self.attempts(lab).await? {
                let intent = lab.provider.intent(&attempt).await?;
                let number = |name: &str| intent[name].as_i64().unwrap_or_default();
                if intent["status"] == "authorized" {
                    sum.held += number("amount");
                }
                sum.taken += number("captured") - number("refunded");
                sum.returned += number("refunded");
            }
            Ok(sum)
        })
        .await
    }

    /// Waits for the kinds of the ledger's entries, oldest first.
    pub(crate) async fn ledger_has(&self, lab: &Lab, kinds: &[&str]) -> Result<()> {
        let expected: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        lab.until("entries of the ledger", expected, async || {
            lab.ledger(&self.payment).await
        })
        .await
    }

    /// The usual good end: placed and paid, `pieces` of `goods` left, one mail.
    pub(crate) async fn is_bought(&self, lab: &Lab, buyer: &Buyer, amount: i64) -> Result<()> {
        self.order_is(lab, "placed", "captured").await?;
        let taken = Money {
            taken: amount,
            ..NO_MONEY
        };
        self.provider_has(lab, taken).await?;
        self.ledger_has(lab, &["authorization", "capture"]).await?;
        buyer.gets_mails(lab, &["placed"]).await
    }
}

/// Waits for pieces that lie there and those promised.
pub(crate) async fn pieces_are(
    lab: &Lab,
    goods: &Goods,
    on_hand: i64,
    reserved: i64,
) -> Result<()> {
    let expected = json!({ "on_hand": on_hand, "reserved": reserved });
    lab.until("pieces in stock", expected, async || {
        lab.pieces(goods).await
    })
    .await
}
