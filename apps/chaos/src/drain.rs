//! R26: the server is told to stop with requests in flight, idle connections and half a request: whoever asked is
//! answered, and it ends in time.

use std::time::Duration;

use anyhow::Result;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::report::{Report, Setup};
use crate::shop::Cart;
use crate::site::{Engine, Site, Template};

/// Requests in flight; the payment provider takes two seconds for each.
const IN_FLIGHT: usize = 20;
/// Connections that say nothing, and as many that stop in the middle of a header.
const IDLE: usize = 10;
/// From the first request to the signal, in milliseconds.
const LEAD: (u64, u64) = (150, 900);
/// How long a stop may take.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let engine = Engine::of(setup.postgres.as_deref());
    let template = Template::make(&setup.program, &setup.folder, engine).await?;
    let mut site = template.copy("shop").await?;
    let mut chance = Chance::new(setup.seed);
    let mut stops = Vec::new();
    for number in 0..setup.count {
        site.start().await?;
        let lead = Duration::from_millis(chance.between(LEAD.0, LEAD.1));
        stops.push(stop_once(&mut site, number, lead, &mut report).await?);
        report.trials += 1;
    }
    stops.sort_unstable();
    let slowest = stops.last().copied().unwrap_or_default();
    let middle = stops[stops.len() / 2];
    report.notes.push(format!(
        "time to stop with {IN_FLIGHT} requests in flight: median {} ms, longest {} ms",
        middle.as_millis(),
        slowest.as_millis()
    ));
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    site.clear().await?;
    report.end("graceful-stop", setup.out.as_deref())
}

async fn stop_once(
    site: &mut Site,
    number: u32,
    lead: Duration,
    report: &mut Report,
) -> Result<Duration> {
    let shop = site.shop();
    let variants = shop.variants().await?;
    let mut carts: Vec<Cart> = Vec::new();
    for place in 0..IN_FLIGHT {
        let variant = &variants[(number as usize * IN_FLIGHT + place) % variants.len()];
        carts.push(shop.fill_cart(variant, "ada@example.org").await?);
    }
    let address = site.server.api.trim_start_matches("http://").to_owned();
    let mut silent = Vec::new();
    for _ in 0..IDLE {
        silent.push(TcpStream::connect(&address).await?);
        let mut half = TcpStream::connect(&address).await?;
        half.write_all(b"GET /v1/products HTTP/1.1\r\nHost: 127.0")
            .await?;
        silent.push(half);
    }
    let mut buyers = JoinSet::new();
    for cart in carts {
        let shop = shop.clone();
        buyers.spawn(async move { shop.send(shop.check_out_with(&cart, "pm_slow")).await });
    }
    tokio::time::sleep(lead).await; // the moment of the signal, in real time
    let asked = Instant::now();
    if let Err(error) = site.server.stop().await {
        report.failures.push(format!("stop {number}: {error:#}"));
    }
    let took = asked.elapsed();
    report.expect(took <= DEADLINE, || format!("stop {number} took {took:?}"));
    while let Some(answer) = buyers.join_next().await {
        let answer = answer?;
        let is_good = answer.as_ref().is_some_and(|answer| answer.status == 201);
        report.expect(is_good, || {
            format!("stop {number}, {lead:?} after the first request: answered {answer:?}")
        });
    }
    drop(silent);
    Ok(took)
}
