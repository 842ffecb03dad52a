//! Sign-ins beside bare argon2id, and what a flood of them does to everybody else.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use argon2::{Algorithm, Argon2, ParamsBuilder, Version};
use mail_catcher::{CatcherOptions, MailCatcher};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::{JoinSet, spawn_blocking};

use crate::load::{Connection, expect, paced_latencies, post};
use crate::server::{Installation, client};
use crate::{Smoke, median, row};

/// Rounds of four parts; the middle one counts. They are many and short: a neighbour that disturbs the machine for a moment
/// spoils one of them.
const ROUNDS: usize = 11;
/// Length of a part.
const ROUND: Duration = Duration::from_secs(2);
/// Who may sign in: so many that nobody has more sessions than one may have at the end.
const PEOPLE: usize = 512;
/// How many of them do so at once; fewer than may wait in line, so that none is sent away.
const AT_ONCE: usize = 8;
/// Reads a second while others sign in.
const PACE: u32 = 250;

pub(crate) async fn run(options: &Smoke) -> Result<()> {
    let loopback = ([127, 0, 0, 1], 0).into();
    let catcher = CatcherOptions {
        smtp: loopback,
        http: loopback,
        keep: PEOPLE,
        ..CatcherOptions::default()
    };
    let mails = MailCatcher::start(catcher).await?;
    let settings = [(
        "notifications.smtp.port",
        mails.smtp_addr().port().to_string(),
    )];
    let folder = options.folder.join("logins");
    let installation = Installation::new(&options.tenon, folder, &settings)?;
    let people = people(&installation).await?;
    let (tenon, _) = installation.serve().await?;
    let people = known_devices(&installation, people).await?;
    all_told(&mails).await?;
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
        let flood = Flood::start(installation.api, &people);
        tokio::time::sleep(ROUND).await;
        logins.push(flood.stop().await?);
        let read = || paced_latencies(installation.api, &path, PACE, ROUND);
        quiet.push(p99(read().await?));
        let flood = Flood::start(installation.api, &people);
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

/// Copies of the demo buyer, with the same password.
async fn people(installation: &Installation) -> Result<Vec<Value>> {
    let buyer = installation.buyer_credentials()?;
    let email = buyer["email"].as_str().context("an address")?;
    let file = installation.data.join("identity.db");
    let mut store = SqliteConnectOptions::new().filename(file).connect().await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let address = format!("buyer-{number}@example.com");
        let copied = sqlx::query(
            "INSERT INTO users (id, email, email_key, email_verified_at, password_hash, version, created_at, updated_at)
             SELECT randomblob(16), $2, $2, email_verified_at, password_hash, 1, created_at, updated_at
               FROM users WHERE email = $1",
        );
        let copied = copied
            .bind(email)
            .bind(&address)
            .execute(&mut store)
            .await?;
        if copied.rows_affected() != 1 {
            bail!("the demo buyer is not in the store");
        }
        people.push(json!({ "email": address, "password": buyer["password"] }));
    }
    store.close().await?;
    Ok(people)
}

/// Everybody signs in once: of strangers five at once may try, and each is a mail to the owner.
async fn known_devices(
    installation: &Installation,
    mut people: Vec<Value>,
) -> Result<Arc<[Value]>> {
    let (client, url) = (
        client()?,
        format!("http://{}/v1/auth/sessions", installation.api),
    );
    for body in &mut people {
        let answer = client.post(&url).json(body).send().await?;
        let session: Value = answer.error_for_status()?.json().await?;
        body["device_token"] = session["device_token"].clone();
    }
    Ok(people.into())
}

/// Waits until everybody has the mail about a device that was new.
async fn all_told(mails: &MailCatcher) -> Result<()> {
    let start = Instant::now();
    while mails.messages().len() < PEOPLE {
        if start.elapsed() > Duration::from_mins(1) {
            bail!("{} of {PEOPLE} mails came", mails.messages().len());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
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

/// Sign-ins until they are told to stop.
struct Flood {
    lines: JoinSet<Result<u32>>,
    stop: Arc<AtomicBool>,
    start: Instant,
}

impl Flood {
    fn start(api: SocketAddr, people: &Arc<[Value]>) -> Self {
        let requests = people
            .iter()
            .map(|body| post(api, "/v1/auth/sessions", body));
        let requests: Arc<[Vec<u8>]> = requests.collect();
        let stop = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicUsize::new(0));
        let mut lines = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (requests, stop, next) =
                (Arc::clone(&requests), Arc::clone(&stop), Arc::clone(&next));
            lines.spawn(async move {
                let (mut connection, mut count) = (Connection::to(api).await?, 0);
                while !stop.load(Ordering::Relaxed) {
                    let person = next.fetch_add(1, Ordering::Relaxed) % requests.len();
                    expect(201, connection.ask(&requests[person]).await?)?;
                    count += 1;
                }
                Ok(count)
            });
        }
        let start = Instant::now();
        Self { lines, stop, start }
    }

    /// Returns sign-ins a second.
    async fn stop(mut self) -> Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let mut logins = 0;
        while let Some(count) = self.lines.join_next().await {
            logins += count??;
        }
        Ok(f64::from(logins) / self.start.elapsed().as_secs_f64())
    }
}

/// In milliseconds.
fn p99(mut latencies: Vec<Duration>) -> f64 {
    latencies.sort_unstable();
    let at = latencies.len() * 99 / 100;
    latencies.get(at).copied().unwrap_or_default().as_secs_f64() * 1_000.0
}
