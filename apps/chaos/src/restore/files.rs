//! The data directory of a site with SQLite stores: how it is lost, and how it comes back.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_kernel::Timestamp;

use super::compare::Found;
use crate::server::Server;
use crate::shop::Patience;
use crate::site::Site;

/// What people keep elsewhere: the secrets, and here the accounts of those who buy.
const KEPT_ELSEWHERE: [&str; 2] = ["secrets.toml", "demo-accounts.txt"];

/// Where the data is, and what of it is kept elsewhere.
pub(super) struct Files {
    data: PathBuf,
    elsewhere: Vec<(&'static str, Vec<u8>)>,
}

impl Files {
    pub(super) fn of(site: &Site) -> Self {
        let data = site.server.data_dir.clone();
        let keep = |name| Some((name, fs::read(data.join(name)).ok()?));
        Self {
            elsewhere: KEPT_ELSEWHERE.into_iter().filter_map(keep).collect(),
            data,
        }
    }

    /// Starts the server and waits until there is something to restore.
    pub(super) async fn begin(site: &mut Site) -> Result<Timestamp> {
        site.start().await?;
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

    /// Loses all of it.
    pub(super) fn delete(&self) -> Result<()> {
        fs::remove_dir_all(&self.data).context("the data directory goes away")
    }

    /// Runs `tenon restore`; returns the cut that it says it restored to.
    pub(super) async fn restore(
        server: &Server,
        to: Option<Timestamp>,
        into: Option<&Path>,
    ) -> Result<Timestamp> {
        let mut arguments = vec!["restore".to_owned()];
        arguments.extend(to.map(|to| format!("--to={to}")));
        arguments.extend(into.map(|into| format!("--into={}", into.display())));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = server.run(&arguments).await?;
        let cut = said.strip_prefix("Restored to ");
        let cut = cut.and_then(|rest| rest.split_whitespace().next());
        Ok(cut
            .with_context(|| format!("no time in: {said}"))?
            .parse()?)
    }

    pub(super) fn put_secrets_back(&self) -> Result<()> {
        for (name, bytes) in &self.elsewhere {
            fs::write(self.data.join(name), bytes).context("the secrets come back")?;
        }
        Ok(())
    }

    /// The orders in a data directory that no server has open.
    pub(super) async fn orders(data: &Path) -> Result<Vec<Found>> {
        let file = data.join("orders.db");
        let mut store = SqliteConnectOptions::new()
            .filename(&file)
            .connect()
            .await?;
        let rows = sqlx::query_as("SELECT id, cart_id, created_at FROM orders")
            .fetch_all(&mut store)
            .await?;
        store.close().await?;
        Ok(rows.into_iter().map(Found::of).collect())
    }
}
