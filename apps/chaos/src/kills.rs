//! R01: the server is killed at random while people buy.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::load::Load;
use crate::oracle;
use crate::report::{Report, Setup};
use crate::site::{Engine, Template};

/// How many buy at once.
const BUYERS: usize = 50;
/// How long a server lives, in milliseconds.
const LIFE: (u64, u64) = (200, 3_000);

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let engine = Engine::of(setup.postgres.as_deref());
    let template = Template::make(&setup.program, &setup.folder, engine).await?;
    let mut site = template.copy("shop").await?;
    site.start().await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let load = Load::begin(&shop, &variants, BUYERS, &site.folder)?;
    let mut chance = Chance::new(setup.seed);
    let mut starts = Vec::new();
    for _ in 0..setup.count {
        let life = Duration::from_millis(chance.between(LIFE.0, LIFE.1));
        tokio::time::sleep(life).await; // the moment of the kill, in real time
        site.server.kill().await?;
        let killed = Instant::now();
        site.start().await?;
        starts.push(killed.elapsed());
        report.trials += 1;
    }
    let intents = load.intents();
    report.expect(intents > 0, || {
        "nothing was bought, so nothing was shown".to_owned()
    });
    let books = load.end(&shop, &site).await?;
    oracle::judge(&site, &books, &initial, &mut report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    starts.sort_unstable();
    if let Some(slow) = starts.get(starts.len() * 95 / 100) {
        report.notes.push(format!(
            "ready again after a kill, p95: {} ms",
            slow.as_millis()
        ));
    }
    if !report.failures.is_empty() {
        site.keep();
        report.notes.push(format!("see {}", site.folder.display()));
    }
    site.clear().await?;
    report.end("kill9-checkout", setup.out.as_deref())
}
