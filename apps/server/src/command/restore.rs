//! `tenon restore`: a backup becomes a data directory again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
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
    /// The directory, empty but for `secrets.toml`; `data_dir` without it.
    #[arg(long)]
    into: Option<PathBuf>,
}

pub(crate) async fn run(settings: ServerSettings, options: Options) -> Result<ExitCode> {
    if !settings.backup.is_on() {
        bail!("setting `backup.directory`: say where backups are kept");
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
    println!("Then run `tenon verify`, and read docs/runbooks/restore.md before customers come back.");
}
