//! What every run begins with, made once for each test program: certificates, and stores that are migrated and filled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use identity::{Deps, IdentitySettings, KeyRingEntry, NewUser, PasswordCost};
use serde_json::{Value, json};
use tempfile::TempDir;
use tenon_kernel::testing::{ManualClock, SeededEntropy};
use tenon_kernel::{CallCtx, CursorKey, Env, Interface, Role, Timestamp};
use tenon_remote::SeamSettings;
use tenon_remote::issue::Authority;
use tenon_server::compose::Tenon;
use tenon_server::settings::ServerSettings;
use tenon_store::{Db, StoreConfig};

/// The processes that host a module each, by the module's name.
pub(crate) const MODULES: [&str; 4] = ["identity", "catalog", "payments", "orders"];
/// The process with the public API.
pub(crate) const GATEWAY: &str = "gateway";
/// What people reach the installation under.
pub(crate) const PUBLIC_URL: &str = "http://gateway:8080";
/// Of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// How many people are registered.
pub(crate) const BUYERS: usize = 8;
/// Who may give money back.
pub(crate) const STAFF: &str = "staff@example.org";

/// Hashing a password is not what a simulation is about.
pub(crate) const CHEAP: PasswordCost = PasswordCost {
    memory_kib: 8,
    passes: 1,
};

/// What is written beside the files, for the processes that take them up.
const SUMMARY: &str = "template.json";

/// Certificates and filled stores.
pub(crate) struct Template {
    folder: PathBuf,
    /// Removes the files in the end, in the process that made them.
    _files: Option<TempDir>,
    /// Signing keys by service.
    public_keys: BTreeMap<String, String>,
    key: KeyRingEntry,
    /// What can be bought: of one so little that not everybody gets it.
    pub(crate) variants: Vec<String>,
}

impl Template {
    /// Makes them.
    pub(crate) fn new() -> Arc<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Arc::new(runtime.expect("starts").block_on(Self::make()))
    }

    async fn make() -> Self {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let folder = folder();
        let authority = Authority::new().expect("makes");
        let services = MODULES.iter().map(|module| service(module));
        let write = |name: String, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("writes");
        };
        write("authority.pem".to_owned(), authority.certificate());
        let mut public_keys = BTreeMap::new();
        for name in services.chain([GATEWAY.to_owned()]) {
            let issued = authority.issue(&name).expect("makes");
            write(format!("{name}.pem"), &issued.certificate);
            write(format!("{name}.key"), &issued.key);
            write(format!("{name}.signing"), &issued.signing_key);
            public_keys.insert(name, issued.public_key);
        }
        // Before the beginning, so that nothing is due that comes from here.
        let clock = ManualClock::starting_at(Timestamp::from_unix_seconds(1_893_455_000));
        let env = Env::new(Arc::new(clock), Arc::new(SeededEntropy::new(7)));
        let mut template = Self {
            folder: folder.path().to_owned(),
            _files: Some(folder),
            public_keys,
            key: KeyRingEntry::generate("sim1", &env),
            variants: Vec::new(),
        };
        template.fill(&env).await;
        template.save();
        template
    }

    fn save(&self) {
        let summary = json!({
            "public_keys": self.public_keys,
            "key": [self.key.id, self.key.key.expose()],
            "variants": self.variants,
        });
        std::fs::write(self.folder.join(SUMMARY), summary.to_string()).expect("writes");
    }

    /// Takes up what another process has made.
    pub(crate) fn open(folder: &Path) -> Arc<Self> {
        let text = std::fs::read(folder.join(SUMMARY)).expect("reads");
        let mut summary: Value = serde_json::from_slice(&text).expect("JSON");
        let public_keys = serde_json::from_value(summary["public_keys"].take()).expect("keys");
        let (id, key): (String, String) =
            serde_json::from_value(summary["key"].take()).expect("a key");
        Arc::new(Self {
            folder: folder.to_owned(),
            _files: None,
            public_keys,
            key: KeyRingEntry {
                id,
                key: tenon_settings::Secret::new(key),
            },
            variants: serde_json::from_value(summary["variants"].take()).expect("ids"),
        })
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Registers people and stocks the shop.
    async fn fill(&mut self, env: &Env) {
        let ctx = CallCtx::service(env, Interface::Cli, "simulation");
        let stores = self.stores();
        let config = StoreConfig::Sqlite {
            directory: stores.clone(),
            shipped: false,
        };
        let db = Db::open(&config, identity::MIGRATIONS, env.clone())
            .await
            .expect("opens");
        db.migrate().await.expect("migrates");
        let deps = Deps {
            db: db.clone(),
            cursor_key: CursorKey::new(b"simulation"),
            password_cost: CHEAP,
        };
        let made = identity::Identity::build(self.identity(), deps).expect("builds");
        let buyers = (0..BUYERS).map(|number| (buyer(number), Role::Customer));
        for (email, role) in buyers.chain([(STAFF.to_owned(), Role::Staff)]) {
            let user = NewUser {
                email,
                password: PASSWORD.to_owned(),
                display_name: None,
                roles: vec![role],
            };
            made.operations
                .create_user(&ctx.child(), user)
                .await
                .expect("registers");
        }
        db.close().await;
        drop(made);

        let tenon = Tenon::build(&self.server(&stores), env)
            .await
            .expect("builds");
        let shop = tenon.administration.catalog(&tenon.node).expect("here");
        shop.seed(&ctx).await.expect("fills");
        self.variants = variants(&tenon, &ctx).await;
        tenon.node.close().await;
    }

    fn stores(&self) -> PathBuf {
        self.folder.join("stores")
    }

    /// Copies the stores into a folder of one run.
    pub(crate) fn copy(&self) -> TempDir {
        let copy = folder();
        for entry in std::fs::read_dir(self.stores()).expect("a folder") {
            let entry = entry.expect("a file");
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copies");
        }
        copy
    }

    /// Who a process is among the others.
    pub(crate) fn seam(&self, process: &str) -> SeamSettings {
        let name = match process {
            GATEWAY => GATEWAY.to_owned(),
            module => service(module),
        };
        let file = |what: &str| self.folder.join(format!("{name}.{what}"));
        let callers = MODULES
            .iter()
            .map(|module| (service(module), vec![(*module).to_owned()]))
            .chain([(GATEWAY.to_owned(), vec![tenon_web::GATEWAY.to_owned()])]);
        let trusted = self.public_keys.iter();
        let trusted = trusted.map(|(name, key)| (name.clone(), vec![key.clone()]));
        SeamSettings {
            listen: (process != GATEWAY).then(|| ([0, 0, 0, 0], 7443).into()),
            certificate: file("pem"),
            key: file("key"),
            signing_key: file("signing"),
            authority: self.folder.join("authority.pem"),
            service: name,
            trusted_keys: trusted.collect(),
            callers: callers.collect(),
            ..SeamSettings::default()
        }
    }

    pub(crate) fn identity(&self) -> IdentitySettings {
        IdentitySettings {
            key_ring: vec![self.key.clone()],
            ..IdentitySettings::default().issued_by(PUBLIC_URL)
        }
    }

    /// All modules in one process, over the stores of a run: to look at what it has left.
    pub(crate) fn server(&self, stores: &Path) -> ServerSettings {
        let mut settings = ServerSettings {
            data_dir: stores.to_owned(),
            public_url: PUBLIC_URL.to_owned(),
            identity: self.identity(),
            ..ServerSettings::default()
        };
        settings.secrets.application = secret();
        settings
    }
}

/// Signs cursors in all processes.
pub(crate) fn secret() -> tenon_settings::Secret {
    tenon_settings::Secret::new("the secret of a simulated installation".to_owned())
}

/// The service that hosts a module.
pub(crate) fn service(module: &str) -> String {
    format!("{module}-service")
}

/// The address of a registered person.
pub(crate) fn buyer(number: usize) -> String {
    format!("buyer-{number}@example.org")
}

async fn variants(tenon: &Tenon, ctx: &CallCtx) -> Vec<String> {
    use tenon_store::Queryable as _;

    let catalog = tenon.node.modules().find(|module| module.name == "catalog");
    let db = &catalog.expect("here").db;
    let rows: Vec<(uuid::Uuid,)> = db
        .read(ctx)
        .query(
            "SELECT variant_id FROM stock_levels WHERE on_hand > 0 ORDER BY on_hand, variant_id LIMIT 3",
        )
        .fetch_all()
        .await
        .expect("reads");
    let ids = rows
        .into_iter()
        .map(|(id,)| tenon_kernel::Id::from_uuid(id));
    let variants: Vec<String> = ids
        .map(|id: catalog_contract::VariantId| id.to_string())
        .collect();
    assert!(!variants.is_empty(), "nothing is in stock");
    variants
}

/// In memory where the machine offers it as a directory: what is on trial is not the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
    folder.expect("a folder")
}
