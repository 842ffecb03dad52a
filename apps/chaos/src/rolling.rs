//! R25: two servers behind a balancer are replaced one after the other, again and again; no request fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::load::Load;
use crate::oracle;
use crate::proxy::{Fault, Proxy};
use crate::report::{Report, Setup};
use crate::server::Server;
use crate::shop::Shop;
use crate::site::{Engine, Template};

/// Who buys at once, and who looks around at once.
const BUYERS: usize = 6;
const READERS: usize = 4;
/// Between two requests of a reader.
const PAUSE: Duration = Duration::from_millis(20);
/// From the moment a server gets no new connections to the moment it is told to stop: those on their way arrive.
const LEAVE: Duration = Duration::from_millis(300);
/// How long both servers run together.
const TOGETHER: Duration = Duration::from_secs(2);

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let cluster = setup.postgres.as_deref();
    let cluster = cluster.context("two servers share a PostgreSQL cluster: --postgres")?;
    let template = Template::make(&setup.program, &setup.folder, Engine::of(Some(cluster))).await?;
    let mut site = template.copy("shop").await?;
    let mut other = site.twin(&setup.program)?;
    let proxy = Proxy::start(Vec::new(), || Fault::None).await?;
    for server in [&mut site.server, &mut other] {
        server.settings.push(format!("public_url={}", proxy.url()));
        server.start(&site.http).await?;
    }
    balance(&proxy, &[&site.server, &other]);

    // A balancer keeps the connections of its clients; here they end with their server, so each has one request.
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(20))
        .build()?;
    let shop = Shop::new(http, &proxy.url(), &site.server.data_dir);
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let load = Load::begin(&shop, &variants, BUYERS, &site.folder)?;
    let readers = Readers::begin(&shop);
    for _ in 0..setup.count {
        // As a rollout does: out of the balancer, told to stop, replaced, back.
        balance(&proxy, &[&other]);
        roll(&mut site.server, &site.http).await?;
        balance(&proxy, &[&site.server, &other]);
        tokio::time::sleep(TOGETHER).await;
        balance(&proxy, &[&site.server]);
        roll(&mut other, &site.http).await?;
        balance(&proxy, &[&site.server, &other]);
        tokio::time::sleep(TOGETHER).await;
        report.trials += 2;
    }
    let (requests, failed) = readers.end().await?;
    let failed_purchases = load.failed();
    report.expect(failed == 0, || {
        format!("{failed} of {requests} reads failed")
    });
    report.failures.extend(failed_purchases);
    report.notes.push(format!(
        "{requests} reads, {} purchases begun",
        load.intents()
    ));
    let books = load.end(&shop, &site).await?;
    other.stop().await?;
    balance(&proxy, &[&site.server]);
    oracle::judge(&site, &books, &initial, &mut report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    site.clear().await?;
    report.end("rolling-deploy", setup.out.as_deref())
}

fn balance(proxy: &Proxy, servers: &[&Server]) {
    let address = |server: &&Server| server.api.trim_start_matches("http://").to_owned();
    proxy.set_upstreams(servers.iter().map(address).collect());
}

async fn roll(server: &mut Server, http: &reqwest::Client) -> Result<()> {
    tokio::time::sleep(LEAVE).await;
    server.stop().await?;
    server.start(http).await
}

/// People who look around; every answer counts.
struct Readers {
    tasks: JoinSet<()>,
    stopped: Arc<AtomicBool>,
    requests: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
}

impl Readers {
    fn begin(shop: &Shop) -> Self {
        let mut readers = Self {
            tasks: JoinSet::new(),
            stopped: Arc::default(),
            requests: Arc::default(),
            failed: Arc::default(),
        };
        for _ in 0..READERS {
            let shop = shop.clone();
            let stopped = Arc::clone(&readers.stopped);
            let (requests, failed) = (Arc::clone(&readers.requests), Arc::clone(&readers.failed));
            readers.tasks.spawn(async move {
                while !stopped.load(Ordering::SeqCst) {
                    let answer = shop.send(shop.get("/v1/products?limit=5")).await;
                    requests.fetch_add(1, Ordering::SeqCst);
                    if answer.is_none_or(|answer| answer.status != 200) {
                        failed.fetch_add(1, Ordering::SeqCst);
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
        readers
    }

    async fn end(mut self) -> Result<(u64, u64)> {
        self.stopped.store(true, Ordering::SeqCst);
        while let Some(ended) = self.tasks.join_next().await {
            ended?;
        }
        let of = |count: &AtomicU64| count.load(Ordering::SeqCst);
        Ok((of(&self.requests), of(&self.failed)))
    }
}
