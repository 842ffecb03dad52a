//! Modules behind the real REST edge, in this process, without a socket.

mod access;
mod client;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use tenon_access::{ApiKeySource, KeyRevision, KeySource, SessionCheck, VerifierSettings};
use tenon_events::{Envelope, Feed, LocalFeed};
use tenon_kernel::Role;
use tenon_module::{Invariant, Module, RemoteFeed, Runtime, SharedApi, Surface as ModuleSurface};
use tenon_seam::{EdgeSettings, Mode, Seam, Surface};
use tenon_store::Db;
use tenon_web::{ApiInfo, Edge, EdgeState, Endpoint, GATEWAY, HttpDispatch, WebSettings};
use uuid::Uuid;

use self::access::TestAccess;
pub use self::client::{Client, TestReply, TestRequest, TestStream};
use crate::Kit;

const API: ApiInfo = ApiInfo {
    title: "Test",
    version: "1",
    examples: "",
};
const FEED_PAGE: u32 = 200;

/// Modules, the REST edge and paused workers.
pub struct TestApp {
    router: Router,
    runtime: Runtime,
    stores: HashMap<&'static str, Db>,
    invariants: Vec<Arc<dyn Invariant>>,
    access: Arc<TestAccess>,
    /// Last: the stores of the runtime are in it.
    kit: Kit,
}

/// What a test may want to be different.
pub struct AppOptions {
    /// Limits of the edge; no rate limits unless said.
    pub settings: WebSettings,
    /// Issuer and audience of access tokens.
    pub tokens: VerifierSettings,
    /// Keys besides the test's own: identity's, when it is among the modules.
    pub keys: Option<Arc<dyn KeySource>>,
    /// Decides about sessions that the test has not made up: identity, when it is among the modules.
    pub sessions: Option<Arc<dyn SessionCheck>>,
    /// Says what API keys open: identity, when it is among the modules, and what tells that they have changed.
    pub api_keys: Option<(Arc<dyn ApiKeySource>, KeyRevision)>,
    /// Feeds of modules that are not among the modules.
    pub feeds: Vec<Arc<dyn Feed>>,
    /// Whether requests are encoded and decoded on their way to the handlers, as by a gateway in another process:
    /// yes, unless `TENON_TEST_HTTP=direct` says otherwise for a whole run. Tests must not notice.
    pub forwarded: bool,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            settings: WebSettings::unlimited(),
            tokens: VerifierSettings {
                issuer: "https://shop.test".to_owned(),
                audience: "https://shop.test".to_owned(),
                session_check_every: std::time::Duration::ZERO,
                recent_sign_in: std::time::Duration::from_mins(30),
            },
            keys: None,
            sessions: None,
            api_keys: None,
            feeds: Vec::new(),
            forwarded: std::env::var_os("TENON_TEST_HTTP").is_none_or(|way| way != "direct"),
        }
    }
}

impl TestApp {
    /// Puts modules behind the edge. Workers run only in [`TestApp::settle`].
    pub async fn new(kit: Kit, modules: Vec<Module>) -> Self {
        Self::with(kit, modules, AppOptions::default()).await
    }

    /// Puts modules behind an edge that differs from the usual.
    #[expect(
        clippy::unused_async,
        reason = "as `new`, which may come to start something"
    )]
    pub async fn with(kit: Kit, mut modules: Vec<Module>, options: AppOptions) -> Self {
        let env = kit.env();
        let access = Arc::new(TestAccess::new(&env, &options));
        let mut verifier = TestAccess::verifier(&access, options.tokens, env.clone());
        if let Some((source, revision)) = options.api_keys {
            verifier = verifier.with_api_keys(source, revision);
        }
        let state = EdgeState {
            verifier,
            env,
            settings: Arc::new(options.settings),
        };
        let (mut endpoints, mut shared) = (Vec::new(), SharedApi::default());
        for module in &mut modules {
            let name = module.name;
            let ModuleSurface {
                endpoints: mut own,
                mut parts,
            } = module.take_surface();
            if options.forwarded {
                let count = own.len();
                own.append(&mut parts);
                own = forwarded(name, own);
                parts = own.split_off(count);
            }
            endpoints.append(&mut own);
            shared.add(name, parts);
        }
        endpoints.append(&mut shared.endpoints());
        let feeds = options.feeds.into_iter().map(RemoteFeed::from).collect();
        Self {
            router: Edge::public(state, API, endpoints),
            stores: modules
                .iter()
                .map(|module| (module.name, module.db.clone()))
                .collect(),
            invariants: modules
                .iter()
                .flat_map(|module| module.invariants.iter().cloned())
                .collect(),
            runtime: Runtime::paused(modules, feeds),
            access,
            kit,
        }
    }

    /// The test's world.
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// The router, for tests that send their own requests.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// A client with a valid access token for a made-up user with these roles; the user's id follows from the name.
    pub fn user(&self, name: &str, roles: &[Role]) -> Client {
        Client::signed_in(
            self.router(),
            Arc::clone(&self.access),
            Self::user_id(name),
            roles.to_vec(),
        )
    }

    /// The raw form of the id of the made-up user with this name.
    pub fn user_id(name: &str) -> Uuid {
        access::user_id(name)
    }

    /// A client that is not signed in.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.router())
    }

    /// A client with this bearer token.
    pub fn with_token(&self, token: &str) -> Client {
        Client::with_token(self.router(), token)
    }

    /// Runs everything that is due: events, jobs.
    pub async fn settle(&self) {
        self.runtime
            .settle()
            .await
            .expect("everything that is due can be run");
    }

    /// Looks at every invariant, as the workers do all the time.
    pub async fn look_at_invariants(&self) {
        self.runtime
            .look_at_invariants()
            .await
            .expect("what is found can be written down");
    }

    /// Events of a type that a module has emitted so far, oldest first.
    pub async fn events(&self, module: &str, event_type: &str) -> Vec<Envelope> {
        let db = self
            .stores
            .get(module)
            .unwrap_or_else(|| panic!("no module {module} in this app"));
        let feed = LocalFeed::new(db.clone());
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let page = feed
                .read(after, FEED_PAGE)
                .await
                .expect("the feed can be read");
            if page.events.is_empty() {
                return events;
            }
            after = page.position;
            events.extend(
                page.events
                    .into_iter()
                    .filter(|event| event.event_type == event_type),
            );
        }
    }

    /// Checks what must always be true of the modules' data.
    ///
    /// # Panics
    ///
    /// If it is not, with the rows that break the rule.
    pub async fn assert_invariants(&self) {
        let ctx = self.kit.ctx();
        for invariant in &self.invariants {
            let violations = invariant
                .check(&ctx)
                .await
                .expect("the rule can be checked");
            assert!(
                violations.is_empty(),
                "{} is broken: {violations:#?}",
                invariant.name()
            );
        }
    }
}

/// A module's endpoints as a gateway has them, before its handlers at the other end of the seam.
fn forwarded(module: &'static str, endpoints: Vec<Endpoint>) -> Vec<Endpoint> {
    let wire = BTreeMap::from([(module.to_owned(), EdgeSettings::of(Mode::Wire))]);
    let here = Arc::new(HttpDispatch::new(module, endpoints.clone()));
    let relay = Seam::new(wire)
        .declare(GATEWAY, &[module])
        .relay(GATEWAY, module, Surface::Http, Some(here))
        .expect("the settings are good");
    let relay = Arc::new(relay);
    endpoints
        .into_iter()
        .map(|endpoint| endpoint.forwarded(Arc::clone(&relay)))
        .collect()
}
