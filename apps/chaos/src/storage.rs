//! R06: the disk is full, or forcing data to it fails, while people buy. Nothing may be acknowledged then that is not there
//! later, and the server goes on by itself once the disk works again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tokio::process::Command;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::disk::Disk;
use crate::footprint::Footprint;
use crate::load::Load;
use crate::oracle;
use crate::report::{Report, Setup};
use crate::server::signal;
use crate::shop::Shop;
use crate::site::{Engine, Site, Template, client};

/// How many buy at once.
const BUYERS: usize = 12;
/// How long the disk works between two faults, and how long it does not, in milliseconds.
const PEACE: (u64, u64) = (300, 1_500);
const TROUBLE: (u64, u64) = (500, 2_500);
/// How long it may take until writes fail on a full disk, and until they work again.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// `fsync` and `fdatasync` that fail with `EIO` while a file exists, in the place of those of the C library.
const FAILING_SYNC: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int fails(void) {
    const char *file = getenv("FAILING_SYNC");
    return file && access(file, F_OK) == 0;
}
int fsync(int file) {
    if (fails()) { errno = EIO; return -1; }
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return next(file);
}
int fdatasync(int file) {
    if (fails()) { errno = EIO; return -1; }
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return next(file);
}
"#;

pub(crate) async fn run(setup: Setup) -> Result<()> {
    let mut report = Report::begin();
    let rig = std::env::temp_dir().join(format!("tenon-storage-{}", std::process::id()));
    let disk = match Disk::plug_in(&rig).await {
        Ok(disk) => disk,
        Err(error) => {
            report
                .notes
                .push(format!("SKIPPED, NOTHING IS SHOWN: {error:#}"));
            return report.end("bad-storage", setup.out.as_deref());
        }
    };
    let done = disturb(&setup, &disk, &mut report).await;
    let cleared = disk.clear().await;
    done?;
    cleared?;
    report.end("bad-storage", setup.out.as_deref())
}

async fn disturb(setup: &Setup, disk: &Disk, report: &mut Report) -> Result<()> {
    // Books and switches are on another disk.
    std::fs::create_dir_all(&setup.folder)?;
    let switch = setup.folder.join("sync-fails");
    let template =
        Template::make(&setup.program, &disk.files().join("sites"), Engine::Sqlite).await?;
    let mut site = template.copy("shop").await?;
    site.server.environment = vec![
        ("LD_PRELOAD", failing_sync(&setup.folder).await?),
        ("FAILING_SYNC", switch.display().to_string()),
    ];
    site.start().await?;
    let shop = site.shop();
    let staff = shop.token("staff").await?;
    let variants = shop.variants().await?;
    let initial = oracle::count(&shop, &staff, &variants).await?;
    let before = Footprint::of(&site).await?;
    // Their connections end with them.
    let buyers = Shop::new(client()?, &site.server.api, &site.server.data_dir);
    let load = Load::begin(&buyers, &variants, BUYERS, &setup.folder)?;
    drop(buyers);
    let before = before.warmed(&site, &load).await?;
    let mut chance = Chance::new(setup.seed);
    let mut recoveries = Vec::new();
    for number in 0..setup.count {
        let peace = Duration::from_millis(chance.between(PEACE.0, PEACE.1));
        tokio::time::sleep(peace).await; // the moment of the fault, in real time
        let trouble = Duration::from_millis(chance.between(TROUBLE.0, TROUBLE.1));
        let name = if number % 2 == 0 {
            let ballast = fill(disk).await?;
            report.expect(within(&shop, false).await.is_some(), || {
                "a full disk was written to".to_owned()
            });
            tokio::time::sleep(trouble).await;
            std::fs::remove_file(ballast)?;
            "a full disk"
        } else {
            File::create(&switch)?;
            report.expect(within(&shop, false).await.is_some(), || {
                "what was not forced to the disk was acknowledged".to_owned()
            });
            tokio::time::sleep(trouble).await;
            std::fs::remove_file(&switch)?;
            "a disk that does not keep anything"
        };
        let again = within(&shop, true).await;
        report.expect(again.is_some(), || {
            format!(
                "{PATIENCE:?} after {name} writes still fail:\n{}",
                site.server.last_lines()
            )
        });
        report.expect(!site.server.has_ended(), || {
            format!("{name} ended the server:\n{}", site.server.last_lines())
        });
        recoveries.extend(again);
        report.trials += 1;
        if !report.failures.is_empty() {
            break;
        }
    }
    let books = load.end(&shop, &site).await?;
    oracle::judge(&site, &books, &initial, report).await?;
    before.expect_back(&site, report).await?;
    dies_whole(&mut site).await?;
    oracle::judge(&site, &books, &initial, report).await?;
    if let Err(error) = site.verify().await {
        report.failures.push(format!("{error:#}"));
    }
    recoveries.sort_unstable();
    if let Some(slowest) = recoveries.last() {
        report.notes.push(format!(
            "until a write succeeds once the disk works again: longest {} ms",
            slowest.as_millis()
        ));
    }
    site.clear().await
}

/// What memory made good for a while the files must hold: the server is killed and started on them.
async fn dies_whole(site: &mut Site) -> Result<()> {
    let process = site.server.id().context("the server runs")?;
    signal(process, "-KILL").await?;
    site.server.kill().await?;
    site.start().await?;
    ensure!(
        !site.server.has_ended(),
        "the server does not start again:\n{}",
        site.server.last_lines()
    );
    Ok(())
}

/// How long it takes until a write succeeds, or fails with a reason and advice; `None` if it does not come to that.
async fn within(shop: &Shop, succeeds: bool) -> Option<Duration> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let answer = shop.send(shop.post("/v1/carts").json(&json!({}))).await;
        let is_wanted = answer.is_some_and(|answer| match answer.status {
            201 => succeeds,
            503 => !succeeds && answer.body["retry"] == "after",
            _ => false,
        });
        if is_wanted {
            return Some(began.elapsed());
        }
        tokio::time::sleep(LOOK).await;
    }
    None
}

/// Takes all room that is left on the disk.
async fn fill(disk: &Disk) -> Result<PathBuf> {
    let ballast = disk.files().join("ballast");
    // It ends with an error by design: the disk is full.
    let _full = Command::new("dd")
        .args(["if=/dev/zero", "bs=64k", "status=none"])
        .arg(format!("of={}", ballast.display()))
        .stderr(std::process::Stdio::null())
        .status()
        .await?;
    ensure!(ballast.is_file(), "dd wrote nothing");
    Ok(ballast)
}

/// Builds the library that fails on demand.
async fn failing_sync(folder: &Path) -> Result<String> {
    let (source, library) = (
        folder.join("failing_sync.c"),
        folder.join("failing_sync.so"),
    );
    std::fs::write(&source, FAILING_SYNC)?;
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl");
    let built = compiler.status().await.context("cc")?;
    ensure!(built.success(), "cc ended with {built}");
    Ok(library.display().to_string())
}
