//! A buyer's way: register, prove the address, browse, fill a cart, check out, pay, get the mail, and be in the audit log.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::client::{Client, number, text};

/// What the buyer walks through.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) api: String,
    pub(crate) mail: String,
    pub(crate) payments: String,
    pub(crate) admin: Account,
}

/// How often something is looked for that other programs bring about, 100 ms apart.
const LOOKS: u32 = 150;

/// Plays it; fails at the first step that does not go as it should.
pub(crate) async fn play(world: &World) -> Result<()> {
    let guest = Client::new(&world.api)?;
    let mail = Client::new(&world.mail)?;

    step(1, "A stranger registers");
    let nonce = std::process::id();
    let buyer = Account {
        email: format!("ada.{nonce}@example.org"),
        password: format!("kettle-on-the-stove-{nonce}"),
    };
    let registration =
        json!({ "email": buyer.email, "password": buyer.password, "display_name": "Ada" });
    guest
        .post("/v1/auth/registrations", None, &registration, 202)
        .await?;

    step(2, "and proves the address with the mail that came");
    let message = wait_for_mail(&mail, &buyer.email, "token=").await?;
    let (challenge, token) = challenge_of(&message)?;
    let answer = json!({ "token": token });
    guest
        .post(
            &format!("/v1/auth/challenges/{challenge}/responses"),
            None,
            &answer,
            204,
        )
        .await?;
    let ada = guest.signed_in(&buyer).await?;
    let me = ada.get("/v1/me", 200).await?;
    println!("    signed in as {}", text(&me.body, "/email")?);

    step(3, "She browses");
    let products = guest.get("/v1/products?limit=50", 200).await?;
    let products = products
        .body
        .pointer("/data")
        .and_then(Value::as_array)
        .context("a list of products")?
        .clone();
    let (product, variant) = something_to_buy(&products)?;
    let product_id = text(&product, "/id")?;
    let page = guest
        .get(&format!("/v1/products/{product_id}"), 200)
        .await?;
    println!(
        "    {} products; takes {} ({})",
        products.len(),
        text(&page.body, "/title")?,
        text(&variant, "/title")?
    );

    step(4, "fills a cart");
    let cart = ada
        .post("/v1/carts", None, &json!({ "currency": "EUR" }), 201)
        .await?;
    let cart_id = text(&cart.body, "/id")?;
    let line = json!({ "variant_id": text(&variant, "/id")?, "quantity": 2 });
    let cart = ada
        .post(&format!("/v1/carts/{cart_id}/lines"), None, &line, 201)
        .await?;
    let options = ada
        .get(&format!("/v1/carts/{cart_id}/shipping-options"), 200)
        .await?;
    let delivery = json!({
        "email": buyer.email,
        "shipping_method": text(&options.body, "/data/0/code")?,
        "shipping_address": {
            "name": "Ada Lovelace", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
        },
    });
    let etag = cart.etag.context("the cart has an ETag")?;
    let cart = ada
        .patch(&format!("/v1/carts/{cart_id}"), &etag, &delivery, 200)
        .await?;
    println!(
        "    total {} {}",
        number(&cart.body, "/totals/total/amount")?,
        text(&cart.body, "/totals/total/currency")?
    );

    step(5, "and checks out; the shop says where to pay");
    let key = format!("checkout-{nonce}");
    let checkout = ada
        .post(
            "/v1/checkouts",
            Some(&key),
            &json!({ "cart_id": cart_id }),
            201,
        )
        .await?;
    let checkout_id = text(&checkout.body, "/id")?;
    let payment_id = text(&checkout.body, "/payment/id")?;
    println!(
        "    {}: {}",
        text(&checkout.body, "/status")?,
        text(&checkout.body, "/next_action/url")?
    );

    step(
        6,
        "A lost answer does no harm: the same request again finds the same checkout",
    );
    let again = ada
        .post(
            "/v1/checkouts",
            Some(&key),
            &json!({ "cart_id": cart_id }),
            201,
        )
        .await?;
    expect(
        &text(&again.body, "/id")?,
        &checkout_id,
        "the checkout's id",
    )?;

    step(7, "She pays on the provider's page");
    let intent = intent_of(
        world,
        &payment_id,
        &text(&checkout.body, "/next_action/url")?,
    )?;
    let payments = Client::new(&world.payments)?;
    payments
        .post(
            &format!("/control/intents/{intent}/choice"),
            None,
            &json!({ "choice": "pay" }),
            200,
        )
        .await?;
    let confirm = format!("/v1/checkouts/{checkout_id}/confirmations");
    let checkout = until("the checkout to complete", async || {
        let checkout = ada.post(&confirm, None, &json!({}), 200).await?;
        Ok((text(&checkout.body, "/status")? == "completed").then_some(checkout))
    })
    .await?;

    step(8, "The order is placed and paid");
    let order_id = text(&checkout.body, "/order_id")?;
    let order = until("the money to be taken", async || {
        let order = ada.get_quietly(&format!("/v1/orders/{order_id}")).await?;
        Ok((text(&order, "/payment_status")? == "captured").then_some(order))
    })
    .await?;
    println!(
        "    order {} is {}",
        text(&order, "/number")?,
        text(&order, "/status")?
    );
    let timeline = ada
        .get(&format!("/v1/orders/{order_id}/timeline"), 200)
        .await?;
    for moment in timeline
        .body
        .pointer("/data")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        println!("      {} {}", text(moment, "/at")?, text(moment, "/kind")?);
    }

    step(9, "The confirmation arrives");
    let message = wait_for_mail(&mail, &buyer.email, &text(&order, "/number")?).await?;
    println!("    \"{}\"", text(&message, "/subject")?);

    step(10, "and the audit log knows who did what");
    let admin = guest.signed_in(&world.admin).await?;
    let entries = until("the audit log to catch up", async || {
        let found = admin
            .get_quietly(&format!("/v1/audit/entries?target={order_id}&limit=50"))
            .await?;
        let entries = found
            .pointer("/data")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Ok(entries
            .iter()
            .any(|entry| entry["action"] == "order.placed")
            .then_some(entries))
    })
    .await?;
    for entry in &entries {
        println!(
            "      #{} {} by {}",
            number(entry, "/seq")?,
            text(entry, "/action")?,
            text(entry, "/actor")?
        );
    }
    ada.get("/v1/audit/entries", 403).await?;
    println!("\nThe first order is placed, paid, confirmed and recorded.");
    Ok(())
}

fn step(number: u32, what: &str) {
    println!("{number:>2}. {what}");
}

/// The first variant that is in stock and sold in euros, with its product.
fn something_to_buy(products: &[Value]) -> Result<(Value, Value)> {
    for product in products {
        for variant in product
            .pointer("/variants")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let prices = variant.pointer("/prices").and_then(Value::as_array);
            let in_euros = prices
                .into_iter()
                .flatten()
                .any(|price| price["currency"] == "EUR");
            if variant["in_stock"] == true && in_euros {
                return Ok((product.clone(), variant.clone()));
            }
        }
    }
    bail!("nothing is in stock")
}

/// The provider's name for the payment: the last part of the page's address.
fn intent_of(world: &World, payment_id: &str, url: &str) -> Result<String> {
    if !url.starts_with(&world.payments) {
        bail!(
            "{payment_id} is to be paid at {url}, not at {}",
            world.payments
        );
    }
    url.rsplit('/')
        .next()
        .map(str::to_owned)
        .context("an address with a path")
}

/// Challenge and token out of the link in a mail: `…#challenge=chl_…&token=…`.
fn challenge_of(message: &Value) -> Result<(String, String)> {
    let body = text(message, "/text")?;
    let (_, rest) = body
        .split_once("challenge=")
        .context("the mail links to a challenge")?;
    let (challenge, rest) = rest
        .split_once("&token=")
        .context("the link carries a token")?;
    let token: String = rest
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    Ok((challenge.to_owned(), token))
}

/// Waits for a mail to `recipient` whose subject or text holds `part`.
async fn wait_for_mail(mail: &Client, recipient: &str, part: &str) -> Result<Value> {
    until("a mail", async || {
        let found = mail
            .get_quietly(&format!("/api/messages?to={recipient}"))
            .await?;
        for summary in found
            .pointer("/messages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let message = mail
                .get_quietly(&format!("/api/messages/{}", summary["id"]))
                .await?;
            let holds = |pointer| {
                message
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .is_some_and(|text| text.contains(part))
            };
            if holds("/subject") || holds("/text") {
                println!("    mail: {}", text(&message, "/subject")?);
                return Ok(Some(message));
            }
        }
        Ok(None)
    })
    .await
}

/// Looks until there is something, at most 15 s: other programs bring it about in real time.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    for _ in 0..LOOKS {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("waited in vain for {what}")
}

fn expect(found: &str, wanted: &str, what: &str) -> Result<()> {
    if found != wanted {
        bail!("{what}: expected {wanted}, got {found}");
    }
    Ok(())
}
