//! A guest who fills a cart and checks out, again and again.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Books;
use super::account::Asked;
use super::timeline::Outcome;

/// Between two purchases: a load that a test machine stands.
const PAUSE: Duration = Duration::from_millis(60);
/// After silence: the server is being restarted.
const PATIENCE: Duration = Duration::from_millis(100);
/// The longest that a buyer waits because an answer says so.
const LONGEST: Duration = Duration::from_secs(1);
/// How often one request is repeated at most once buying has stopped.
const REPEATS: usize = 200;

/// Something that can be bought.
#[derive(Debug)]
pub(crate) struct Variant(String);

/// Buys, and writes down what was told.
#[derive(Debug, Clone)]
pub(crate) struct Shopper {
    http: reqwest::Client,
    api: String,
    books: Arc<Books>,
}

/// An answer, read to its end.
struct Answer {
    status: u16,
    etag: Option<String>,
    cart_token: Option<String>,
    body: Value,
}

impl Shopper {
    pub(super) fn new(api: &str, books: Arc<Books>) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()?;
        Ok(Self {
            http,
            api: api.trim_end_matches('/').to_owned(),
            books,
        })
    }

    /// What is in stock for euros.
    pub(super) async fn variants(&self) -> Result<Vec<Variant>> {
        let answer = self.send(self.http.get(self.url("/v1/products?limit=50")));
        let answer = answer.await.context("the shop does not answer")?;
        let products = answer.body["data"].as_array().context("a list")?.clone();
        let variants: Vec<Variant> = products
            .iter()
            .flat_map(|product| product["variants"].as_array().into_iter().flatten())
            .filter(|variant| variant["in_stock"] == true)
            .filter_map(|variant| variant["id"].as_str())
            .map(|id| Variant(id.to_owned()))
            .collect();
        if variants.is_empty() {
            bail!("nothing is in stock");
        }
        Ok(variants)
    }

    /// Buys until told to stop; spread over the shop, so that stock lasts.
    pub(super) async fn shop(&self, variants: &[Variant], number: usize, step: usize) {
        let mut turn = number;
        let mut waiting = JoinSet::new();
        while !self.books.is_stopped() {
            let Variant(variant) = &variants[turn % variants.len()];
            turn += step;
            if let Some((cart, cart_token)) = self.fill_cart(variant).await {
                let place = {
                    let mut asked = self.books.asked();
                    asked.push(Asked {
                        cart,
                        cart_token,
                        ..Asked::default()
                    });
                    asked.len() - 1
                };
                if !self.check_out(place, true).await {
                    // Others come while this one waits and asks again.
                    let (shopper, started) = (self.clone(), Instant::now());
                    waiting.spawn(async move { shopper.ask_again(place, started).await });
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        while waiting.join_next().await.is_some() {}
    }

    /// Repeats a checkout under its key while buyers buy, and notes how long its buyer waited.
    async fn ask_again(&self, place: usize, started: Instant) {
        while !self.books.is_stopped() {
            self.books.repeats();
            if self.check_out(place, true).await {
                self.books.waited(started.elapsed());
                return;
            }
        }
    }

    /// Repeats a checkout under its key until it is completed or refused for good.
    pub(super) async fn bring_to_an_end(&self, place: usize) {
        for _ in 0..REPEATS {
            if self.check_out(place, false).await {
                return;
            }
        }
    }

    /// Asks once; whether that was the end of it. `notes` while buyers buy: repeats in the end are no load.
    async fn check_out(&self, place: usize, notes: bool) -> bool {
        let one = self.books.asked()[place].clone();
        let request = self
            .http
            .post(self.url("/v1/checkouts"))
            .header("cart-token", &one.cart_token)
            .header("idempotency-key", &one.cart)
            .json(&json!({ "cart_id": one.cart, "payment_method": "pm_success" }));
        let Some(answer) = self.send(request).await else {
            if notes {
                self.books.note(Outcome::Silence);
            }
            tokio::time::sleep(PATIENCE).await;
            return false;
        };
        if answer.status == 201 && answer.body["status"] == "completed" {
            if let Some(order) = answer.body["order_id"].as_str() {
                let mut asked = self.books.asked();
                asked[place].told.insert(order.to_owned());
            }
            if notes {
                self.books.note(Outcome::Bought);
                self.books.note(Outcome::Written);
            }
            return true;
        }
        let is_final = (400..500).contains(&answer.status)
            && answer.body["retry"] != "after"
            && ![408, 409, 429].contains(&answer.status);
        let is_refused = is_final || answer.body["code"] == "out_of_stock";
        if is_refused {
            let code = answer.body["code"].as_str().unwrap_or_default();
            let why = format!("{} {code}", answer.status);
            self.books.asked()[place].refused = Some(why);
            return true;
        }
        if notes {
            self.note(&answer);
        }
        tokio::time::sleep(pause(&answer.body)).await;
        false
    }

    /// A cart with one piece and where to send it; `None` if anything was not answered with success.
    async fn fill_cart(&self, variant: &str) -> Option<(String, String)> {
        let request = self.http.post(self.url("/v1/carts"));
        let cart = self
            .write(request.json(&json!({ "currency": "EUR" })))
            .await?;
        let (id, token) = (cart.body["id"].as_str()?.to_owned(), cart.cart_token?);
        let line = json!({ "variant_id": variant, "quantity": 1 });
        let request = self.http.post(self.url(&format!("/v1/carts/{id}/lines")));
        let lines = self
            .write(request.header("cart-token", &token).json(&line))
            .await?;
        let delivery = json!({
            "email": "guest@example.org",
            "shipping_method": "standard",
            "shipping_address": {
                "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
            },
        });
        let request = self.http.patch(self.url(&format!("/v1/carts/{id}")));
        let request = request
            .header("cart-token", &token)
            .header("if-match", lines.etag?);
        self.write(request.json(&delivery)).await?;
        Some((id, token))
    }

    /// Sends a write of a cart; `None` unless it succeeded.
    async fn write(&self, request: RequestBuilder) -> Option<Answer> {
        match self.send(request).await {
            Some(answer) if (200..300).contains(&answer.status) => {
                self.books.note(Outcome::Written);
                Some(answer)
            }
            Some(answer) => {
                self.note(&answer);
                tokio::time::sleep(pause(&answer.body)).await;
                None
            }
            None => {
                self.books.note(Outcome::Silence);
                tokio::time::sleep(PATIENCE).await;
                None
            }
        }
    }

    fn note(&self, answer: &Answer) {
        let outcome = if answer.status == 503 {
            Outcome::Unavailable
        } else {
            Outcome::TryAgain
        };
        self.books.note_problem(outcome, &answer.body);
    }

    /// `None` if no whole answer came.
    async fn send(&self, request: RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (etag, cart_token) = (header("etag"), header("cart-token"));
        let bytes = response.bytes().await.ok()?;
        Some(Answer {
            status,
            etag,
            cart_token,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }
}

/// What the answer says, within reason.
fn pause(body: &Value) -> Duration {
    let asked = body["retry_after_ms"].as_u64().map(Duration::from_millis);
    asked.unwrap_or(PATIENCE).min(LONGEST)
}
