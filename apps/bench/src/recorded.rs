//! Tenon in this process, while the store notes every statement: what the raw run then does again.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tenon_kernel::Env;
use tenon_module::Runtime;
use tenon_server::compose::{API, Tenon};
use tenon_server::settings::ServerSettings;
use tenon_settings::Sources;
use tenon_store::{Recording, Step};
use tenon_web::{Edge, EdgeState, ServeOptions, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::server::Installation;

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
    let mut settings: ServerSettings = tenon_settings::load(&sources)?;
    let env = Env::system();
    tenon_server::secrets::complete(&mut settings, &env)?;
    let mut tenon = Tenon::build(&settings, &env).await?;
    let endpoints = tenon
        .modules
        .iter_mut()
        .flat_map(|module| std::mem::take(&mut module.endpoints))
        .collect();
    let web = Arc::new(settings.web.clone());
    let state = EdgeState {
        env,
        verifier: tenon.verifier.clone(),
        settings: Arc::clone(&web),
    };
    let stop = CancellationToken::new();
    let api = tokio::spawn(serve(
        TcpListener::bind(installation.api).await?,
        Edge::try_public(state, API, endpoints)?,
        ServeOptions::from(web.as_ref()),
        stop.clone(),
    ));
    let runtime = Runtime::start(tenon.modules, Vec::new());

    Recording::start();
    let worked = work.await;
    let steps = Recording::stop();
    stop.cancel();
    api.await?.context("the public listener failed")?;
    runtime.stop().await;
    worked.map(|()| steps)
}
