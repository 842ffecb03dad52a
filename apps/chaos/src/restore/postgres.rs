//! A site whose cluster is lost, and comes back from a base and the log that was received.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, PgConnection};
use tenon_kernel::{Env, Timestamp};
use tokio::process::Child;

use super::cluster::{Cluster, give};
use super::compare::Found;
use crate::ports;
use crate::shop::Patience;
use crate::site::Site;

/// A cluster of its own, and who receives its log.
pub(super) struct Postgres {
    folder: PathBuf,
    port: u16,
    cluster: Cluster,
    receiver: Option<Child>,
}

impl Postgres {
    pub(super) async fn make(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let port = ports::free();
        Ok(Self {
            cluster: Cluster::make(&folder.join("first"), port).await?,
            folder: folder.to_owned(),
            port,
            receiver: None,
        })
    }

    pub(super) fn url(&self) -> String {
        self.cluster.url()
    }

    /// Receives the log, takes a base, starts the server.
    pub(super) async fn begin(&mut self, site: &mut Site) -> Result<Timestamp> {
        self.receiver = Some(site.server.run_on(&["backup", "receive"])?);
        site.server.run(&["backup"]).await?;
        let first = Env::system().now();
        site.start().await?;
        Ok(first)
    }

    /// The machine with the database burns down; who receives the log is on another one.
    pub(super) async fn lose(&mut self) -> Result<Timestamp> {
        self.cluster.kill().await?;
        let killed = Env::system().now();
        remove(&self.folder.join("first")).await?;
        if let Some(mut receiver) = self.receiver.take() {
            receiver.kill().await?;
        }
        Ok(killed)
    }

    /// To the end of what was received, under the address of the lost cluster.
    pub(super) async fn come_back(&mut self, site: &Site) -> Result<(Timestamp, Vec<Found>)> {
        let data = self.folder.join("second");
        let into = format!("--into={}", data.display());
        site.server.run(&["restore", &into]).await?;
        give(&site.folder.join("backup"))?;
        self.cluster = Cluster::start(&data, self.port).await?;
        let cut = last_transaction(&self.cluster.log()?)?;
        site.server.run(&["restore", "--started"]).await?;
        let url = site.database_url().context("a database")?;
        Ok((cut, orders(&url).await?))
    }

    pub(super) async fn at(
        &mut self,
        site: &Site,
        moment: Timestamp,
    ) -> Result<(Timestamp, Vec<Found>)> {
        let data = self.folder.join("middle");
        let (into, to) = (
            format!("--into={}", data.display()),
            format!("--to={moment}"),
        );
        site.server.run(&["restore", &into, &to]).await?;
        let mut cluster = Cluster::start(&data, ports::free()).await?;
        let url = site.database_url().context("a database")?;
        let url = url.replace(&self.cluster.url(), &cluster.url());
        let found = orders(&url).await?;
        cluster.kill().await?;
        Ok((moment, found))
    }

    /// Takes everything away.
    pub(super) async fn clear(mut self) -> Result<()> {
        self.cluster.kill().await?;
        remove(&self.folder).await
    }
}

/// Processes of a server that was killed may still write for a moment.
async fn remove(folder: &Path) -> Result<()> {
    let mut patience = Patience::new("the end of a killed cluster");
    while let Err(error) = fs::remove_dir_all(folder) {
        patience.wait().await.context(error)?;
    }
    Ok(())
}

async fn orders(url: &str) -> Result<Vec<Found>> {
    let mut owner = PgConnection::connect(url).await?;
    let rows = sqlx::query_as("SELECT id, cart_id, created_at FROM orders.orders")
        .fetch_all(&mut owner)
        .await?;
    owner.close().await?;
    Ok(rows.into_iter().map(Found::of).collect())
}

/// What the server says when it comes to the end: `last completed transaction was at log time 2026-11-29 10:15:07.5+00`.
fn last_transaction(log: &str) -> Result<Timestamp> {
    let said = log
        .rsplit("last completed transaction was at log time ")
        .next();
    let said = said.filter(|said| said.len() < log.len());
    let said = said.and_then(|said| said.lines().next());
    let said = said.with_context(|| format!("no last transaction in:\n{log}"))?;
    let text = said.trim().replacen(' ', "T", 1);
    let text = text.replace("+00", "Z");
    text.parse().with_context(|| format!("a time: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_read() {
        let log = "x\nLOG:  last completed transaction was at log time 2026-11-29 10:15:07.5+00\nLOG:  y\n";
        let expected: Timestamp = "2026-11-29T10:15:07.5Z".parse().expect("a time");
        assert_eq!(last_transaction(log).expect("is there"), expected);
        assert!(last_transaction("nothing").is_err());
    }
}
