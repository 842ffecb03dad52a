//! R35: people buy, the server is killed and its data is deleted; what the backup gives back is held against the books.

mod compare;
mod files;
mod judge;

use std::time::Duration;

use anyhow::{Context as _, Result};
use tenon_kernel::{Env, Timestamp};
use tokio::time::Instant;

use self::compare::compare;
use self::files::Files;
use crate::chance::Chance;
use crate::load::Load;
use crate::oracle;
use crate::report::{Report, Setup};
use crate::shop::Patience;
use crate::site::{Engine, Site, Template};

/// How many buy at once.
const BUYERS: usize = 12;
/// From the first purchase to the kill, in milliseconds.
const LIFE: (u64, u64) = (4_000, 10_000);
/// More than this between the last cut and the kill is a backup that does not work: a cut is due every second.
const MOST_LOST: Duration = Duration::from_secs(10);

/// What was measured, round by round.
#[derive(Default)]
struct Measured {
    /// From the last cut to the kill.
    lost: Vec<Duration>,
    /// From the beginning of the restore to ready.
    away: Vec<Duration>,
    kept: usize,
    forgotten: usize,
}

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let mut chance = Chance::new(setup.seed);
    let template = Template::make(&setup.program, &setup.folder, Engine::Sqlite).await?;
    let mut measured = Measured::default();
    for round in 1..=setup.count {
        let mut site = template.copy(&format!("shop-{round}")).await?;
        let before = report.failures.len();
        if let Err(error) = drill(&mut site, &mut chance, &mut report, &mut measured).await {
            report.failures.push(format!("round {round}: {error:#}"));
        }
        report.trials += 1;
        if report.failures.len() > before {
            site.keep();
            report.notes.push(format!("see {}", site.folder.display()));
        }
        site.clear().await?;
    }
    measured.note(&mut report);
    report.end("restore", setup.out.as_deref())
}

/// One round, on a site that was not started yet.
async fn drill(
    site: &mut Site,
    chance: &mut Chance,
    report: &mut Report,
    measured: &mut Measured,
) -> Result<()> {
    let files = Files::of(site);
    site.start().await?;
    let first = first_cut(site).await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let load = Load::begin(&shop, &variants, BUYERS, &site.folder)?;
    let life = Duration::from_millis(chance.between(LIFE.0, LIFE.1));
    tokio::time::sleep(life).await; // the moment of the kill, in real time
    site.server.kill().await?;
    let killed = Env::system().now();
    files.delete()?;
    let books = load.halt().await?;
    let (begun, told) = (books.begun()?, books.told()?);
    report.expect(!told.is_empty(), || "nothing was bought, so nothing was shown".to_owned());

    // To the last cut, in place.
    let began = Instant::now();
    let cut = files.restore(&site.server, None, None).await?;
    files.put_secrets_back()?;
    let restored = files.orders(&site.server.data_dir).await?;
    site.start().await?;
    measured.away.push(began.elapsed());
    let lost = killed.since(cut);
    measured.lost.push(lost);
    report.expect(lost < MOST_LOST, || format!("{} s were lost", lost.as_secs()));
    let wrong = compare(&told, &begun, &restored, cut);
    report.failures.extend(wrong);
    measured.count(&told, cut);

    // To a moment in the middle, elsewhere.
    let span = u64::try_from(killed.since(first).as_micros()).context("a short time")?;
    let middle = first + Duration::from_micros(chance.between(0, span));
    let elsewhere = site.folder.join("middle");
    let cut = files.restore(&site.server, Some(middle), Some(&elsewhere)).await?;
    report.expect(cut <= middle && middle.since(cut) < MOST_LOST, || {
        format!("asked for {middle}, got {cut}")
    });
    let restored = files.orders(&elsewhere).await?;
    let wrong = compare(&told, &begun, &restored, cut);
    report.failures.extend(wrong.into_iter().map(|wrong| format!("at {cut}: {wrong}")));

    judge::judge(site, &books, &initial, report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    Ok(())
}

/// Waits until there is something to restore.
async fn first_cut(site: &Site) -> Result<Timestamp> {
    let mut patience = Patience::new("the first cut");
    let backup = format!("{}/backup", site.server.operations);
    loop {
        let seen: serde_json::Value = site.http.get(&backup).send().await?.json().await?;
        if let Some(cut) = seen["last_cut"].as_str() {
            return Ok(cut.parse()?);
        }
        patience.wait().await?;
    }
}

impl Measured {
    fn count(&mut self, told: &[crate::load::Told], cut: Timestamp) {
        let orders = told.iter().filter(|told| told.outcome != "refused");
        let (kept, forgotten): (Vec<_>, Vec<_>) = orders.partition(|told| told.at < cut);
        self.kept += kept.len();
        self.forgotten += forgotten.len();
    }

    fn note(&mut self, report: &mut Report) {
        for (name, times) in [("RPO", &mut self.lost), ("RTO", &mut self.away)] {
            times.sort_unstable();
            if let (Some(middle), Some(longest)) = (times.get(times.len() / 2), times.last()) {
                report.notes.push(format!(
                    "{name}: median {} ms, longest {} ms",
                    middle.as_millis(),
                    longest.as_millis()
                ));
            }
        }
        report.notes.push(format!(
            "{} orders acknowledged before the last cut, all held against what is there; {} after it",
            self.kept, self.forgotten
        ));
    }
}
