//! A process in the making: which modules it hosts, and what they are put together from.

use std::collections::BTreeMap;
use std::sync::Arc;

use tenon_kernel::{CursorKey, Env};
use tenon_module::{Module, NodeParts, SharedApi, Surface as ModuleSurface};
use tenon_remote::RemotePeers;
use tenon_seam::{Dispatch, Mode, Seam, SetupError, Surface};
use tenon_settings::Secret;
use tenon_store::{Db, Migrations};
use tenon_web::{Endpoint, HttpDispatch};

use crate::installation::APP;
use crate::{
    Installation, MachineNetwork, ModuleEntry, Network, NodeError, NodeSettings, peers, secrets,
    store,
};

/// A process in the making.
pub struct Node {
    pub(crate) settings: NodeSettings,
    pub(crate) installation: Installation,
    pub(crate) env: Env,
    /// Of the statements by which processes prove who they are: no clock that people move. Else calls would be
    /// refused while one process was moved and the next one not yet.
    pub(crate) seam_env: Env,
    pub(crate) peers: Option<Arc<RemotePeers>>,
    pub(crate) hosted: Vec<Hosted>,
    seam: Seam,
    shared: SharedApi,
    hosts: Vec<&'static ModuleEntry>,
    keys: BTreeMap<&'static str, Secret>,
    stores: Vec<Db>,
}

/// A module of this process.
pub(crate) struct Hosted {
    pub(crate) module: Module,
    pub(crate) contract: Arc<dyn Dispatch>,
    pub(crate) http: Arc<HttpDispatch>,
}

impl Node {
    /// Decides what is hosted here: the modules of `hosts`, or without a list all that no setting puts elsewhere.
    /// `keyed` modules get a key of their own from the secrets file. Connects to nothing.
    ///
    /// # Errors
    ///
    /// Settings that contradict each other, by name; a secrets file that cannot be used.
    pub fn new(
        settings: NodeSettings,
        installation: Installation,
        hosts: &[String],
        keyed: &[&'static str],
        env: Env,
    ) -> Result<Self, NodeError> {
        Self::in_network(&MachineNetwork, settings, installation, hosts, keyed, env)
    }

    /// As [`Node::new`], in another network than the machine's.
    ///
    /// # Errors
    ///
    /// As [`Node::new`].
    pub fn in_network(
        network: &impl Network,
        mut settings: NodeSettings,
        installation: Installation,
        hosts: &[String],
        keyed: &[&'static str],
        env: Env,
    ) -> Result<Self, NodeError> {
        let hosts = hosted_here(&settings, installation, hosts)?;
        let is_here = |name: &str| hosts.iter().any(|entry| entry.name == name);
        let keyed: Vec<_> = keyed.iter().copied().filter(|name| is_here(name)).collect();
        let keys = if hosts.is_empty() {
            // Nothing here reads or writes data: a gateway needs no secret of the installation.
            settings.secrets.application = secrets::random(&env);
            BTreeMap::new()
        } else {
            secrets::complete(&mut settings, &keyed, &env)?
        };
        let seam_env = match env.movable_clock() {
            Some(_) => Env::system(),
            None => env.clone(),
        };
        let peers = peers::connect(&settings, &seam_env, network.dial())?;
        let seam = Seam::new(settings.modules.clone()).with_env(env.clone());
        let mut seam = installation.declare(seam);
        if let Some(peers) = &peers {
            seam = seam.with_peers(Arc::clone(peers) as _);
        }
        Ok(Self {
            settings,
            installation,
            env,
            seam_env,
            peers,
            hosted: Vec::new(),
            seam,
            shared: SharedApi::default(),
            hosts,
            keys,
            stores: Vec::new(),
        })
    }

    /// Whether a module runs in this process.
    pub fn hosts(&self, module: &str) -> bool {
        self.hosts.iter().any(|entry| entry.name == module)
    }

    /// Names of the modules that run in this process.
    pub fn hosted(&self) -> impl Iterator<Item = &'static str> {
        self.hosts.iter().map(|entry| entry.name)
    }

    /// Where calls to other modules go.
    pub fn seam(&self) -> &Seam {
        &self.seam
    }

    /// The name under which the workers of this process share their leases.
    pub fn deployment(&self) -> &str {
        match self.settings.seam.service.as_str() {
            "" => "tenon",
            service => service,
        }
    }

    /// Opens the store of a hosted module and applies its migrations; for any other module nothing is opened, and
    /// what is put together from these parts serves only to say what it would be.
    pub async fn parts(&mut self, migrations: Migrations) -> Result<NodeParts, NodeError> {
        let module = migrations.module;
        let (db, key) = if self.hosts(module) {
            let db = self.open(migrations).await?;
            store::migrate(&db, self.deployment()).await?;
            (db, self.keys.get(module).cloned().unwrap_or_default())
        } else {
            let db = Db::absent(migrations, self.env.clone());
            (db, secrets::random(&self.env))
        };
        let secret = &self.settings.secrets.application;
        Ok(NodeParts {
            db,
            cursor_key: CursorKey::new(secret.expose().as_bytes()),
            application_secret: secret.clone(),
            module_key: key,
            public_url: self.settings.public_url.clone(),
            installation: self.installation.names(),
            env: self.env.clone(),
        })
    }

    /// Opens the store of a hosted module and migrates nothing: for commands that only look.
    pub async fn open(&mut self, migrations: Migrations) -> Result<Db, NodeError> {
        let db = store::open(&self.settings.store_config(), migrations, &self.env).await?;
        self.stores.push(db.clone());
        Ok(db)
    }

    /// Takes a module that was put together, and the receiving end of its contract. Returns its REST operations as
    /// clients of this process reach them: by the handlers here, encoded, or forwarded to where the module runs.
    /// A module that is not hosted is dropped but for that.
    ///
    /// # Errors
    ///
    /// Settings that cannot work, by name.
    pub fn host(
        &mut self,
        mut module: Module,
        contract: Arc<dyn Dispatch>,
    ) -> Result<Vec<Endpoint>, NodeError> {
        let name = module.name;
        let ModuleSurface { endpoints, parts } = module.take_surface();
        let all = endpoints.iter().chain(&parts).cloned().collect();
        let http = Arc::new(HttpDispatch::new(name, all));
        let here = self.hosts(name);
        if here {
            self.hosted.push(Hosted {
                module,
                contract,
                http: Arc::clone(&http),
            });
        }
        let edge = self.settings.modules.get(name);
        if here && edge.is_none_or(|edge| edge.mode == Mode::Local) {
            self.shared.add(name, parts);
            return Ok(endpoints);
        }
        if !here && self.seam.is_here(name) {
            // Not here, and no setting says where: this process has no public API that could need it.
            return Ok(Vec::new());
        }
        let here = here.then_some(http as Arc<dyn Dispatch>);
        let relay = Arc::new(self.seam.relay(APP, name, Surface::Http, here)?);
        let forwarded = |endpoint: Endpoint| endpoint.forwarded(Arc::clone(&relay));
        self.shared.add(name, parts.into_iter().map(forwarded));
        Ok(endpoints.into_iter().map(forwarded).collect())
    }

    /// The REST operations that every module answers a part of: for the process with the public API, once all
    /// modules are put together.
    pub fn shared_endpoints(&mut self) -> Vec<Endpoint> {
        std::mem::take(&mut self.shared).endpoints()
    }

    /// The modules that were put together here, for commands that look at them.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.hosted.iter().map(|hosted| &hosted.module)
    }

    /// The open stores.
    pub fn stores(&self) -> &[Db] {
        &self.stores
    }

    /// Says why a command cannot be run on a module that runs elsewhere, and where it can.
    ///
    /// # Errors
    ///
    /// If the module is not hosted here.
    pub fn require(&self, module: &str) -> Result<(), SetupError> {
        if self.hosts(module) {
            return Ok(());
        }
        let edge = self.settings.modules.get(module);
        let place = edge
            .and_then(|edge| edge.url.as_deref())
            .map_or_else(String::new, |url| format!(" behind {url}"));
        Err(SetupError::new(
            format!("modules.{module}.mode"),
            format!(
                "{module} runs in another process{place}: run this command there, with the settings of that process"
            ),
        ))
    }

    /// Closes the stores: at the end of a command.
    pub async fn close(&self) {
        for db in &self.stores {
            db.close().await;
        }
    }

    /// Entries of the hosted modules.
    pub(crate) fn entries(&self) -> &[&'static ModuleEntry] {
        &self.hosts
    }
}

fn hosted_here(
    settings: &NodeSettings,
    installation: Installation,
    hosts: &[String],
) -> Result<Vec<&'static ModuleEntry>, SetupError> {
    let is_here = |name: &str| {
        let edge = settings.modules.get(name);
        edge.is_none_or(tenon_seam::EdgeSettings::is_here)
    };
    if hosts.is_empty() {
        let here = installation.0.iter().filter(|entry| is_here(entry.name));
        return Ok(here.collect());
    }
    let mut entries = Vec::new();
    for name in hosts {
        let Some(entry) = installation.find(name) else {
            let known = installation.names().join(", ");
            let reason = format!("there is no module {name}; there are: {known}");
            return Err(SetupError::new("hosts", reason));
        };
        if !is_here(name) {
            let reason = "says that the module runs elsewhere, but `hosts` names it";
            return Err(SetupError::new(format!("modules.{name}.mode"), reason));
        }
        entries.push(entry);
    }
    Ok(entries)
}
