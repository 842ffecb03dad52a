//! R35: people buy, the server is killed and its data is deleted; what the backup gives back is held against the books.

mod cluster;
mod compare;
mod files;
mod judge;
mod postgres;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tenon_kernel::{Env, Timestamp};
use tokio::time::Instant;

use self::compare::{Found, compare};
use self::files::Files;
use self::postgres::Postgres;
use crate::chance::Chance;
use crate::load::{Load, Told};
use crate::oracle;
use crate::report::{Report, Setup};
use crate::site::{Engine, Site, Template};

/// How many buy at once.
const BUYERS: usize = 12;
/// From the first purchase to the kill, in milliseconds.
const LIFE: (u64, u64) = (4_000, 10_000);
/// More than this between the last cut and the kill is a backup that does not work: one is due every second.
const MOST_LOST: Duration = Duration::from_secs(10);

/// What is lost and comes back.
enum Kept {
    Sqlite(Files),
    Postgres(Box<Postgres>),
}

/// What was measured, round by round.
#[derive(Default)]
struct Measured {
    /// From the last cut to the kill.
    lost: Vec<Duration>,
    /// From the beginning of the restore to ready.
    away: Vec<Duration>,
    kept: usize,
    forgotten: usize,
    /// How often all writers stood still for a cut, for how many seconds in all, and how many cuts were given up.
    cuts: (f64, f64, f64),
}

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let mut chance = Chance::new(setup.seed);
    let mut measured = Measured::default();
    if setup.folder.exists() {
        fs::remove_dir_all(&setup.folder)?;
    }
    for number in 1..=setup.count {
        let folder = setup.folder.join(format!("round-{number}"));
        let before = report.failures.len();
        let done = round(&setup, &folder, &mut chance, &mut report, &mut measured).await;
        if let Err(error) = done {
            report.failures.push(format!("round {number}: {error:#}"));
        }
        report.trials += 1;
        if report.failures.len() > before {
            report.notes.push(format!("see {}", folder.display()));
        } else {
            fs::remove_dir_all(&folder)?;
        }
    }
    if report.failures.is_empty() {
        fs::remove_dir_all(&setup.folder)?;
    }
    measured.note(&mut report);
    report.end("restore", setup.out.as_deref())
}

/// With an installation of its own. On PostgreSQL also with a cluster of its own: all of it is going to be lost.
async fn round(
    setup: &Setup,
    folder: &Path,
    chance: &mut Chance,
    report: &mut Report,
    measured: &mut Measured,
) -> Result<()> {
    let mut postgres = None;
    if setup.postgres.is_some() {
        let cluster = folder.with_extension("cluster");
        postgres = Some(Postgres::make(&cluster).await?);
    }
    let engine = postgres
        .as_ref()
        .map(|postgres| Engine::Postgres(postgres.url()));
    let engine = engine.unwrap_or(Engine::Sqlite);
    let template = Template::make(&setup.program, folder, engine).await?;
    let mut site = template.copy("shop").await?;
    site.keep(); // the folder goes away as a whole, if nothing is wrong
    let mut kept = match postgres {
        None => Kept::Sqlite(Files::of(&site)),
        Some(postgres) => Kept::Postgres(Box::new(postgres)),
    };
    let done = drill(&mut site, &mut kept, chance, report, measured).await;
    site.clear().await?;
    if let Kept::Postgres(postgres) = kept {
        postgres.clear().await?;
    }
    done
}

/// On a site that was not started yet.
async fn drill(
    site: &mut Site,
    kept: &mut Kept,
    chance: &mut Chance,
    report: &mut Report,
    measured: &mut Measured,
) -> Result<()> {
    let backup = site.folder.join("backup");
    let setting = format!("backup.directory={}", backup.display());
    site.server.settings.push(setting);
    let first = kept.begin(site).await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let load = Load::begin(&shop, &variants, BUYERS, &site.folder)?;
    let life = Duration::from_millis(chance.between(LIFE.0, LIFE.1));
    tokio::time::sleep(life).await; // the moment of the kill, in real time
    measured.look(site).await?;
    let killed = kept.lose(site).await?;
    let books = load.halt().await?;
    let (begun, told) = (books.begun()?, books.told()?);
    report.expect(!told.is_empty(), || {
        "nothing was bought, so nothing was shown".to_owned()
    });

    // To the last cut, in place.
    let restoring = Instant::now();
    let (cut, restored) = kept.come_back(site).await?;
    site.start().await?;
    measured.away.push(restoring.elapsed());
    let lost = killed.since(cut);
    measured.lost.push(lost);
    report.expect(lost < MOST_LOST, || {
        format!("{} s were lost", lost.as_secs())
    });
    let wrong = compare(&told, &begun, &restored, cut);
    report.failures.extend(wrong);
    measured.count(&told, cut);
    judge::judge(site, &books, &initial, report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }

    // To a moment in the middle, elsewhere.
    let span = u64::try_from(killed.since(first).as_micros()).context("a short time")?;
    let middle = first + Duration::from_micros(chance.between(0, span));
    let (cut, restored) = kept.at(site, middle).await?;
    report.expect(cut <= middle && middle.since(cut) < MOST_LOST, || {
        format!("asked for {middle}, got {cut}")
    });
    let wrong = compare(&told, &begun, &restored, cut).into_iter();
    let wrong = wrong.map(|wrong| format!("at {cut}: {wrong}"));
    report.failures.extend(wrong);
    Ok(())
}

impl Kept {
    /// Starts the server; returns a moment that can be restored.
    async fn begin(&mut self, site: &mut Site) -> Result<Timestamp> {
        match self {
            Self::Sqlite(_) => Files::begin(site).await,
            Self::Postgres(postgres) => postgres.begin(site).await,
        }
    }

    /// Kills the server and deletes its data; returns when nothing could be written any more.
    async fn lose(&mut self, site: &mut Site) -> Result<Timestamp> {
        match self {
            Self::Sqlite(files) => {
                site.server.kill().await?;
                let killed = Env::system().now();
                files.delete()?;
                Ok(killed)
            }
            Self::Postgres(postgres) => {
                let killed = postgres.lose().await?;
                site.server.kill().await?;
                Ok(killed)
            }
        }
    }

    /// Restores the last cut, so that the server can start; returns it, and the orders that are there.
    async fn come_back(&mut self, site: &Site) -> Result<(Timestamp, Vec<Found>)> {
        match self {
            Self::Sqlite(files) => {
                let cut = Files::restore(&site.server, None, None).await?;
                files.put_secrets_back()?;
                Ok((cut, Files::orders(&site.server.data_dir).await?))
            }
            Self::Postgres(postgres) => postgres.come_back(site).await,
        }
    }

    /// Restores a moment elsewhere; returns the cut, and the orders that are there.
    async fn at(&mut self, site: &Site, moment: Timestamp) -> Result<(Timestamp, Vec<Found>)> {
        match self {
            Self::Sqlite(_) => {
                let elsewhere = site.folder.join("middle");
                let cut = Files::restore(&site.server, Some(moment), Some(&elsewhere)).await?;
                Ok((cut, Files::orders(&elsewhere).await?))
            }
            Self::Postgres(postgres) => postgres.at(site, moment).await,
        }
    }
}

impl Measured {
    /// Looks at what cuts have cost the server so far.
    async fn look(&mut self, site: &Site) -> Result<()> {
        let url = format!("{}/metrics", site.server.operations);
        let text = site.http.get(&url).send().await?.text().await?;
        let of = |name: &str| {
            let values = text.lines().filter_map(|line| line.strip_prefix(name));
            let values = values.filter_map(|value| value.trim().parse::<f64>().ok());
            values.sum::<f64>()
        };
        self.cuts.0 += of("tenon_backup_writers_stood_still_seconds_count ");
        self.cuts.1 += of("tenon_backup_writers_stood_still_seconds_sum ");
        self.cuts.2 += of("tenon_backup_cuts_given_up_total ");
        Ok(())
    }

    fn count(&mut self, told: &[Told], cut: Timestamp) {
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
        let (cuts, seconds, given_up) = self.cuts;
        if cuts > 0.0 {
            report.notes.push(format!(
                "writers stood still for {:.1} ms on average of {cuts} cuts; {given_up} were given up",
                1_000.0 * seconds / cuts
            ));
        }
        report.notes.push(format!(
            "{} orders acknowledged before the last cut, all held against what is there; {} after it",
            self.kept, self.forgotten
        ));
    }
}
