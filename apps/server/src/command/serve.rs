//! `tenon serve`: serves the API until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use tenon_kernel::Env;
use tenon_module::Runtime;
use tenon_store::Db;
use tenon_telemetry::Telemetry;
use tenon_web::{Edge, EdgeState, Readiness, ServeOptions, serve};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use tenon_server::compose::{API, Tenon};
use tenon_server::settings::ServerSettings;

/// Says whether every store answers and is migrated.
struct StoresAnswer {
    stores: Vec<Db>,
    stopping: CancellationToken,
}

pub(crate) async fn run(mut settings: ServerSettings) -> Result<ExitCode> {
    let telemetry = Telemetry::start(&settings.telemetry, "tenon")?;
    let env = Env::system();
    tenon_server::secrets::complete(&mut settings, &env)?;
    let mut tenon = Tenon::build(&settings, &env).await?;
    let endpoints = tenon
        .modules
        .iter_mut()
        .flat_map(|module| std::mem::take(&mut module.endpoints))
        .collect();

    let web = Arc::new(settings.web.clone());
    let public = bind(web.listen).await.context("setting `web.listen`")?;
    let operations = bind(web.operations_listen)
        .await
        .context("setting `web.operations_listen`")?;
    let state = EdgeState {
        env,
        verifier: tenon.verifier.clone(),
        settings: Arc::clone(&web),
    };
    let router = Edge::try_public(state, API, endpoints)?;

    // Not ready first, so that no new traffic comes; then the public listener drains; health answers to the end.
    let (stopping, stop_public, stop_operations) = (
        CancellationToken::new(),
        CancellationToken::new(),
        CancellationToken::new(),
    );
    let readiness = StoresAnswer {
        stores: tenon.stores.all().into_iter().cloned().collect(),
        stopping: stopping.clone(),
    };
    let health = tokio::spawn(serve(
        operations,
        Edge::operations(Arc::new(readiness)),
        ServeOptions::default(),
        stop_operations.clone(),
    ));
    let runtime = Runtime::start(tenon.modules, Vec::new());
    let mut api = tokio::spawn(serve(
        public,
        router,
        ServeOptions::from(web.as_ref()),
        stop_public.clone(),
    ));
    tracing::info!(listen = %web.listen, operations = %web.operations_listen, "serving");

    tokio::select! {
        signal = told_to_stop() => tracing::info!(signal = signal?, "stopping"),
        ended = &mut api => ended?.context("the public listener failed")?,
    }
    stopping.cancel();
    stop_public.cancel();
    if !api.is_finished() {
        api.await?.context("the public listener failed")?;
    }
    runtime.stop().await;
    stop_operations.cancel();
    health.await?.context("the operations listener failed")?;
    tracing::info!("stopped");
    telemetry.stop();
    Ok(ExitCode::SUCCESS)
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

async fn told_to_stop() -> Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}

#[async_trait]
impl Readiness for StoresAnswer {
    async fn check(&self) -> Vec<(String, Option<String>)> {
        let stopping = self.stopping.is_cancelled().then(|| "stopping".to_owned());
        let mut parts = vec![("server".to_owned(), stopping)];
        for db in &self.stores {
            let trouble = match db.ping().await {
                Ok(()) => None,
                Err(error) => Some(error.to_string()),
            };
            parts.push((format!("store.{}", db.module()), trouble));
        }
        parts
    }
}
