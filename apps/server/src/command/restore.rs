//! `tenon restore`: a backup becomes a data directory again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use tenon_backup::postgres::Cluster;
use tenon_kernel::Timestamp;
use tenon_node::HasNode as _;
use tenon_server::compose;
use tenon_server::settings::ServerSettings;
use tenon_store::{Db, StoreConfig};

/// Options of `tenon restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The moment to restore to, such as 2026-01-31T09:30:00Z: the last cut at or before it. Without it: the last one.
    #[arg(long)]
    to: Option<Timestamp>,
    /// The directory, empty but for `secrets.toml`; `data_dir` without it. On PostgreSQL the data directory of a new
    /// cluster.
    #[arg(long)]
    into: Option<PathBuf>,
    /// On PostgreSQL, once the restored cluster takes writes and before any server starts: has events go on above all
    /// positions that consumers may know.
    #[arg(long, conflicts_with_all = ["to", "into"])]
    started: bool,
}

pub(crate) async fn run(settings: ServerSettings, options: Options) -> Result<ExitCode> {
    if !settings.backup.is_on() {
        bail!("setting `backup.directory`: say where backups are kept");
    }
    if !settings.store.url.is_empty() {
        return postgres(&settings, options).await;
    }
    if options.started {
        bail!("SQLite stores need nothing after a restore");
    }
    let target = options.into.unwrap_or_else(|| settings.data_dir.clone());
    let restored = tenon_backup::restore(&settings.backup.directory, options.to, &target).await?;
    begin_eras(&settings, &target, &restored.modules).await?;
    println!(
        "Restored to {} in {}: {}.",
        restored.cut,
        target.display(),
        restored.modules.join(", ")
    );
    println!(
        "From {}, {} segments, {} bytes; every checksum was right, and SQLite finds every file sound.",
        restored.folder.display(),
        restored.segments,
        restored.bytes
    );
    say_what_comes_next(&settings, &target);
    Ok(ExitCode::SUCCESS)
}

async fn postgres(settings: &ServerSettings, options: Options) -> Result<ExitCode> {
    if options.started {
        let env = settings.node().env()?;
        let mut node = compose::node(settings, &env)?;
        compose::open_stores(&mut node).await?;
        for db in node.stores() {
            tenon_events::begin_era(db).await?;
        }
        node.close().await;
        println!(
            "Events go on above all positions that were given before. Run `tenon verify` next."
        );
        return Ok(ExitCode::SUCCESS);
    }
    let target = options
        .into
        .context("--into: say where the new data directory is made")?;
    let cluster = Cluster::new(&settings.backup, &settings.store.url)?;
    let place = target.clone();
    let prepared = tokio::task::spawn_blocking(move || cluster.prepare(options.to, &place));
    let base = prepared.await??;
    let moment = options
        .to
        .map_or("the end of what was received".to_owned(), |to| {
            to.to_string()
        });
    println!(
        "Prepared {} from {}, whose checksums are right.",
        target.display(),
        base.folder.display()
    );
    println!("It is to be brought to {moment}. Now, as the user that runs PostgreSQL:");
    println!(
        "  1. pg_ctl -D {} start, and wait until it takes writes",
        target.display()
    );
    println!("  2. tenon restore --started, with `store.url` of that cluster");
    println!("  3. tenon verify; then read docs/runbooks/restore.md before customers come back");
    Ok(ExitCode::SUCCESS)
}

/// Consumers in other processes may have read events that are not there any more: positions go on above all of them.
async fn begin_eras(settings: &ServerSettings, target: &Path, modules: &[String]) -> Result<()> {
    let config = StoreConfig::Sqlite {
        directory: target.to_owned(),
        shipped: false,
    };
    let env = settings.node().env()?;
    for migrations in compose::STORES {
        if modules.iter().any(|module| module == migrations.module) {
            let db = Db::open(&config, migrations, env.clone()).await?;
            tenon_events::begin_era(&db).await?;
            db.close().await;
        }
    }
    Ok(())
}

fn say_what_comes_next(settings: &ServerSettings, target: &Path) {
    if settings.secrets.application.is_empty() && !target.join("secrets.toml").exists() {
        println!(
            "Put `secrets.toml` there before anything else: it is no part of a backup, and without it a start makes new \
             secrets, which open nothing that the old ones closed."
        );
    }
    println!(
        "Then run `tenon verify`, and read docs/runbooks/restore.md before customers come back."
    );
}
