//! Runs a process until it is told to stop, and stops it in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tenon_backup::Backup;
use tenon_module::{Runtime, RuntimeSettings};
use tenon_remote::SeamHost;
use tenon_seam::SetupError;
use tenon_web::{Edge, ServeOptions, serve};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::backup::BackupRoute;
use crate::development::ClockRoute;
use crate::readiness::NodeReadiness;
use crate::{MachineNetwork, Network, Node, NodeError, peers};

/// How long the last cut may take before the stores are closed without it.
const LAST_CUT: Duration = Duration::from_secs(10);

/// Where a process listens, beside `seam.listen`.
pub struct Listeners {
    /// Health and metrics, with the setting that says so.
    pub operations: (&'static str, SocketAddr),
    /// The public API; a service has none.
    pub public: Option<PublicApi>,
}

/// The public REST API.
pub struct PublicApi {
    /// Where it listens, with the setting that says so.
    pub listen: (&'static str, SocketAddr),
    /// What answers.
    pub router: Router,
    /// Bounds of the listener.
    pub options: ServeOptions,
    /// How long it goes on serving after SIGTERM.
    pub stop_delay: Duration,
}

/// Why a process stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// SIGTERM: in its own time.
    Terminate,
    /// SIGINT, or whoever runs it beside other work: now.
    Interrupt,
}

/// What of the process listens.
struct Open<L> {
    operations: L,
    public: Option<(L, PublicApi)>,
    internal: Option<(L, SeamHost)>,
}

impl Node {
    /// Serves until the process gets SIGTERM or SIGINT.
    ///
    /// Not ready first, so that no new traffic comes, and for [`PublicApi::stop_delay`] nothing else: balancers need
    /// time to notice. Then the public listener drains, then the one for other processes; then the workers stop and
    /// hand their leases back; what is not backed up yet is; stores close; health answers to the end.
    ///
    /// # Errors
    ///
    /// A listener that cannot be opened or fails, settings that cannot work.
    pub async fn serve(self, listeners: Listeners) -> Result<(), NodeError> {
        let mut signals = Signals::new().map_err(|source| failed("signal", source))?;
        self.serve_until(listeners, async move || signals.next().await)
            .await
    }

    /// As [`Node::serve`], until `told` says so: for programs that serve beside other work. It is asked again while
    /// the stop is being delayed, and whatever it says then ends the delay.
    ///
    /// # Errors
    ///
    /// As [`Node::serve`].
    pub async fn serve_until(
        self,
        listeners: Listeners,
        told: impl AsyncFnMut() -> Stop,
    ) -> Result<(), NodeError> {
        self.serve_in(&MachineNetwork, listeners, told).await
    }

    /// As [`Node::serve_until`], in another network than the machine's: the one that it was made in.
    ///
    /// # Errors
    ///
    /// As [`Node::serve`].
    pub async fn serve_in(
        mut self,
        network: &impl Network,
        listeners: Listeners,
        mut told: impl AsyncFnMut() -> Stop,
    ) -> Result<(), NodeError> {
        let open = self.open_listeners(network, listeners).await?;
        let feeds = peers::feeds(
            self.installation,
            self.entries(),
            &self.settings,
            self.peers.as_ref(),
        )?;
        let (stopping, stop_public) = (CancellationToken::new(), CancellationToken::new());
        let (stop_internal, stop_operations) = (CancellationToken::new(), CancellationToken::new());
        let backup = Backup::start(&self.settings.backup, self.stores(), &self.env)
            .map_err(NodeError::Backup)?;
        let readiness = NodeReadiness {
            stores: self.stores().to_vec(),
            stopping: stopping.clone(),
            peers: self.peers.clone(),
            backup: backup.as_ref().map(Backup::status),
        };
        let settings = RuntimeSettings {
            deployment: self.deployment().to_owned().into(),
            ..RuntimeSettings::default()
        };
        let hosted = std::mem::take(&mut self.hosted);
        let (modules, surfaces): (Vec<_>, Vec<_>) = hosted
            .into_iter()
            .map(|hosted| (hosted.module, hosted.http))
            .unzip();
        let names: Vec<_> = modules.iter().map(|module| module.name).collect();
        let mut runtime = Runtime::start_with(settings, modules, feeds);
        let clock = ClockRoute::new(self.env.clone(), &self.settings.data_dir, runtime.waker());
        let health = tokio::spawn(serve(
            open.operations,
            Edge::operations(Arc::new(readiness))
                .merge(clock.router())
                .merge(BackupRoute::router(backup.as_ref())),
            ServeOptions::default(),
            stop_operations.clone(),
        ));
        let internal = open.internal.map(|(listener, mut host)| {
            for feed in runtime.feeds() {
                host.feed(Arc::new(feed));
            }
            tokio::spawn(host.serve(listener, stop_internal.clone()))
        });
        let stop = stop_public.clone();
        let delay = open.public.as_ref().map(|(_, api)| api.stop_delay);
        let mut public: JoinHandle<Result<(), NodeError>> =
            if let Some((listener, api)) = open.public {
                let (name, address) = api.listen;
                tracing::info!(setting = name, listen = %address, "serving the public API");
                tokio::spawn(async move {
                    let served = serve(listener, api.router, api.options, stop).await;
                    served.map_err(|source| failed("public", source))
                })
            } else {
                tokio::spawn(async move {
                    stop.cancelled().await;
                    Ok(())
                })
            };
        tracing::info!(modules = ?names, "serving");

        let mut outcome = Ok(());
        tokio::select! {
            stop = told() => {
                tracing::info!(?stop, "stopping");
                stopping.cancel();
                let delay = delay.filter(|_| stop == Stop::Terminate).unwrap_or_default();
                tokio::select! {
                    () = tokio::time::sleep(delay) => {}
                    _again = told() => {}
                    ended = &mut public => outcome = joined("public", ended),
                }
            }
            ended = &mut public => outcome = joined("public", ended),
        }
        stopping.cancel();
        stop_public.cancel();
        if !public.is_finished() {
            outcome = outcome.and(joined("public", public.await));
        }
        stop_internal.cancel();
        if let Some(internal) = internal
            && let Err(error) = internal.await
        {
            tracing::error!(%error, "the listener for other processes failed");
        }
        for surface in surfaces {
            surface.finish().await;
        }
        runtime.halt().await;
        // It has the stores' files open until they are closed.
        let ended = match backup {
            Some(backup) => tokio::time::timeout(LAST_CUT, backup.finish()).await.ok(),
            None => None,
        };
        runtime.stop().await;
        drop(ended);
        stop_operations.cancel();
        match health.await {
            Ok(served) => {
                outcome = outcome.and(served.map_err(|source| failed("operations", source)));
            }
            Err(error) => tracing::error!(%error, "the operations listener failed"),
        }
        tracing::info!("stopped");
        outcome
    }

    async fn open_listeners<N: Network>(
        &self,
        network: &N,
        listeners: Listeners,
    ) -> Result<Open<N::Listener>, NodeError> {
        let (setting, address) = listeners.operations;
        if let Some(clock) = self.env.movable_clock() {
            if !address.ip().is_loopback() {
                let reason = format!(
                    "can be set only where `{setting}` is a loopback address: whoever reaches it moves the time"
                );
                return Err(SetupError::new("development.movable_clock", reason).into());
            }
            tracing::warn!(
                ahead_seconds = clock.ahead().as_secs(),
                "THE CLOCK CAN BE MOVED (development.movable_clock): for development only, nothing here keeps real time"
            );
        }
        let operations = bind(network, setting, address).await?;
        let public = match listeners.public {
            Some(api) => Some((bind(network, api.listen.0, api.listen.1).await?, api)),
            None => None,
        };
        let internal = match self.settings.seam.listen {
            Some(address) => Some((
                bind(network, "seam.listen", address).await?,
                self.seam_host()?,
            )),
            None => None,
        };
        Ok(Open {
            operations,
            public,
            internal,
        })
    }

    /// What other processes reach of the hosted modules: contract and REST operations; events come with the workers.
    fn seam_host(&self) -> Result<SeamHost, NodeError> {
        let access = Arc::new(self.installation.access());
        let mut host = SeamHost::new(&self.settings.seam, self.seam_env.clone(), access)?;
        for hosted in &self.hosted {
            tracing::debug!(
                module = hosted.contract.module(),
                "hosted for other processes"
            );
            host.dispatch(Arc::clone(&hosted.contract));
            host.dispatch(Arc::clone(&hosted.http) as _);
        }
        Ok(host)
    }
}

async fn bind<N: Network>(
    network: &N,
    setting: &'static str,
    address: SocketAddr,
) -> Result<N::Listener, NodeError> {
    network
        .bind(address)
        .await
        .map_err(|source| NodeError::Listen {
            setting,
            address,
            source,
        })
}

fn failed(listener: &'static str, source: std::io::Error) -> NodeError {
    NodeError::Serve { listener, source }
}

fn joined(
    listener: &'static str,
    ended: Result<Result<(), NodeError>, tokio::task::JoinError>,
) -> Result<(), NodeError> {
    ended.unwrap_or_else(|error| Err(failed(listener, std::io::Error::other(error))))
}

/// What the system tells the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.terminate.recv() => Stop::Terminate,
            _ = self.interrupt.recv() => Stop::Interrupt,
        }
    }
}
