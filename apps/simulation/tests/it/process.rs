//! The processes of the installation: a module each, the gateway before them, and the payment provider outside.

use std::error::Error;
use std::future::pending;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use catalog::CatalogSettings;
use catalog_contract::{Catalog, CatalogClient, CatalogServer};
use identity_contract::{IdentityClient, IdentityServer};
use orders::OrdersSettings;
use orders_contract::OrdersServer;
use payments::{HttpProvider, HttpProviderSettings, PaymentsSettings};
use payments_contract::{Payments, PaymentsClient, PaymentsServer};
use tenon_access::{KeyRevision, TokenVerifier};
use tenon_kernel::Env;
use tenon_node::{
    BackupSettings, DevelopmentSettings, Installation, Listeners, ModuleEntry, Network as _, Node,
    NodeSettings, PublicApi, SecretSettings, StoreSettings,
};
use tenon_seam::{EdgeSettings, SetupError};
use tenon_telemetry::TelemetrySettings;
use tenon_testkit::Dice;
use tenon_web::{ApiInfo, Edge, EdgeState, Endpoint, ServeOptions, WebSettings, serve};
use tokio_util::sync::CancellationToken;

use crate::courier::{CALL, PROVIDER, PROVIDER_PORT, SimulatedCourier};
use crate::network::SimulatedNetwork;
use crate::template::{self, CHEAP, GATEWAY, MODULES, PUBLIC_URL, Template};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Signs the provider's webhooks.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_simulation";

const INSTALLATION: Installation = Installation(&[
    entry("identity", identity::USES, identity::LISTENS),
    entry("catalog", catalog::USES, catalog::LISTENS),
    entry("payments", payments::USES, payments::LISTENS),
    entry("orders", orders::USES, orders::LISTENS),
]);

/// What a process is started with; it survives the process.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) template: Arc<Template>,
    pub(crate) stores: PathBuf,
    /// A bug on purpose.
    pub(crate) forgets_keys: bool,
}

impl Site {
    /// Runs a process until it is killed.
    pub(crate) async fn run(self, process: &'static str, env: Env) -> Result<(), Failure> {
        let settings = self.settings(process);
        let hosts: Vec<String> = match process {
            GATEWAY => Vec::new(),
            module => vec![module.to_owned()],
        };
        let network = &SimulatedNetwork;
        let mut node = Node::in_network(network, settings, INSTALLATION, &hosts, &[], env.clone())?;
        let endpoints = self.assemble(process, &mut node).await?;
        let public = match process {
            GATEWAY => Some(self.public(&mut node, endpoints, env)?),
            _ => None,
        };
        let listeners = Listeners {
            operations: ("operations.listen", ([0, 0, 0, 0], 8081).into()),
            public,
        };
        Ok(node.serve_in(network, listeners, pending).await?)
    }

    /// Puts together the module of a process; in the gateway all, for their REST operations.
    async fn assemble(
        &self,
        process: &'static str,
        node: &mut Node,
    ) -> Result<Vec<Endpoint>, Failure> {
        let mut endpoints = Vec::new();
        for module in MODULES {
            if process != GATEWAY && process != module {
                continue;
            }
            let more = match module {
                "identity" => {
                    let parts = node.parts(identity::MIGRATIONS).await?;
                    let deps = identity::Deps {
                        db: parts.db,
                        cursor_key: parts.cursor_key,
                        password_cost: CHEAP,
                    };
                    let made = identity::Identity::build(self.template.identity(), deps)?;
                    node.host(made.module, Arc::new(IdentityServer::new(made.contract)))?
                }
                "catalog" => {
                    let parts = node.parts(catalog::MIGRATIONS).await?;
                    let made = catalog::Catalog::assemble(&CatalogSettings::default(), &parts)?;
                    node.host(made.module, Arc::new(CatalogServer::new(made.contract)))?
                }
                "payments" => {
                    let parts = node.parts(payments::MIGRATIONS).await?;
                    let settings = payments_settings();
                    let seed = u64::from_be_bytes(parts.db.env().random());
                    let courier = SimulatedCourier {
                        losses: Mutex::new(Dice::with_seed(seed)),
                        forgets_keys: self.forgets_keys,
                        forgotten: Mutex::default(),
                    };
                    let provider =
                        HttpProvider::with_courier(&settings.provider, Arc::new(courier))?;
                    let deps = payments::Deps {
                        db: parts.db,
                        provider: Arc::new(provider),
                        cursor_key: parts.cursor_key,
                    };
                    let made = payments::Payments::build(settings, deps)?;
                    node.host(made.module, Arc::new(PaymentsServer::new(made.contract)))?
                }
                _ => {
                    let parts = node.parts(orders::MIGRATIONS).await?;
                    let catalog = catalog_of(node, "orders")?;
                    let payments = payments_of(node, "orders")?;
                    let settings = orders_settings();
                    let made = orders::Orders::assemble(&settings, &parts, catalog, payments)?;
                    node.host(made.module, Arc::new(OrdersServer::new(made.contract)))?
                }
            };
            endpoints.extend(more);
        }
        Ok(endpoints)
    }

    fn public(
        &self,
        node: &mut Node,
        mut endpoints: Vec<Endpoint>,
        env: Env,
    ) -> Result<PublicApi, Failure> {
        endpoints.extend(node.shared_endpoints());
        let identity = IdentityClient::connect(node.seam(), tenon_web::GATEWAY, None)?;
        let source = Arc::new(identity::edge::IdentitySource::new(identity, env.clone()));
        let verifier = TokenVerifier::new(
            self.template.identity().verifier(),
            Arc::clone(&source) as _,
            Arc::clone(&source) as _,
            env.clone(),
        )
        .with_api_keys(source, KeyRevision::default());
        let settings = Arc::new(WebSettings::unlimited());
        let options = ServeOptions::from(settings.as_ref());
        let state = EdgeState {
            env,
            verifier,
            settings,
        };
        let info = ApiInfo {
            title: "Simulation",
            version: "1.0.0",
            examples: "",
        };
        Ok(PublicApi {
            listen: ("web.listen", ([0, 0, 0, 0], 8080).into()),
            router: Edge::try_public(state, info, endpoints)?,
            options,
            stop_delay: Duration::ZERO,
        })
    }

    fn settings(&self, process: &str) -> NodeSettings {
        let elsewhere = MODULES.iter().filter(|module| **module != process);
        let modules = elsewhere.map(|module| {
            let edge = EdgeSettings::remote(format!("https://{module}:7443"));
            ((*module).to_owned(), edge)
        });
        let mut settings = NodeSettings {
            data_dir: self.stores.clone(),
            public_url: PUBLIC_URL.to_owned(),
            store: StoreSettings::default(),
            secrets: SecretSettings::default(),
            modules: modules.collect(),
            seam: self.template.seam(process),
            backup: BackupSettings::default(),
            telemetry: TelemetrySettings::default(),
            development: DevelopmentSettings::default(),
        };
        settings.secrets.application = template::secret();
        settings
    }
}

/// Serves the payment provider.
pub(crate) async fn run_provider(router: Router) -> Result<(), Failure> {
    let address = ([0, 0, 0, 0], PROVIDER_PORT).into();
    let listener = SimulatedNetwork.bind(address).await?;
    let never = CancellationToken::new();
    Ok(serve(listener, router, ServeOptions::default(), never).await?)
}

/// As short as they may be: what waits for a time to pass costs simulated time only, but the workers look around
/// all the while.
pub(crate) fn orders_settings() -> OrdersSettings {
    OrdersSettings {
        checkout_ttl_seconds: 90,
        reservation_grace_seconds: 60,
        ..OrdersSettings::default()
    }
}

fn payments_settings() -> PaymentsSettings {
    PaymentsSettings {
        provider: HttpProviderSettings {
            url: format!("http://{PROVIDER}:{PROVIDER_PORT}"),
            webhook_secret: Some(WEBHOOK_SECRET.into()),
            timeout_ms: u64::try_from(CALL.as_millis()).expect("a short time"),
            breaker_pause_ms: 2_000,
            ..HttpProviderSettings::default()
        },
        resend_after_seconds: 5,
        lost_after_seconds: 60,
        ..PaymentsSettings::default()
    }
}

fn catalog_of(node: &Node, caller: &'static str) -> Result<Arc<dyn Catalog>, SetupError> {
    CatalogClient::connect(node.seam(), caller, None)
}

fn payments_of(node: &Node, caller: &'static str) -> Result<Arc<dyn Payments>, SetupError> {
    PaymentsClient::connect(node.seam(), caller, None)
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
