//! Checkouts to `placed` a second, beside the same number of statements and commits run raw on the same engine.
//!
//! The raw run takes its counts from the server's own metrics: for each module, how many units of work were
//! committed and how many statements were sent while the checkouts ran. So it is "the database work alone".

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use mail_catcher::{CatcherOptions, MailCatcher};
use payment_simulator::{Config, Simulator};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::raw_sql::{self, Work};
use crate::server::{Installation, client};
use crate::{Smoke, row};

/// Checkouts measured.
const CHECKOUTS: usize = 400;
/// Buyers at once.
const BUYERS: usize = 16;

/// A cart ready to be bought, with its secret.
struct Cart {
    id: String,
    token: String,
}

pub(crate) async fn run(options: &Smoke, postgres: Option<&str>) -> Result<()> {
    let engine = if postgres.is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let simulator = Simulator::start(Config::default()).await?;
    let loopback = ([127, 0, 0, 1], 0).into();
    let catcher = MailCatcher::start(CatcherOptions {
        smtp: loopback,
        http: loopback,
        ..CatcherOptions::default()
    })
    .await?;
    let mut settings = vec![
        ("payments.provider.url", simulator.url().to_owned()),
        (
            "notifications.smtp.port",
            catcher.smtp_addr().port().to_string(),
        ),
    ];
    settings.extend(postgres.map(|url| ("store.url", url.to_owned())));
    let folder = options
        .folder
        .join(format!("checkout-{}", engine.to_lowercase()));
    let installation = Installation::new(&options.tenon, folder, &settings)?;
    let (tenon, _) = installation.serve().await?;
    let api = Arc::new(format!("http://{}", installation.api));
    let metrics = format!("http://{}/metrics", installation.operations);
    let http = client()?;

    let carts = Arc::new(carts(&http, &api).await?);
    settle(&http, &metrics).await?;
    let before = work(&http, &metrics).await?;
    let start = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut buyers = JoinSet::new();
    for _ in 0..BUYERS {
        let (http, api, carts, next) = (
            http.clone(),
            Arc::clone(&api),
            Arc::clone(&carts),
            Arc::clone(&next),
        );
        buyers.spawn(async move {
            while let Some(cart) = carts.get(next.fetch_add(1, Ordering::Relaxed)) {
                check_out(&http, &api, cart).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(buyer) = buyers.join_next().await {
        buyer??;
    }
    let took = start.elapsed();
    // What follows a checkout (mail, audit) is part of its database work.
    settle(&http, &metrics).await?;
    let after = work(&http, &metrics).await?;
    drop(tenon);

    let done: BTreeMap<String, Work> = after
        .into_iter()
        .map(|(module, after)| {
            let before = before.get(&module).copied().unwrap_or_default();
            (
                module,
                Work {
                    units: after.units - before.units,
                    statements: after.statements - before.statements,
                },
            )
        })
        .collect();
    let raw = raw_sql::run(&options.folder.join("raw"), postgres, &done).await?;
    let rate = |took: Duration| rate(CHECKOUTS, took);
    let total = done.values().fold(Work::default(), |sum, work| Work {
        units: sum.units + work.units,
        statements: sum.statements + work.statements,
    });
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let each = |count: u64| count as f64 / CHECKOUTS as f64;
    row(
        &format!(
            "checkout to placed, {engine} ({:.1} commits, {:.1} statements each)",
            each(total.units),
            each(total.statements)
        ),
        &format!("{:.0}/s", rate(took)),
        &format!("raw SQL {:.0}/s", rate(raw)),
        &format!("{:.0} %", rate(took) / rate(raw) * 100.0),
        "≥ 60 %",
    );
    for (module, work) in &done {
        println!(
            "|   {module}: {:.1} commits, {:.1} statements a checkout | | | | |",
            each(work.units),
            each(work.statements)
        );
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Fills the carts; not measured.
async fn carts(http: &Client, api: &str) -> Result<Vec<Cart>> {
    let products: Value = http
        .get(format!("{api}/v1/products?limit=50"))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let variants: Vec<&str> = products["data"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|product| product["variants"].as_array().into_iter().flatten())
        .filter(|variant| variant["in_stock"] == true)
        .filter_map(|variant| variant["id"].as_str())
        .collect();
    let mut carts = Vec::new();
    for number in 0..CHECKOUTS {
        let variant = variants
            .get(number % variants.len().max(1))
            .context("something in stock")?;
        let answer = http
            .post(format!("{api}/v1/carts"))
            .json(&json!({ "currency": "EUR" }))
            .send()
            .await?;
        let token = answer
            .headers()
            .get("cart-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let token = token.context("a cart token")?;
        let id = answer.json::<Value>().await?["id"]
            .as_str()
            .context("a cart")?
            .to_owned();
        let line = json!({ "variant_id": variant, "quantity": 1 });
        let lines = http
            .post(format!("{api}/v1/carts/{id}/lines"))
            .header("cart-token", &token)
            .json(&line)
            .send()
            .await?;
        let etag = lines
            .headers()
            .get("etag")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let delivery = json!({
            "email": format!("buyer{number}@example.org"),
            "shipping_method": "standard",
            "shipping_address": {
                "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
            },
        });
        http.patch(format!("{api}/v1/carts/{id}"))
            .header("cart-token", &token)
            .header("if-match", etag.context("the cart has an ETag")?)
            .json(&delivery)
            .send()
            .await?
            .error_for_status()?;
        carts.push(Cart { id, token });
    }
    Ok(carts)
}

async fn check_out(http: &Client, api: &str, cart: &Cart) -> Result<()> {
    let answer = http
        .post(format!("{api}/v1/checkouts"))
        .header("cart-token", &cart.token)
        .header("idempotency-key", &cart.id)
        .json(&json!({ "cart_id": cart.id, "payment_method": "pm_success" }))
        .send()
        .await?;
    let status = answer.status();
    let checkout: Value = answer.json().await?;
    if status != 201 || checkout["status"] != "completed" {
        bail!("{status}: {checkout}");
    }
    Ok(())
}

/// Waits until the counters stand still: the work that follows has been done.
async fn settle(http: &Client, metrics: &str) -> Result<()> {
    let mut last = None;
    for _ in 0..600 {
        let now: u64 = work(http, metrics)
            .await?
            .values()
            .map(|work| work.units)
            .sum();
        if last == Some(now) {
            return Ok(());
        }
        last = Some(now);
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    bail!("the server never comes to rest")
}

/// Units of work and statements so far, by module.
async fn work(http: &Client, metrics: &str) -> Result<BTreeMap<String, Work>> {
    let text = http
        .get(metrics)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    let mut work: BTreeMap<String, Work> = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.rsplit_once(' ') else {
            continue;
        };
        let Some(module) = name
            .split("module=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
        else {
            continue;
        };
        let digits = value.split('.').next().unwrap_or_default();
        let count = || digits.parse::<u64>().unwrap_or_default();
        let entry = work.entry(module.to_owned()).or_default();
        if name.starts_with("tenon_db_unit_seconds_count") && name.contains("outcome=\"commit") {
            entry.units += count();
        } else if name.starts_with("tenon_db_statement_total") {
            entry.statements += count();
        }
    }
    Ok(work)
}
