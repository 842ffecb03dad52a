//! Two services with their certificates: `tenon` calls, `greeter-service` hears.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenon_kernel::testing::ManualClock;
use tenon_kernel::{
    CallCtx, Clock as _, Env, IdempotencyScope, Interface, Principal, SystemClock, SystemEntropy,
};
use tenon_remote::issue::{Authority, Issued};
use tenon_remote::{RemotePeers, SeamHost, SeamSettings};
use tenon_seam::{AccessList, EdgeSettings, Seam};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::greeter::{Greet, Greeter, GreeterClient, GreeterServer, Hall, Seen};

pub(crate) const HOST: &str = "greeter-service";

/// Certificates, keys and the module's "database".
pub(crate) struct World {
    dir: tempfile::TempDir,
    pub(crate) authority: Authority,
    pub(crate) caller: Issued,
    pub(crate) host: Issued,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) effects: Arc<Mutex<HashMap<String, u32>>>,
    pub(crate) seen: mpsc::UnboundedReceiver<Seen>,
    pub(crate) may_end: Arc<Semaphore>,
    sender: mpsc::UnboundedSender<Seen>,
}

/// The hearing process: a runtime of its own, so that it can be killed.
pub(crate) struct Process {
    runtime: Option<Runtime>,
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
}

impl World {
    pub(crate) fn new() -> Self {
        let authority = Authority::new().expect("makes");
        let (sender, seen) = mpsc::unbounded_channel();
        Self {
            dir: tempfile::tempdir().expect("makes"),
            caller: authority.issue("tenon").expect("makes"),
            host: authority.issue(HOST).expect("makes"),
            authority,
            clock: Arc::new(ManualClock::starting_at(SystemClock.now())),
            effects: Arc::default(),
            seen,
            may_end: Arc::new(Semaphore::new(0)),
            sender,
        }
    }

    pub(crate) fn env(&self) -> Env {
        Env::new(Arc::clone(&self.clock) as _, Arc::new(SystemEntropy))
    }

    /// Writes what was issued to files and names them.
    pub(crate) fn settings(&self, service: &str, issued: &Issued) -> SeamSettings {
        let name = Env::system().new_uuid();
        let write = |what: &str, text: &str| -> PathBuf {
            let path = self.dir.path().join(format!("{name}-{what}.pem"));
            std::fs::write(&path, text).expect("writes");
            path
        };
        SeamSettings {
            service: service.to_owned(),
            certificate: write("certificate", &issued.certificate),
            key: write("key", &issued.key),
            authority: write("authority", self.authority.certificate()),
            signing_key: write("signing", &issued.signing_key),
            ..SeamSettings::default()
        }
    }

    pub(crate) fn caller_settings(&self) -> SeamSettings {
        self.settings("tenon", &self.caller)
    }

    pub(crate) fn host_settings(&self) -> SeamSettings {
        let mut settings = self.settings(HOST, &self.host);
        settings.callers = [("tenon".to_owned(), vec!["door".to_owned()])].into();
        settings.trusted_keys = [("tenon".to_owned(), vec![self.caller.public_key.clone()])].into();
        settings
    }

    pub(crate) fn hall(&self) -> Arc<dyn Greeter> {
        Arc::new(Hall {
            effects: Arc::clone(&self.effects),
            seen: self.sender.clone(),
            may_end: Arc::clone(&self.may_end),
        })
    }

    pub(crate) fn start(&self) -> Process {
        self.start_with(
            &self.host_settings(),
            "127.0.0.1:0".parse().expect("an address"),
        )
    }

    pub(crate) fn start_with(&self, settings: &SeamSettings, address: SocketAddr) -> Process {
        let access = AccessList::new().declare("door", &["greeter"]);
        let mut host = SeamHost::new(settings, self.env(), Arc::new(access)).expect("starts");
        host.dispatch(Arc::new(GreeterServer::new(self.hall())));
        Process::run(host, address)
    }

    /// The contract as `door` reaches it in the process at `address`.
    pub(crate) fn connect(&self, address: SocketAddr) -> Arc<dyn Greeter> {
        self.connect_by(&self.caller_settings(), address, 1)
    }

    pub(crate) fn connect_by(
        &self,
        settings: &SeamSettings,
        address: SocketAddr,
        max_attempts: u32,
    ) -> Arc<dyn Greeter> {
        let seam = self.seam(settings, address, max_attempts);
        GreeterClient::connect(&seam, "door", None).expect("the settings hold")
    }

    pub(crate) fn seam(
        &self,
        settings: &SeamSettings,
        address: SocketAddr,
        max_attempts: u32,
    ) -> Seam {
        let edge = EdgeSettings {
            max_attempts,
            ..EdgeSettings::remote(format!("https://{address}"))
        };
        let peers = RemotePeers::new(settings, self.env()).expect("the settings hold");
        Seam::new([("greeter".to_owned(), edge)].into())
            .declare("door", &["greeter"])
            .declare("window", &["greeter"])
            .with_peers(peers)
    }

    /// Waits until the module says so.
    pub(crate) async fn until(&mut self, wanted: Seen) {
        let came = tokio::time::timeout(Duration::from_secs(5), async {
            while self.seen.recv().await.expect("someone speaks") != wanted {}
        });
        came.await
            .unwrap_or_else(|_| panic!("{wanted:?} did not come"));
    }
}

impl Process {
    pub(crate) fn run(host: SeamHost, address: SocketAddr) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("starts");
        let listener = bind(address);
        let address = listener.local_addr().expect("bound");
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).expect("listens");
            host.serve(listener, stopped).await;
        });
        Self {
            runtime: Some(runtime),
            address,
            stop,
        }
    }

    /// Asks it to end: it finishes what it is doing.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }
}

/// Dropped, it is killed: nothing is finished, nothing is said.
impl Drop for Process {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Binds; a process that was just killed may still be letting go of the address.
fn bind(address: SocketAddr) -> std::net::TcpListener {
    let began = tokio::time::Instant::now();
    loop {
        match std::net::TcpListener::bind(address) {
            Ok(listener) => {
                listener.set_nonblocking(true).expect("an option");
                return listener;
            }
            Err(error) => assert!(began.elapsed() < Duration::from_secs(5), "{error}"),
        }
        std::thread::yield_now();
    }
}

pub(crate) fn ctx() -> CallCtx {
    CallCtx::new(&Env::system(), Interface::Rest, Principal::Anonymous)
}

pub(crate) fn keyed(key: &str) -> CallCtx {
    ctx().with_idempotency(IdempotencyScope {
        key: key.to_owned(),
        subject: "test".to_owned(),
        fingerprint: [0; 32],
    })
}

pub(crate) fn greet(name: &str) -> Greet {
    Greet {
        name: name.to_owned(),
    }
}
