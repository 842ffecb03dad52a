//! The shop as its clients see it. Silence is an answer: the server may be gone at any moment.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// How often something is looked for that the server does in the background, 25 ms apart.
const LOOKS: u32 = 2_400;
const LOOK: Duration = Duration::from_millis(25);

/// Sends requests to one installation.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    http: Client,
    api: String,
    accounts: PathBuf,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) cart_token: Option<String>,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

/// A cart ready to be bought, with its secret.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) variant: String,
    pub(crate) email: String,
}

/// How much of a variant there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stock {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
}

impl Answer {
    /// How long to wait before the same request is sent again, if the answer says that it should be.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let millis = self.body["retry_after_ms"].as_u64().unwrap_or(100);
        (self.body["retry"] == "after").then_some(Duration::from_millis(millis))
    }

    /// Waits as long as the answer says, and not longer than anybody likes to, if the same request is to be sent again;
    /// says whether it is.
    pub(crate) async fn says_again(&self) -> bool {
        const LONGEST: Duration = Duration::from_millis(200);
        let pause = self.retry_after();
        if let Some(pause) = pause {
            tokio::time::sleep(pause.min(LONGEST)).await;
        }
        pause.is_some()
    }

    /// The answer, if it is a success.
    pub(crate) fn ok(self) -> Result<Self> {
        ensure!(
            (200..300).contains(&self.status),
            "expected a success: {self:?}"
        );
        Ok(self)
    }

    /// The text of a member.
    pub(crate) fn text(&self, member: &str) -> Result<String> {
        let text = self.body[member].as_str().map(str::to_owned);
        text.with_context(|| format!("no {member} in {self:?}"))
    }
}

impl Shop {
    pub(crate) fn new(http: Client, api: &str, data_dir: &Path) -> Self {
        Self {
            http,
            api: api.to_owned(),
            accounts: data_dir.join("demo-accounts.txt"),
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.api))
    }

    pub(crate) fn patch(&self, path: &str) -> RequestBuilder {
        self.http.patch(format!("{}{path}", self.api))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.api))
    }

    /// Sends a request; `None` if no whole answer came.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Option<Answer> {
        let answer = request.send().await.ok()?;
        let header = |name: &str| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (etag, cart_token) = (header("etag"), header("cart-token"));
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.ok()?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).ok()?
        };
        Some(Answer {
            status,
            etag,
            cart_token,
            body,
            bytes: bytes.into(),
        })
    }

    /// Sends a request that must succeed.
    pub(crate) async fn must(&self, request: RequestBuilder) -> Result<Answer> {
        let answer = self.send(request).await.context("no answer came")?;
        answer.ok()
    }

    /// Signs in one of the demo accounts: `admin`, `staff`, `buyer`. The answer has the tokens.
    pub(crate) async fn sign_in(&self, account: &str) -> Result<Answer> {
        let accounts = std::fs::read_to_string(&self.accounts)
            .with_context(|| self.accounts.display().to_string())?;
        let line = accounts.lines().find_map(|line| line.strip_prefix(account));
        let mut words = line.context("a seeded account")?.split_whitespace();
        let (email, password) = (words.next(), words.next());
        let body = json!({ "email": email, "password": password });
        self.must(self.post("/v1/auth/sessions").json(&body)).await
    }

    /// An access token of a demo account.
    pub(crate) async fn token(&self, account: &str) -> Result<String> {
        self.sign_in(account).await?.text("access_token")
    }

    /// Variants in stock.
    pub(crate) async fn variants(&self) -> Result<Vec<String>> {
        let products = self.must(self.get("/v1/products?limit=50")).await?;
        let products = products.body["data"].as_array().context("a list")?.clone();
        let variants: Vec<String> = products
            .iter()
            .flat_map(|product| product["variants"].as_array().into_iter().flatten())
            .filter(|variant| variant["in_stock"] == true)
            .filter_map(|variant| variant["id"].as_str().map(str::to_owned))
            .collect();
        ensure!(!variants.is_empty(), "nothing is in stock");
        Ok(variants)
    }

    /// Fills a cart with one piece of a variant; fails if the server goes away meanwhile.
    pub(crate) async fn fill_cart(&self, variant: &str, email: &str) -> Result<Cart> {
        let cart = self.post("/v1/carts").json(&json!({ "currency": "EUR" }));
        let cart = self.must(cart).await.context("a cart")?;
        let id = cart.text("id")?;
        let token = cart.cart_token.context("a secret of the cart")?;
        let line = self
            .post(&format!("/v1/carts/{id}/lines"))
            .header("cart-token", &token)
            .json(&json!({ "variant_id": variant, "quantity": 1 }));
        let line = self.must(line).await.context("a line")?;
        let etag = line.etag.context("an ETag")?;
        let delivery = json!({
            "email": email,
            "shipping_method": "standard",
            "shipping_address": {
                "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
            },
        });
        let patch = self
            .http
            .patch(format!("{}/v1/carts/{id}", self.api))
            .header("cart-token", &token)
            .header("if-match", etag)
            .json(&delivery);
        self.must(patch).await.context("the delivery")?;
        Ok(Cart {
            id,
            token,
            variant: variant.to_owned(),
            email: email.to_owned(),
        })
    }

    /// Starts the checkout of a cart, under the cart's id as key.
    pub(crate) fn check_out(&self, cart: &Cart) -> RequestBuilder {
        self.check_out_with(cart, "pm_success")
    }

    /// As [`Shop::check_out`], with a payment method of the simulator.
    pub(crate) fn check_out_with(&self, cart: &Cart, method: &str) -> RequestBuilder {
        self.post("/v1/checkouts")
            .header("cart-token", &cart.token)
            .header("idempotency-key", &cart.id)
            .json(&json!({ "cart_id": cart.id, "payment_method": method }))
    }

    /// Makes a promotion that one order can have; returns its id.
    pub(crate) async fn promote(&self, staff: &str, code: &str) -> Result<String> {
        let body = json!({ "code": code, "kind": "percent", "rate": "0.10", "total_limit": 1 });
        let made = self.post("/v1/promotions").bearer_auth(staff).json(&body);
        self.must(made).await.context("a promotion")?.text("id")
    }

    /// Enters a promotion code into a cart.
    pub(crate) async fn enter_code(&self, cart: &Cart, code: &str) -> Result<()> {
        let entered = self
            .post(&format!("/v1/carts/{}/promotion-codes", cart.id))
            .header("cart-token", &cart.token)
            .json(&json!({ "code": code }));
        self.must(entered).await.context("a code")?;
        Ok(())
    }

    /// How often a promotion is redeemed.
    pub(crate) async fn redeemed(&self, staff: &str, promotion: &str) -> Result<i64> {
        let path = format!("/v1/promotions/{promotion}");
        let found = self.must(self.get(&path).bearer_auth(staff)).await?;
        found.body["redeemed"].as_i64().context("a count")
    }

    /// How much of a variant there is, over all locations.
    pub(crate) async fn stock(&self, staff: &str, variant: &str) -> Result<Stock> {
        let path = format!("/v1/inventory/levels?limit=200&variant_id={variant}");
        let levels = self.must(self.get(&path).bearer_auth(staff)).await?;
        let sum = |member: &str| {
            let levels = levels.body["data"].as_array().into_iter().flatten();
            levels.filter_map(|level| level[member].as_i64()).sum()
        };
        Ok(Stock {
            on_hand: sum("on_hand"),
            reserved: sum("reserved"),
        })
    }

    /// All orders, newest or oldest first.
    pub(crate) async fn orders(&self, staff: &str) -> Result<Vec<Value>> {
        let mut orders = Vec::new();
        let mut path = "/v1/orders?limit=200".to_owned();
        loop {
            let page = self.must(self.get(&path).bearer_auth(staff)).await?;
            orders.extend(page.body["data"].as_array().into_iter().flatten().cloned());
            match page.body["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/orders?limit=200&cursor={cursor}"),
                None => return Ok(orders),
            }
        }
    }

    /// Entries of the audit log about something.
    pub(crate) async fn audit(&self, admin: &str, target: &str) -> Result<Vec<Value>> {
        let path = format!("/v1/audit/entries?limit=200&target={target}");
        let page = self.must(self.get(&path).bearer_auth(admin)).await?;
        Ok(page.body["data"].as_array().cloned().unwrap_or_default())
    }
}

/// Waits for something that the server brings about in the background, in real time; a minute at most.
#[derive(Debug)]
pub(crate) struct Patience {
    what: &'static str,
    left: u32,
}

impl Patience {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, left: LOOKS }
    }

    /// Waits a little before the next look; fails if that was the last one.
    pub(crate) async fn wait(&mut self) -> Result<()> {
        ensure!(self.left > 0, "waited in vain for {}", self.what);
        self.left -= 1;
        tokio::time::sleep(LOOK).await;
        Ok(())
    }
}
