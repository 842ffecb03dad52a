//! The wiring: stores, contracts and modules, as explicit arguments. Nothing is looked up at run time.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tenon_access::TokenVerifier;
use tenon_kernel::{CursorKey, Env};
use tenon_module::Module;
use tenon_seam::Seam;
use tenon_store::{Db, Migrations};
use tenon_web::ApiInfo;

use crate::settings::ServerSettings;

/// What the API document is headed with.
pub const API: ApiInfo = ApiInfo {
    title: "Tenon",
    version: "1.0.0",
};

/// The store of each module.
pub struct Stores {
    identity: Db,
    catalog: Db,
    payments: Db,
    orders: Db,
    notifications: Db,
    audit: Db,
}

/// A built installation, not running yet.
pub struct Tenon {
    pub stores: Stores,
    pub modules: Vec<Module>,
    pub verifier: TokenVerifier,
    pub contracts: Contracts,
    pub administration: Administration,
}

/// How the app itself reaches the modules: for checks across them.
pub struct Contracts {
    pub catalog: Arc<dyn catalog_contract::Catalog>,
    pub payments: Arc<dyn payments_contract::Payments>,
    pub orders: Arc<dyn orders_contract::Orders>,
}

/// What only the command line may do.
pub struct Administration {
    pub identity: identity::Operations,
    pub catalog: catalog::DemoShop,
}

impl Stores {
    /// Opens every module's store; creates what does not exist, migrates nothing.
    pub async fn open(settings: &ServerSettings, env: &Env) -> Result<Self> {
        let config = settings.store_config();
        let open = async |migrations: Migrations| {
            let module = migrations.module;
            Db::open(&config, migrations, env.clone())
                .await
                .with_context(|| format!("the store of {module}"))
        };
        Ok(Self {
            identity: open(identity::MIGRATIONS).await?,
            catalog: open(catalog::MIGRATIONS).await?,
            payments: open(payments::MIGRATIONS).await?,
            orders: open(orders::MIGRATIONS).await?,
            notifications: open(notifications::MIGRATIONS).await?,
            audit: open(audit::MIGRATIONS).await?,
        })
    }

    /// All of them.
    pub fn all(&self) -> [&Db; 6] {
        [
            &self.identity,
            &self.catalog,
            &self.payments,
            &self.orders,
            &self.notifications,
            &self.audit,
        ]
    }

    /// The one of a module.
    pub fn find(&self, module: &str) -> Option<&Db> {
        self.all().into_iter().find(|db| db.module() == module)
    }

    /// Applies pending migrations of all modules.
    pub async fn migrate(&self) -> Result<()> {
        for db in self.all() {
            let report = db
                .migrate()
                .await
                .with_context(|| format!("the migrations of {}", db.module()))?;
            if !report.applied.is_empty() {
                tracing::info!(
                    module = db.module(),
                    steps = report.applied.len(),
                    "migrated"
                );
            }
        }
        Ok(())
    }

    /// Closes all of them.
    pub async fn close(&self) {
        for db in self.all() {
            db.close().await;
        }
    }
}

impl Tenon {
    /// Opens and migrates the stores and builds every module.
    pub async fn build(settings: &ServerSettings, env: &Env) -> Result<Self> {
        let stores = Stores::open(settings, env).await?;
        stores.migrate().await?;
        let secret = settings.secrets.application.expose().as_bytes();
        let cursor_key = CursorKey::new(secret);
        // Who may call whom: what the modules declare, and the app itself for checks across modules.
        let seam = Seam::new(settings.modules.clone())
            .declare("orders", orders::USES)
            .declare("payments", payments::USES)
            .declare("notifications", notifications::USES)
            .declare(APP, &["identity", "catalog", "payments", "orders"]);

        let mut identity_settings = settings.identity.clone();
        identity_settings.issuer.clone_from(&settings.public_url);
        let verifier_settings = identity_settings.verifier();
        let identity = identity::Identity::build(
            identity_settings,
            identity::Deps {
                db: stores.identity.clone(),
                cursor_key: cursor_key.clone(),
            },
        )?;
        let identity_client = |caller| {
            identity_contract::IdentityClient::connect(
                &seam,
                caller,
                Some(Arc::clone(&identity.contract)),
            )
        };

        let catalog = catalog::Catalog::build(
            settings.catalog.clone(),
            catalog::Deps {
                db: stores.catalog.clone(),
                cursor_key: cursor_key.clone(),
            },
        )?;
        let catalog_client = |caller| {
            catalog_contract::CatalogClient::connect(
                &seam,
                caller,
                Some(Arc::clone(&catalog.contract)),
            )
        };

        let payments = payments::Payments::build(
            settings.payments.clone(),
            payments::Deps {
                db: stores.payments.clone(),
                provider: Arc::new(payments::HttpProvider::new(&settings.payments.provider)?),
                cursor_key: cursor_key.clone(),
            },
        )?;
        let payments_client = |caller| {
            payments_contract::PaymentsClient::connect(
                &seam,
                caller,
                Some(Arc::clone(&payments.contract)),
            )
        };

        let orders = orders::Orders::build(
            settings.orders.clone(),
            orders::Deps {
                db: stores.orders.clone(),
                catalog: catalog_client("orders")?,
                payments: payments_client("orders")?,
                cursor_key: cursor_key.clone(),
            },
        )?;
        let orders_client = |caller| {
            orders_contract::OrdersClient::connect(
                &seam,
                caller,
                Some(Arc::clone(&orders.contract)),
            )
        };

        // Links in mail lead to the public URL; a shop of its own in front sets its own.
        let mut notifications_settings = settings.notifications.clone();
        notifications_settings
            .shop_url
            .clone_from(&settings.public_url);
        let mailer = notifications::SmtpMailer::new(&notifications_settings)?;
        let notifications = notifications::Notifications::build(
            notifications_settings,
            notifications::Deps {
                db: stores.notifications.clone(),
                identity: identity_client("notifications")?,
                orders: orders_client("notifications")?,
                mailer: Arc::new(mailer),
                recipient_key: notifications::RecipientKey::new(secret),
                cursor_key: cursor_key.clone(),
            },
        )?;

        let audit = audit::Audit::build(
            settings.audit.clone(),
            audit::Deps {
                db: stores.audit.clone(),
                sources: vec!["identity", "catalog", "payments", "orders", "notifications"],
                cursor_key,
            },
        );

        let source = Arc::new(identity::edge::IdentitySource::new(
            identity_client(APP)?,
            env.clone(),
        ));
        let verifier = TokenVerifier::new(
            verifier_settings,
            Arc::clone(&source) as _,
            source,
            env.clone(),
        );
        let contracts = Contracts {
            catalog: catalog_client(APP)?,
            payments: payments_client(APP)?,
            orders: orders_client(APP)?,
        };
        Ok(Self {
            stores,
            verifier,
            contracts,
            administration: Administration {
                identity: identity.operations,
                catalog: catalog.demo,
            },
            modules: vec![
                identity.module,
                catalog.module,
                payments.module,
                orders.module,
                notifications.module,
                audit.module,
            ],
        })
    }
}

/// The app as a caller of modules.
const APP: &str = "app";
