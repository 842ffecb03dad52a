//! R03: the power fails while people buy. The server is stopped dead, goes on with what its disk really has, and
//! everything that was acknowledged must be there.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::chance::Chance;
use crate::disk::Disk;
use crate::load::Load;
use crate::oracle;
use crate::report::{Report, Setup};
use crate::server::signal;
use crate::site::{Engine, Template};

/// How many buy at once.
const BUYERS: usize = 12;
/// How long the power stays on, in milliseconds.
const LIFE: (u64, u64) = (300, 2_500);
/// Cuts of the control.
const CONTROL_CUTS: u32 = 5;
/// Commits before each cut of the control.
const CONTROL_COMMITS: i64 = 200;

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    // A real disk: memory has no power to lose.
    let rig = std::env::temp_dir().join(format!("tenon-power-{}", std::process::id()));
    let disk = match Disk::plug_in(&rig).await {
        Ok(disk) => disk,
        Err(error) => {
            report
                .notes
                .push(format!("SKIPPED, NOTHING IS SHOWN: {error:#}"));
            return report.end("power-cut", setup.out.as_deref());
        }
    };
    let (mut disk, lost) = control(disk, SqliteSynchronous::Normal).await?;
    report.expect(lost > 0, || {
        "the control without forced writes lost nothing: the rig is no test".to_owned()
    });
    report.notes.push(format!(
        "control, synchronous=NORMAL: {lost} of {} acknowledged commits lost in {CONTROL_CUTS} cuts",
        i64::from(CONTROL_CUTS) * CONTROL_COMMITS
    ));
    let cut = cut_off(&setup, &mut disk, &mut report).await;
    let cleared = disk.clear().await;
    cut?;
    cleared?;
    report.end("power-cut", setup.out.as_deref())
}

/// Cuts the power off a shop, again and again.
async fn cut_off(setup: &Setup, disk: &mut Disk, report: &mut Report) -> Result<()> {
    let sites = disk.files().join("sites");
    let template = Template::make(&setup.program, &sites, Engine::Sqlite).await?;
    let mut site = template.copy("shop").await?;
    site.start().await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    disk.settle().await?;
    // The books are on another disk.
    std::fs::create_dir_all(&setup.folder)?;
    let load = Load::begin(&shop, &variants, BUYERS, &setup.folder)?;
    let mut chance = Chance::new(setup.seed);
    for _ in 0..setup.count {
        let life = Duration::from_millis(chance.between(LIFE.0, LIFE.1));
        tokio::time::sleep(life).await; // the moment of the cut, in real time
        // From the moment of the copy on nobody may be told anything.
        let process = site.server.id().context("the server runs")?;
        signal(process, "-STOP").await?;
        disk.cut().await?;
        site.server.kill().await?;
        disk.power_on().await?;
        site.start().await?;
        anyhow::ensure!(
            !site.server.has_ended(),
            "the server does not start after a power cut:\n{}",
            site.server.last_lines()
        );
        report.trials += 1;
    }
    report.expect(load.intents() > 0, || {
        "nothing was bought, so nothing was shown".to_owned()
    });
    let books = load.end(&shop, &site).await?;
    oracle::judge(&site, &books, &initial, report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    site.clear().await
}

/// Commits to a file that is not forced to the disk, cuts the power, and counts what is lost.
async fn control(mut disk: Disk, synchronous: SqliteSynchronous) -> Result<(Disk, i64)> {
    let mut lost = 0;
    for cut in 0..CONTROL_CUTS {
        let file = disk.files().join(format!("control-{cut}.db"));
        let mut writer = open(&file, synchronous).await?;
        sqlx::raw_sql("CREATE TABLE done (id INTEGER PRIMARY KEY)")
            .execute(&mut writer)
            .await?;
        // The table itself is on the disk, whatever the setting.
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut writer)
            .await?;
        for id in 0..CONTROL_COMMITS {
            sqlx::query("INSERT INTO done (id) VALUES ($1)")
                .bind(id)
                .execute(&mut writer)
                .await?;
        }
        disk.cut().await?;
        writer.close().await?;
        disk.power_on().await?;
        let mut reader = open(&file, synchronous).await?;
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM done")
            .fetch_one(&mut reader)
            .await?;
        reader.close().await?;
        lost += CONTROL_COMMITS - kept;
    }
    Ok((disk, lost))
}

async fn open(file: &Path, synchronous: SqliteSynchronous) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    Ok(options.connect().await?)
}
