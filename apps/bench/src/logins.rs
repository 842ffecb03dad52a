//! Sign-ins beside bare argon2id, and what a flood of them does to everybody else.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use argon2::{Algorithm, Argon2, ParamsBuilder, Version};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::{JoinSet, spawn_blocking};

use crate::load::paced_latencies;
use crate::server::{Installation, client};
use crate::{Smoke, median, row};

/// Pairs of rounds; the middle one counts.
const ROUNDS: usize = 5;
/// Length of a round.
const ROUND: Duration = Duration::from_secs(4);
/// People who sign in again and again; fewer than may wait in line, so that none is sent away.
const PEOPLE: usize = 8;
/// Reads a second while others sign in.
const PACE: u32 = 250;

pub(crate) async fn run(options: &Smoke) -> Result<()> {
    let installation = Installation::new(&options.tenon, options.folder.join("logins"), &[])?;
    let (tenon, _) = installation.serve().await?;
    let people = people(&installation).await?;
    let products: Value = client()?
        .get(format!("http://{}/v1/products?limit=1", installation.api))
        .send()
        .await?
        .json()
        .await?;
    let id = products.pointer("/data/0/id").and_then(Value::as_str);
    let path = format!("/v1/products/{}", id.context("a product")?);

    let (mut ceiling, mut logins, mut quiet, mut busy) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ceiling.push(hashes_per_second().await?);
        let flood = Flood::start(installation.api, &people)?;
        tokio::time::sleep(ROUND).await;
        logins.push(flood.stop().await?);
        let read = || paced_latencies(installation.api, &path, PACE, ROUND);
        quiet.push(p99(read().await?));
        let flood = Flood::start(installation.api, &people)?;
        busy.push(p99(read().await?));
        flood.stop().await?;
    }
    drop(tenon);

    let ratio = |ours: &[f64], beside: &[f64]| {
        median(
            ours.iter()
                .zip(beside)
                .map(|(ours, beside)| ours / beside)
                .collect(),
        )
    };
    row(
        "sign-ins",
        &format!("{:.0}/s", median(logins.clone())),
        &format!("bare argon2id {:.0}/s", median(ceiling.clone())),
        &format!("{:.0} %", ratio(&logins, &ceiling) * 100.0),
        "≥ 95 %",
    );
    row(
        "p99 of a cached product while people sign in",
        &format!("{:.2} ms", median(busy.clone())),
        &format!("nobody does {:.2} ms", median(quiet.clone())),
        &format!("{:.2} ×", ratio(&busy, &quiet)),
        "≤ 1.20 ×",
    );
    Ok(())
}

/// Devices that are known: of strangers five at once may try, and each is a mail to the owner.
async fn people(installation: &Installation) -> Result<Vec<Value>> {
    let (client, url) = (
        client()?,
        format!("http://{}/v1/auth/sessions", installation.api),
    );
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let mut body = installation.buyer_credentials()?;
        let answer = client.post(&url).json(&body).send().await?;
        let session: Value = answer.error_for_status()?.json().await?;
        body["device_token"] = session["device_token"].clone();
        people.push(body);
    }
    Ok(people)
}

/// What the cores do if they do nothing else.
async fn hashes_per_second() -> Result<f64> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let start = Instant::now();
    let mut threads = JoinSet::new();
    for _ in 0..cores {
        threads.spawn(spawn_blocking(move || {
            let mut builder = ParamsBuilder::new();
            builder.m_cost(19 * 1024).t_cost(2).p_cost(1);
            let params = builder.build().expect("in range");
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let (mut out, mut count) = ([0; 32], 0_u32);
            while start.elapsed() < ROUND {
                argon2
                    .hash_password_into(b"a password", b"a salt of sixteen", &mut out)
                    .expect("the parameters are good");
                std::hint::black_box(out);
                count += 1;
            }
            count
        }));
    }
    let mut hashes = 0;
    while let Some(count) = threads.join_next().await {
        hashes += count??;
    }
    Ok(f64::from(hashes) / start.elapsed().as_secs_f64())
}

/// People who sign in until they are told to stop.
struct Flood {
    people: JoinSet<Result<u32>>,
    stop: Arc<AtomicBool>,
    start: Instant,
}

impl Flood {
    fn start(api: SocketAddr, bodies: &[Value]) -> Result<Self> {
        let (client, url) = (client()?, format!("http://{api}/v1/auth/sessions"));
        let stop = Arc::new(AtomicBool::new(false));
        let mut people = JoinSet::new();
        for body in bodies {
            let (client, url, body) = (client.clone(), url.clone(), body.clone());
            let stop = Arc::clone(&stop);
            people.spawn(async move {
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    sign_in(&client, &url, &body).await?;
                    count += 1;
                }
                Ok(count)
            });
        }
        let start = Instant::now();
        Ok(Self {
            people,
            stop,
            start,
        })
    }

    /// Returns sign-ins a second.
    async fn stop(mut self) -> Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let mut logins = 0;
        while let Some(count) = self.people.join_next().await {
            logins += count??;
        }
        Ok(f64::from(logins) / self.start.elapsed().as_secs_f64())
    }
}

async fn sign_in(client: &reqwest::Client, url: &str, body: &Value) -> Result<()> {
    let answer = client.post(url).json(body).send().await?;
    let status = answer.status();
    answer.bytes().await?;
    if status != StatusCode::CREATED {
        bail!("a sign-in was answered {status}");
    }
    Ok(())
}

/// In milliseconds.
fn p99(mut latencies: Vec<Duration>) -> f64 {
    latencies.sort_unstable();
    let at = latencies.len() * 99 / 100;
    latencies.get(at).copied().unwrap_or_default().as_secs_f64() * 1_000.0
}
