//! `tenon backup …`: a backup now, and what there is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tenon_backup::postgres::Cluster;
use tenon_kernel::Env;
use tenon_node::{HasNode as _, Node, NodeError};
use tenon_server::compose;
use tenon_server::settings::ServerSettings;
use tenon_store::StoreError;

/// Copying the files of a large installation takes its time.
const PATIENCE: Duration = Duration::from_hours(6);

/// What to do; without it a base is taken.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Lists bases, and the moments that can be restored from each.
    List,
    /// Receives PostgreSQL's log until it is told to stop: run exactly one for a cluster, all the time.
    Receive,
}

pub(crate) async fn run(settings: ServerSettings, action: Option<Action>) -> Result<ExitCode> {
    if !settings.backup.is_on() {
        bail!("setting `backup.directory`: say where backups are kept");
    }
    if !settings.store.url.is_empty() {
        return postgres(&settings, action).await;
    }
    match action {
        Some(Action::List) => list(&settings)?,
        Some(Action::Receive) => {
            bail!(
                "a server with SQLite stores ships them by itself: `tenon serve` with `backup.directory`"
            )
        }
        None => take(&settings).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn postgres(settings: &ServerSettings, action: Option<Action>) -> Result<ExitCode> {
    let cluster = Cluster::new(&settings.backup, &settings.store.url)?;
    let env = settings.node().env()?;
    match action {
        Some(Action::List) => {
            for base in cluster.list()? {
                println!("{}  from {} on", base.folder.display(), base.first);
            }
        }
        Some(Action::Receive) => {
            // It takes the place of this process: whoever watches over it and stops it deals with it alone.
            let error = cluster.receiver()?.exec();
            return Err(error).context("pg_receivewal");
        }
        None => {
            let taken = tokio::task::spawn_blocking(move || cluster.take_base(&env)).await??;
            println!(
                "{}: a base of {} bytes, to be restored from {} on, as far as `tenon backup receive` goes.",
                taken.folder.display(),
                taken.bytes,
                taken.cut
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(settings: &ServerSettings) -> Result<()> {
    let listed = tenon_backup::list(&settings.backup.directory)?;
    if listed.is_empty() {
        println!("Nothing is there.");
    }
    for base in listed {
        println!(
            "{}  from {} to {}  {} cuts, {} bytes  {}",
            base.folder.display(),
            base.first,
            base.last,
            base.cuts,
            base.bytes,
            base.modules.join(" ")
        );
    }
    Ok(())
}

/// A running server owns its stores, and takes the base; without one it is done here.
async fn take(settings: &ServerSettings) -> Result<()> {
    let env = settings.node().env()?;
    let mut node = compose::node(settings, &env)?;
    match compose::open_stores(&mut node).await {
        Ok(()) => take_here(settings, &node, &env).await,
        Err(NodeError::Store {
            source: StoreError::Locked { .. },
            ..
        }) => {
            node.close().await;
            ask_server(settings.web.operations_listen).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn take_here(settings: &ServerSettings, node: &Node, env: &Env) -> Result<()> {
    let taken = tenon_backup::take_base(&settings.backup, node.stores(), env).await;
    let (taken, ended) = match taken {
        Ok(taken) => taken,
        Err(error) => {
            node.close().await;
            return Err(error.into());
        }
    };
    node.close().await;
    drop(ended);
    println!(
        "{}: a base of {} bytes, to be restored from {} on. No server was running.",
        taken.folder.display(),
        taken.bytes,
        taken.cut
    );
    Ok(())
}

async fn ask_server(listens: SocketAddr) -> Result<()> {
    let url = format!("http://{}/backup", reachable(listens));
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    let answer = client.build()?.post(&url).send().await;
    let answer =
        answer.with_context(|| format!("the server that has the stores open, at {url}"))?;
    let status = answer.status();
    if status == 404 {
        bail!("the server that runs makes no backups: start it with `backup.directory`");
    }
    let body: Value = answer.json().await.context("the server's answer")?;
    if !status.is_success() {
        bail!(
            "the server took no base: {}",
            body["detail"].as_str().unwrap_or_default()
        );
    }
    println!(
        "{}: a base of {} bytes, to be restored from {} on, taken by the running server.",
        body["folder"].as_str().unwrap_or_default(),
        body["bytes"],
        body["cut"].as_str().unwrap_or_default()
    );
    Ok(())
}

/// Where a listener on all addresses is reached from here.
fn reachable(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}
