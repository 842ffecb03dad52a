//! Checkouts to `placed` a second, beside the same SQL run raw on the same engine.
//!
//! The raw run does what Tenon's stores did while the same checkouts ran, with the same arguments and commits, from
//! the same start: the database work alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use mail_catcher::{CatcherOptions, MailCatcher};
use payment_simulator::{Config, Simulator};
use reqwest::Client;
use serde_json::{Value, json};
use tenon_store::{Step, StepKind};
use tokio::task::JoinSet;

use crate::raw_sql;
use crate::recorded;
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

/// What a server needs beside it.
struct Surroundings {
    simulator: Simulator,
    catcher: MailCatcher,
}

impl Surroundings {
    async fn start() -> Result<Self> {
        let loopback = ([127, 0, 0, 1], 0).into();
        let catcher = CatcherOptions {
            smtp: loopback,
            http: loopback,
            ..CatcherOptions::default()
        };
        Ok(Self {
            simulator: Simulator::start(Config::default()).await?,
            catcher: MailCatcher::start(catcher).await?,
        })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mail = self.catcher.smtp_addr().port().to_string();
        vec![
            ("payments.provider.url", self.simulator.url().to_owned()),
            ("notifications.smtp.port", mail),
        ]
    }
}

/// The checkouts of a server alone.
pub(crate) async fn run_tenon(options: &Smoke) -> Result<()> {
    let surroundings = Surroundings::start().await?;
    let mut settings = surroundings.settings();
    let url = options.postgres.clone();
    settings.extend(url.map(|url| ("store.url", url)));
    let folder = options.folder.join("checkouts");
    let installation = Installation::new(&options.tenon, folder, &settings)?;
    let http = client()?;
    let (_tenon, _) = installation.serve().await?;
    let carts = Arc::new(carts(&http, &format!("http://{}", installation.api)).await?);
    settle(
        &http,
        &format!("http://{}/metrics", installation.operations),
    )
    .await?;
    let start = Instant::now();
    buy_all(&http, installation.api, &carts).await?;
    println!("{:.0} checkouts/s", rate(CHECKOUTS, start.elapsed()));
    Ok(())
}

pub(crate) async fn run(options: &Smoke, postgres: Option<&str>) -> Result<()> {
    let engine = if postgres.is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let surroundings = Surroundings::start().await?;
    let mut settings = surroundings.settings();
    settings.extend(postgres.map(|url| ("store.url", url.to_owned())));
    let folder = options
        .folder
        .join(format!("checkout-{}", engine.to_lowercase()));
    let installation = Installation::new(&options.tenon, folder.clone(), &settings)?;
    let http = client()?;

    // Three runs from the same start: Tenon; Tenon while its statements are noted; these statements alone.
    let (tenon, _) = installation.serve().await?;
    let carts = carts(&http, &format!("http://{}", installation.api)).await?;
    settle(
        &http,
        &format!("http://{}/metrics", installation.operations),
    )
    .await?;
    drop(tenon);
    let copy = async |name: &str| {
        let database = match postgres {
            Some(url) => Some(raw_sql::copy_database(url, name).await?),
            None => None,
        };
        let data = folder.with_file_name(format!("checkout-{}-{name}", engine.to_lowercase()));
        installation.copied(data, database)
    };
    let noted = copy("noted").await?;
    let mut alone = Vec::new();
    for name in ["alone_1", "alone_2", "alone_3"] {
        alone.push(copy(name).await?);
    }

    let carts = Arc::new(carts);
    let (tenon, _) = installation.serve().await?;
    let start = Instant::now();
    buy_all(&http, installation.api, &carts).await?;
    let took = start.elapsed();
    drop(tenon);
    let steps = recorded::record(&noted, buy_all(&http, noted.api, &carts)).await?;
    let units = units_of_modules(&steps);
    let mut raws = Vec::new();
    for (alone, connections) in alone.iter().zip(raw_sql::CONNECTIONS) {
        let steps = steps.clone();
        let url = alone.settings.iter().find(|(key, _)| key == "store.url");
        raws.push(match url {
            Some((_, url)) => raw_sql::on_postgres(url, steps, connections).await?,
            None => raw_sql::on_sqlite(&alone.data, steps).await?,
        });
    }
    raws.sort_by_key(|raw| raw.took);
    let raw = raws.first().copied().context("a raw run")?;

    #[expect(clippy::cast_precision_loss, reason = "means and shares")]
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    row(
        &format!(
            "checkout to placed, {engine} ({:.1} commits, {:.1} statements each)",
            share(raw.commits, CHECKOUTS),
            share(raw.statements, CHECKOUTS)
        ),
        &format!("{:.0}/s", rate(CHECKOUTS, took)),
        &format!(
            "its own SQL run raw {:.0}/s ({:.1} % of the statements with the same number of rows)",
            rate(CHECKOUTS, raw.took),
            share(raw.alike, raw.statements) * 100.0
        ),
        &format!(
            "{:.0} %",
            raw.took.as_secs_f64() / took.as_secs_f64() * 100.0
        ),
        "≥ 60 %",
    );
    for (module, (commits, statements)) in units {
        println!(
            "|   {module}: {:.1} commits, {:.1} statements a checkout | | | | |",
            share(commits, CHECKOUTS),
            share(statements, CHECKOUTS)
        );
    }
    Ok(())
}

/// Commits and statements of each module.
fn units_of_modules(steps: &[Step]) -> BTreeMap<&'static str, (usize, usize)> {
    let mut modules: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    for step in steps {
        let (commits, statements) = modules.entry(step.module).or_default();
        *commits += usize::from(matches!(step.kind, StepKind::Commit));
        *statements += usize::from(matches!(step.kind, StepKind::Statement { .. }));
    }
    modules
}

/// Checks all carts out, several at once.
async fn buy_all(http: &Client, api: SocketAddr, carts: &Arc<Vec<Cart>>) -> Result<()> {
    let api = Arc::new(format!("http://{api}"));
    let next = Arc::new(AtomicUsize::new(0));
    let mut buyers = JoinSet::new();
    for _ in 0..BUYERS {
        let (http, api, carts, next) = (
            http.clone(),
            Arc::clone(&api),
            Arc::clone(carts),
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

/// Waits until no unit of work is committed any more: what follows the carts has been done.
async fn settle(http: &Client, metrics: &str) -> Result<()> {
    let mut last = None;
    for _ in 0..600 {
        let now = commits(http, metrics).await?;
        if last == Some(now) {
            return Ok(());
        }
        last = Some(now);
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    bail!("the server never comes to rest")
}

/// Units of work committed so far.
async fn commits(http: &Client, metrics: &str) -> Result<u64> {
    let text = http
        .get(metrics)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    Ok(text
        .lines()
        .filter(|line| {
            line.starts_with("tenon_db_unit_seconds_count") && line.contains("outcome=\"commit")
        })
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
        .sum())
}
