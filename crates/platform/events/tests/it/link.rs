//! The ways from a producer's events to a consumer: what holds for one has to hold for all.

use std::sync::Arc;

use tenon_events::{Feed, LocalFeed};
use tenon_kernel::Env;
use tenon_remote::issue::Authority;
use tenon_remote::{RemotePeers, SeamHost, SeamSettings};
use tenon_seam::{AccessList, EdgeSettings};
use tenon_store::Db;
use tenon_testkit::{TestEngine, engines};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A kind of link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In one process.
    Local,
    /// From one process to another.
    Remote,
}

/// A database and a kind of link.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) engine: TestEngine,
    pub(crate) link: Kind,
}

/// Every engine with every kind of link.
pub(crate) fn places() -> Vec<Place> {
    [Kind::Local, Kind::Remote]
        .into_iter()
        .flat_map(|link| {
            engines()
                .into_iter()
                .map(move |engine| Place { engine, link })
        })
        .collect()
}

/// The way from `shop` to `mail`.
pub(crate) enum Link {
    Local(Db),
    Remote(Box<Loopback>),
}

/// The producer's listener, and the consumer's identity.
pub(crate) struct Loopback {
    peers: Arc<RemotePeers>,
    shop: EdgeSettings,
    _stops: DropGuard,
    _files: tempfile::TempDir,
}

impl Link {
    pub(crate) async fn new(kind: Kind, shop: &Db) -> Self {
        match kind {
            Kind::Local => Self::Local(shop.clone()),
            Kind::Remote => Self::Remote(Box::new(Loopback::start(shop).await)),
        }
    }

    /// A link of its own for one consumer.
    pub(crate) fn feed(&self) -> Arc<dyn Feed> {
        match self {
            Self::Local(shop) => Arc::new(LocalFeed::new(shop.clone())),
            Self::Remote(loopback) => loopback
                .peers
                .feed("shop", "mail", &loopback.shop)
                .expect("the settings hold"),
        }
    }
}

impl Loopback {
    async fn start(shop: &Db) -> Self {
        let files = tempfile::tempdir().expect("makes");
        let authority = Authority::new().expect("makes");
        let identity = |service: &str| {
            let issued = authority.issue(service).expect("makes");
            let write = |what: &str, text: &str| {
                let path = files.path().join(format!("{service}-{what}.pem"));
                std::fs::write(&path, text).expect("writes");
                path
            };
            let settings = SeamSettings {
                service: service.to_owned(),
                certificate: write("certificate", &issued.certificate),
                key: write("key", &issued.key),
                authority: write("authority", authority.certificate()),
                signing_key: write("signing", &issued.signing_key),
                ..SeamSettings::default()
            };
            (settings, issued.public_key)
        };
        let (consumer, public_key) = identity("mail-service");
        let (mut producer, _) = identity("shop-service");
        producer.callers = [("mail-service".to_owned(), vec!["mail".to_owned()])].into();
        producer.trusted_keys = [("mail-service".to_owned(), vec![public_key])].into();

        let access = Arc::new(AccessList::new().listen("mail", &["shop"]));
        // Tokens and their checks live in real time, while the tests move the clock of events.
        let mut host = SeamHost::new(&producer, Env::system(), access).expect("the settings hold");
        host.feed(Arc::new(LocalFeed::new(shop.clone())));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("bound");
        let ending = CancellationToken::new();
        tokio::spawn(host.serve(listener, ending.clone()));
        Self {
            peers: RemotePeers::new(&consumer, Env::system()).expect("the settings hold"),
            shop: EdgeSettings::remote(format!("https://{address}")),
            _stops: ending.drop_guard(),
            _files: files,
        }
    }
}
