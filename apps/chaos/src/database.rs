//! R05: the database ends sessions, crashes and cannot be reached while people buy. The server is never started again.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use sqlx::Connection as _;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::footprint::Footprint;
use crate::load::Load;
use crate::oracle;
use crate::proxy::{Fault, Proxy};
use crate::report::{Report, Setup};
use crate::server::signal;
use crate::shop::Shop;
use crate::site::{Engine, Template, administer, client, connect};

/// How many buy at once.
const BUYERS: usize = 20;
/// How long the database works between two faults, in milliseconds.
const PEACE: (u64, u64) = (300, 1_500);
/// How long it cannot be reached, in milliseconds.
const AWAY: (u64, u64) = (200, 2_000);
/// How long writes may fail once the database is back.
const RECOVERY: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// What happens to the database.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// Every session ends, as by an operator.
    SessionsEnd,
    /// One of its processes is killed: it ends every session, loses its memory, and recovers from its log.
    Crash,
    /// Connections break, and for a while there are no new ones.
    Unreachable,
}

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let cluster = setup.postgres.as_deref();
    let cluster = cluster.context("the database of this experiment is PostgreSQL: --postgres")?;
    let (owner, address) = cluster.split_once('@').context("owner@host:port")?;
    let proxy = Proxy::start(vec![address.to_owned()], || Fault::None).await?;
    let between = proxy.url().replace("http://", "");
    let engine = Engine::Postgres(format!("{owner}@{between}"));
    let template = Template::make(&setup.program, &setup.folder, engine).await?;
    let mut site = template.copy("shop").await?;
    // PostgreSQL copies a sequence with the numbers it may give without writing so to its log: until the next
    // checkpoint a crash would make it give them again.
    administer(cluster, vec!["CHECKPOINT".to_owned()]).await?;
    site.start().await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let database = site.database_name().context("a database")?.to_owned();
    let before = Footprint::of(&site).await?;
    // Their connections end with them.
    let buyers = Shop::new(client()?, &site.server.api, &site.server.data_dir);
    let load = Load::begin(&buyers, &variants, BUYERS, &site.folder)?;
    drop(buyers);
    let before = before.warmed(&site, &load).await?;
    let mut chance = Chance::new(setup.seed);
    let mut recoveries = Vec::new();
    for number in 0..setup.count {
        let peace = Duration::from_millis(chance.between(PEACE.0, PEACE.1));
        tokio::time::sleep(peace).await; // the moment of the fault, in real time
        let trouble = match number % 3 {
            0 => Trouble::SessionsEnd,
            1 => Trouble::Crash,
            _ => Trouble::Unreachable,
        };
        match trouble {
            Trouble::SessionsEnd => {
                sessions(cluster, &database, END).await?;
            }
            Trouble::Crash => {
                let processes = sessions(cluster, &database, LIST).await?;
                let process = processes.first().context("the server has sessions")?;
                let before = sessions(cluster, &database, CHECKPOINTER).await?;
                signal(u32::try_from(*process)?, "-KILL").await?;
                begun_again(cluster, &database, &before).await?;
            }
            Trouble::Unreachable => {
                proxy.set_upstreams(Vec::new());
                sessions(cluster, &database, END).await?;
                let away = Duration::from_millis(chance.between(AWAY.0, AWAY.1));
                tokio::time::sleep(away).await;
                proxy.set_upstreams(vec![address.to_owned()]);
            }
        }
        let back = Instant::now();
        let recovered = writes_work(&shop).await;
        report.expect(recovered, || {
            format!(
                "after {trouble:?} writes fail for longer than {RECOVERY:?}:\n{}",
                site.server.last_lines()
            )
        });
        report.expect(!site.server.has_ended(), || {
            format!(
                "{trouble:?} ended the server:\n{}",
                site.server.last_lines()
            )
        });
        recoveries.push(back.elapsed());
        report.trials += 1;
        if !report.failures.is_empty() {
            break;
        }
    }
    report.expect(load.intents() > 0, || {
        "nothing was bought, so nothing was shown".to_owned()
    });
    let books = load.end(&shop, &site).await?;
    oracle::judge(&site, &books, &initial, &mut report).await?;
    before.expect_back(&site, &mut report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    recoveries.sort_unstable();
    if let (Some(slow), Some(slowest)) = (
        recoveries.get(recoveries.len() * 95 / 100),
        recoveries.last(),
    ) {
        report.notes.push(format!(
            "until a write succeeds once the database is back, or its sessions ended: p95 {} ms, longest {} ms",
            slow.as_millis(),
            slowest.as_millis()
        ));
    }
    site.clear().await?;
    report.end("database-gone", setup.out.as_deref())
}

/// Asks for something to be written until it is.
async fn writes_work(shop: &Shop) -> bool {
    let began = Instant::now();
    while began.elapsed() < RECOVERY {
        let answer = shop.send(shop.post("/v1/carts").json(&json!({}))).await;
        if answer.is_some_and(|answer| answer.status == 201) {
            return true;
        }
        tokio::time::sleep(LOOK).await;
    }
    false
}

const LIST: &str =
    "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()";
/// A process of the cluster that begins again with it.
const CHECKPOINTER: &str =
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer' AND $1 <> ''";
const END: &str =
    "SELECT pid FROM (SELECT pid, pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                   WHERE datname = $1 AND pid <> pg_backend_pid()) AS sessions WHERE ended";

/// Waits until the cluster has begun again after a crash, which a busy machine lets it notice late.
async fn begun_again(cluster: &str, database: &str, before: &[i32]) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < RECOVERY {
        // Whoever asks before it notices is thrown out.
        if let Ok(now) = sessions(cluster, database, CHECKPOINTER).await
            && now != before
        {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("the cluster goes on as if nothing had happened")
}

/// The processes of a database's sessions, as this statement finds them.
async fn sessions(cluster: &str, database: &str, sql: &'static str) -> Result<Vec<i32>> {
    let (url, database) = (format!("{cluster}/postgres"), database.to_owned());
    let runtime = tokio::runtime::Handle::current();
    // A thread of their own: sqlx's futures are not for every executor.
    let asked = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            let mut owner = connect(&url).await?;
            let found = sqlx::query_scalar(sql)
                .bind(database)
                .fetch_all(&mut owner)
                .await?;
            owner.close().await?;
            Ok::<_, sqlx::Error>(found)
        })
    });
    asked.await?.context("the cluster answers")
}
