//! Guests who fill carts and check out.

use reqwest::Client;
use serde_json::{Value, json};

/// A cart ready to be bought, with its secret.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Fills a cart with one piece of a variant; `None` if the server went away meanwhile.
pub(crate) async fn fill_cart(http: &Client, api: &str, variant: &str) -> Option<Cart> {
    let cart = http
        .post(format!("{api}/v1/carts"))
        .json(&json!({ "currency": "EUR" }))
        .send()
        .await
        .ok()?;
    let token = cart.headers().get("cart-token")?.to_str().ok()?.to_owned();
    let id = cart.json::<Value>().await.ok()?["id"].as_str()?.to_owned();
    let line = json!({ "variant_id": variant, "quantity": 1 });
    let lines = http
        .post(format!("{api}/v1/carts/{id}/lines"))
        .header("cart-token", &token)
        .json(&line)
        .send()
        .await
        .ok()?;
    let etag = lines.headers().get("etag")?.to_str().ok()?.to_owned();
    let delivery = json!({
        "email": "guest@example.org",
        "shipping_method": "standard",
        "shipping_address": {
            "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
        },
    });
    let patched = http
        .patch(format!("{api}/v1/carts/{id}"))
        .header("cart-token", &token)
        .header("if-match", etag)
        .json(&delivery)
        .send()
        .await
        .ok()?;
    (patched.status() == 200).then_some(Cart { id, token })
}

/// Starts a checkout; `None` if no answer came.
pub(crate) async fn check_out(
    http: &Client,
    api: &str,
    cart: &Cart,
    key: &str,
    method: &str,
) -> Option<Answer> {
    let answer = http
        .post(format!("{api}/v1/checkouts"))
        .header("cart-token", &cart.token)
        .header("idempotency-key", key)
        .json(&json!({ "cart_id": cart.id, "payment_method": method }))
        .send()
        .await
        .ok()?;
    let status = answer.status().as_u16();
    Some(Answer {
        status,
        body: answer.json().await.ok()?,
    })
}

/// Starts a checkout as the API asks its clients to: an answer that says `retry: after` is followed by the same
/// request under the same key, when it says. Fifty at once may exceed a deadline on a busy machine.
pub(crate) async fn check_out_at_last(
    http: &Client,
    api: &str,
    cart: &Cart,
    key: &str,
) -> Option<Answer> {
    const MOST_REQUESTS: usize = 20;
    for _ in 1..MOST_REQUESTS {
        let answer = check_out(http, api, cart, key, "pm_success").await?;
        if answer.body["retry"] != "after" {
            return Some(answer);
        }
        let pause = answer.body["retry_after_ms"].as_u64().unwrap_or_default();
        tokio::time::sleep(std::time::Duration::from_millis(pause)).await; // as the other process says, in real time
    }
    check_out(http, api, cart, key, "pm_success").await
}

/// Variants in stock, with how many pieces there are.
pub(crate) async fn variants(http: &Client, api: &str) -> Vec<String> {
    let products: Value = http
        .get(format!("{api}/v1/products?limit=50"))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    products["data"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|product| product["variants"].as_array().expect("variants"))
        .filter(|variant| variant["in_stock"] == true)
        .map(|variant| variant["id"].as_str().expect("an id").to_owned())
        .collect()
}
