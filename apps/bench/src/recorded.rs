//! Tenon in this process, while the store notes every statement: what the raw run then does again.

use anyhow::{Context as _, Result};
use tenon_kernel::Env;
use tenon_node::Stop;
use tenon_server::compose::Tenon;
use tenon_server::settings::ServerSettings;
use tenon_settings::Sources;
use tenon_store::{Recording, Step};
use tokio_util::sync::CancellationToken;

use crate::server::{Installation, wait_for_200};

/// Serves an installation from this process while `work` runs; returns what its stores did meanwhile.
pub(crate) async fn record(
    installation: &Installation,
    work: impl Future<Output = Result<()>>,
) -> Result<Vec<Step>> {
    let sources = Sources {
        file: None,
        environment: false,
        overrides: installation.overrides(),
    };
    let settings: ServerSettings = tenon_settings::load(&sources)?;
    let env = Env::system();
    let tenon = Tenon::build(&settings, &env).await?;
    let (node, listeners) = tenon.listeners(&settings, env)?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    let serving = tokio::spawn(node.serve_until(listeners, async move || {
        told.cancelled().await;
        Stop::Interrupt
    }));
    wait_for_200(installation.api, "/v1/products?limit=1").await?;

    Recording::start();
    let worked = work.await;
    let steps = Recording::stop();
    stop.cancel();
    serving.await?.context("the server failed")?;
    worked.map(|()| steps)
}
