//! The wiring: stores, contracts and modules, as explicit arguments. Nothing is looked up at run time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use audit_contract::AuditServer;
use catalog_contract::{Catalog, CatalogClient, CatalogServer};
use identity_contract::{Identity, IdentityClient, IdentityServer};
use notifications_contract::NotificationsServer;
use orders_contract::{Orders, OrdersClient, OrdersServer};
use payments_contract::{Payments, PaymentsClient, PaymentsServer};
use tenon_access::{KeyRevision, TokenVerifier};
use tenon_kernel::Env;
use tenon_node::{HasNode as _, Installation, Listeners, ModuleEntry, Node, NodeError, PublicApi};
use tenon_seam::SetupError;
use tenon_store::Migrations;
use tenon_web::{ApiInfo, Edge, EdgeState, Endpoint, ServeOptions};

use crate::settings::ServerSettings;

/// What the API document is headed with.
pub const API: ApiInfo = ApiInfo {
    title: "Tenon",
    version: "1.0.0",
    examples: include_str!("../assets/examples.json"), // written by `cargo xtask golden --bless`
};

/// The modules of this program, in the order in which they are put together, and what each declares.
pub const INSTALLATION: Installation = Installation(&[
    entry("identity", identity::USES, identity::LISTENS),
    entry("catalog", catalog::USES, catalog::LISTENS),
    entry("payments", payments::USES, payments::LISTENS),
    entry("orders", orders::USES, orders::LISTENS),
    entry("notifications", notifications::USES, notifications::LISTENS),
    entry("audit", audit::USES, audit::LISTENS),
]);

/// The stores of all modules.
pub const STORES: [Migrations; 6] = [
    identity::MIGRATIONS,
    catalog::MIGRATIONS,
    payments::MIGRATIONS,
    orders::MIGRATIONS,
    notifications::MIGRATIONS,
    audit::MIGRATIONS,
];

/// The app as a caller of modules.
const APP: &str = tenon_web::GATEWAY;

/// A built process, not running yet.
pub struct Tenon {
    pub node: Node,
    /// The REST operations of all modules that clients reach through this process, wherever the modules run.
    pub endpoints: Vec<Endpoint>,
    /// Of a process with a public API; a service is asked by other processes only.
    pub edge: Option<PublicEdge>,
    pub administration: Administration,
}

/// What a process with a public API has beside its modules.
pub struct PublicEdge {
    pub verifier: TokenVerifier,
    pub contracts: Contracts,
}

/// How the app itself reaches the modules: for checks across them.
pub struct Contracts {
    pub catalog: Arc<dyn Catalog>,
    pub payments: Arc<dyn Payments>,
    pub orders: Arc<dyn Orders>,
}

/// What only the command line may do, with the modules of this process.
#[derive(Default)]
pub struct Administration {
    identity: Option<identity::Operations>,
    catalog: Option<catalog::DemoShop>,
}

/// Decides what this process hosts; opens nothing.
pub fn node(settings: &ServerSettings, env: &Env) -> Result<Node, NodeError> {
    let keyed: &[&str] = if settings.identity.key_ring.is_empty() {
        &["identity"]
    } else {
        &[]
    };
    let hosts = &settings.hosts;
    Node::new(settings.node(), INSTALLATION, hosts, keyed, env.clone())
}

/// Opens the stores of all hosted modules, without migrating them.
pub async fn open_stores(node: &mut Node) -> Result<(), NodeError> {
    for migrations in STORES {
        if node.hosts(migrations.module) {
            node.open(migrations).await?;
        }
    }
    Ok(())
}

impl Tenon {
    /// Says where the process listens, and what answers there.
    pub fn listeners(self, settings: &ServerSettings, env: Env) -> Result<(Node, Listeners)> {
        let web = Arc::new(settings.web.clone());
        let public = match self.edge {
            Some(edge) => {
                let state = EdgeState {
                    env,
                    verifier: edge.verifier,
                    settings: Arc::clone(&web),
                };
                Some(PublicApi {
                    listen: ("web.listen", web.listen),
                    router: Edge::try_public(state, API, self.endpoints)?,
                    options: ServeOptions::from(web.as_ref()),
                    stop_delay: Duration::from_secs(web.stop_delay_seconds),
                })
            }
            None => None,
        };
        let listeners = Listeners {
            operations: ("web.operations_listen", web.operations_listen),
            public,
        };
        Ok((self.node, listeners))
    }

    /// Opens and migrates the stores of hosted modules and puts together every module that is needed here: in a
    /// service those it hosts, otherwise all, those that run elsewhere for their REST operations only.
    pub async fn build(settings: &ServerSettings, env: &Env) -> Result<Self> {
        let mut node = node(settings, env)?;
        let is_public = settings.hosts.is_empty();
        let mut wiring = Wiring::default();
        let mut endpoints = Vec::new();
        let mut administration = Administration::default();

        if is_public || node.hosts("identity") {
            let parts = node.parts(identity::MIGRATIONS).await?;
            let made = identity::Identity::assemble(&settings.identity, &parts)?;
            let server = IdentityServer::new(Arc::clone(&made.contract));
            endpoints.extend(node.host(made.module, Arc::new(server))?);
            wiring.identity = node.hosts("identity").then_some(made.contract);
            wiring.key_revision = made.key_revision;
            administration.identity = node.hosts("identity").then_some(made.operations);
        }
        if is_public || node.hosts("catalog") {
            let parts = node.parts(catalog::MIGRATIONS).await?;
            let made = catalog::Catalog::assemble(&settings.catalog, &parts)?;
            let server = CatalogServer::new(Arc::clone(&made.contract));
            endpoints.extend(node.host(made.module, Arc::new(server))?);
            wiring.catalog = node.hosts("catalog").then_some(made.contract);
            administration.catalog = node.hosts("catalog").then_some(made.demo);
        }
        if is_public || node.hosts("payments") {
            let parts = node.parts(payments::MIGRATIONS).await?;
            let made = payments::Payments::assemble(&settings.payments, &parts)?;
            let server = PaymentsServer::new(Arc::clone(&made.contract));
            endpoints.extend(node.host(made.module, Arc::new(server))?);
            wiring.payments = node.hosts("payments").then_some(made.contract);
        }
        if is_public || node.hosts("orders") {
            let parts = node.parts(orders::MIGRATIONS).await?;
            let catalog = wiring.catalog(&node, "orders")?;
            let payments = wiring.payments(&node, "orders")?;
            let made = orders::Orders::assemble(&settings.orders, &parts, catalog, payments)?;
            let server = OrdersServer::new(Arc::clone(&made.contract));
            endpoints.extend(node.host(made.module, Arc::new(server))?);
            wiring.orders = node.hosts("orders").then_some(made.contract);
        }
        if is_public || node.hosts("notifications") {
            let parts = node.parts(notifications::MIGRATIONS).await?;
            let identity = wiring.identity(&node, "notifications")?;
            let orders = wiring.orders(&node, "notifications")?;
            let made = notifications::Notifications::assemble(
                &settings.notifications,
                &parts,
                identity,
                orders,
            )?;
            let server = NotificationsServer::new(made.contract);
            endpoints.extend(node.host(made.module, Arc::new(server))?);
        }
        if is_public || node.hosts("audit") {
            let parts = node.parts(audit::MIGRATIONS).await?;
            let made = audit::Audit::assemble(&settings.audit, &parts)?;
            endpoints.extend(node.host(made.module, Arc::new(AuditServer::new(made.contract)))?);
        }

        let edge = if is_public {
            endpoints.extend(node.shared_endpoints());
            Some(wiring.edge(&node, settings, env)?)
        } else {
            None
        };
        Ok(Self {
            node,
            endpoints,
            edge,
            administration,
        })
    }
}

/// The contracts of the modules in this process.
#[derive(Default)]
struct Wiring {
    identity: Option<Arc<dyn Identity>>,
    /// Moves on when identity changes something here that API keys depend on; of one that runs elsewhere it never does.
    key_revision: KeyRevision,
    catalog: Option<Arc<dyn Catalog>>,
    payments: Option<Arc<dyn Payments>>,
    orders: Option<Arc<dyn Orders>>,
}

impl Wiring {
    fn identity(&self, node: &Node, caller: &'static str) -> Result<Arc<dyn Identity>, SetupError> {
        IdentityClient::connect(node.seam(), caller, self.identity.clone())
    }

    fn catalog(&self, node: &Node, caller: &'static str) -> Result<Arc<dyn Catalog>, SetupError> {
        CatalogClient::connect(node.seam(), caller, self.catalog.clone())
    }

    fn payments(&self, node: &Node, caller: &'static str) -> Result<Arc<dyn Payments>, SetupError> {
        PaymentsClient::connect(node.seam(), caller, self.payments.clone())
    }

    fn orders(&self, node: &Node, caller: &'static str) -> Result<Arc<dyn Orders>, SetupError> {
        OrdersClient::connect(node.seam(), caller, self.orders.clone())
    }

    /// Tokens and API keys are checked through identity's contract, wherever identity runs.
    fn edge(
        &self,
        node: &Node,
        settings: &ServerSettings,
        env: &Env,
    ) -> Result<PublicEdge, SetupError> {
        let identity = self.identity(node, APP)?;
        let source = Arc::new(identity::edge::IdentitySource::new(identity, env.clone()));
        let verifier = TokenVerifier::new(
            settings.identity.issued_by(&settings.public_url).verifier(),
            Arc::clone(&source) as _,
            Arc::clone(&source) as _,
            env.clone(),
        )
        .with_api_keys(source, self.key_revision.clone());
        Ok(PublicEdge {
            verifier,
            contracts: Contracts {
                catalog: self.catalog(node, APP)?,
                payments: self.payments(node, APP)?,
                orders: self.orders(node, APP)?,
            },
        })
    }
}

impl Administration {
    /// What operators do with people.
    ///
    /// # Errors
    ///
    /// Says where identity runs, if not here.
    pub fn identity(&self, node: &Node) -> Result<&identity::Operations> {
        node.require("identity")?;
        self.identity.as_ref().context("identity is hosted here")
    }

    /// Fills the shop.
    ///
    /// # Errors
    ///
    /// Says where the catalog runs, if not here.
    pub fn catalog(&self, node: &Node) -> Result<&catalog::DemoShop> {
        node.require("catalog")?;
        self.catalog.as_ref().context("the catalog is hosted here")
    }
}

const fn entry(
    name: &'static str,
    uses: &'static [&'static str],
    listens: &'static [&'static str],
) -> ModuleEntry {
    ModuleEntry {
        name,
        uses,
        listens,
    }
}
