//! R10: whatever happens to a connection, and if the server is killed beside, a request that is repeated under its key
//! has one effect and one answer, the same to the byte.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::proxy::{Fault, Proxy};
use crate::report::{Report, Setup};
use crate::shop::{Answer, Shop};
use crate::site::{Engine, Template};

/// Clients that ask at once.
const CLIENTS: u32 = 8;
/// Rounds between two kills.
const ROUNDS_PER_KILL: u32 = 60;
/// How often one request is repeated at most.
const REPEATS: u32 = 200;
/// Between two repeats.
const PAUSE: Duration = Duration::from_millis(40);

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let engine = Engine::of(setup.postgres.as_deref());
    let template = Template::make(&setup.program, &setup.folder, engine).await?;
    let mut site = template.copy("shop").await?;
    site.start().await?;
    let direct = site.shop();
    let staff = direct.token("staff").await?;
    let variant = direct.variants().await?.remove(0);
    let before = direct.stock(&staff, &variant).await?;

    let chance = Mutex::new(Chance::new(setup.seed));
    let upstream = site.server.api.trim_start_matches("http://").to_owned();
    let proxy = Proxy::start(vec![upstream], move || {
        Fault::any(&mut chance.lock().expect("nobody panics holding it"))
    })
    .await?;
    // Every request has a connection of its own, and so a fault of its own.
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(2))
        .build()?;
    let through = Shop::new(http, &proxy.url(), &site.server.data_dir);

    let next = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let round = Round {
            through: through.clone(),
            direct: direct.clone(),
            staff: staff.clone(),
            variant: variant.clone(),
        };
        let (next, count) = (Arc::clone(&next), setup.count);
        clients.spawn(async move {
            let mut outcomes = Outcomes::default();
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= count {
                    return outcomes;
                }
                round.play(number, &mut outcomes).await;
            }
        });
    }
    let mut killed = 0;
    while next.load(Ordering::SeqCst) < setup.count {
        if next.load(Ordering::SeqCst) / ROUNDS_PER_KILL > killed {
            site.server.kill().await?;
            site.start().await?;
            killed += 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let (mut repeats, mut rounds) = (0, 0);
    while let Some(ended) = clients.join_next().await {
        let outcomes = ended?;
        repeats += outcomes.repeats;
        rounds += outcomes.rounds;
        report.failures.extend(outcomes.failures);
    }
    report.trials = u64::from(rounds);
    let after = direct.stock(&staff, &variant).await?;
    let wanted = before.on_hand + i64::from(setup.count);
    report.expect(after.on_hand == wanted, || {
        format!(
            "{} pieces after {rounds} additions of one to {}",
            after.on_hand, before.on_hand
        )
    });
    report
        .notes
        .push(format!("{repeats} repeats, {killed} kills beside"));
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    site.clear().await?;
    report.end("unknown-outcome", setup.out.as_deref())
}

/// Adds one piece to a variant, through the proxy until an answer comes, then once more without it.
struct Round {
    through: Shop,
    direct: Shop,
    staff: String,
    variant: String,
}

#[derive(Default)]
struct Outcomes {
    rounds: u32,
    repeats: u32,
    failures: Vec<String>,
}

impl Round {
    async fn play(&self, number: u32, outcomes: &mut Outcomes) {
        outcomes.rounds += 1;
        let first = self.ask(&self.through, number, outcomes).await;
        let again = self.ask(&self.direct, number, outcomes).await;
        match (first, again) {
            (Ok(first), Ok(again)) => {
                if first.status != 201 {
                    outcomes.failures.push(format!("round {number}: {first:?}"));
                }
                if (first.status, &first.bytes) != (again.status, &again.bytes) {
                    outcomes
                        .failures
                        .push(format!("round {number}: {first:?}, then {again:?}"));
                }
            }
            (Err(error), _) | (_, Err(error)) => {
                outcomes.failures.push(format!("round {number}: {error:#}"));
            }
        }
    }

    async fn ask(&self, shop: &Shop, number: u32, outcomes: &mut Outcomes) -> Result<Answer> {
        for _ in 0..REPEATS {
            let request = shop
                .post("/v1/inventory/adjustments")
                .bearer_auth(&self.staff)
                .header("idempotency-key", format!("round-{number}"))
                .json(&json!({ "variant_id": self.variant, "delta": 1, "reason": "counted" }));
            match shop.send(request).await {
                Some(answer) if answer.retry_after().is_none() && answer.status < 500 => {
                    return Ok(answer);
                }
                _ => outcomes.repeats += 1,
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("no answer in {REPEATS} tries")
    }
}
