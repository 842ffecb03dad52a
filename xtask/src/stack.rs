//! A whole Tenon with its surroundings, run from built programs: mail catcher, payment simulator, server.

mod revival;
mod services;
mod surroundings;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use self::surroundings::{DEVELOPMENT_WEBHOOK_SECRET, surroundings};
use crate::clock;
use crate::cluster::Cluster;
use crate::fleet::Fleet;
use crate::process::{self, Service};
use crate::programs;
use crate::scenario::free_block;
use crate::topology::{MODULES, Topology};

/// Which engine the stores run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Backend {
    /// Files, nothing to install.
    Sqlite,
    /// A private cluster from the programs on the machine.
    Postgres,
}

/// What to run and where.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) backend: Backend,
    pub(crate) topology: Topology,
    /// Port of the API; the others follow it.
    pub(crate) port: u16,
    /// Holds data, secrets and logs.
    pub(crate) folder: PathBuf,
    /// Build and run optimised.
    pub(crate) release: bool,
    /// Server output goes to this terminal instead of a file.
    pub(crate) show_server_log: bool,
    /// More requests than a person sends: no rate limits.
    pub(crate) unlimited: bool,
    /// The clock of all processes can be set forward: `cargo xtask clock`.
    pub(crate) movable_clock: bool,
}

impl Plan {
    /// A fresh installation in `var/<name>`, for a program that is let loose on it: no limits, the clock as it is.
    pub(crate) fn fresh(
        root: &Path,
        name: &str,
        backend: Backend,
        topology: Topology,
    ) -> Result<Self> {
        let folder = root.join("var").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Self {
            backend,
            topology,
            port: free_block(),
            folder,
            release: false,
            show_server_log: false,
            unlimited: true,
            movable_clock: false,
        })
    }
}

/// The programs a stack consists of.
pub(crate) const PROGRAMS: [&str; 5] = [
    "tenon-server",
    "mail-catcher",
    "payment-simulator",
    "authority",
    "scenarios",
];

/// Where each part listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) api: u16,
    pub(crate) operations: u16,
    pub(crate) payment_page: u16,
    pub(crate) mail_page: u16,
    pub(crate) smtp: u16,
    pub(crate) postgres: u16,
    /// Where a program may stand in for an OpenID Connect provider.
    pub(crate) provider: u16,
    /// First of those between processes: two for the monolith and for each module.
    pub(crate) seam: u16,
}

/// How many ports one stack may use.
pub(crate) const PORTS: u16 = 7 + 2 + 2 * 6;

/// A running stack; everything stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) plan: Plan,
    pub(crate) ports: Ports,
    // Dropped in this order: the database server waits for everybody else to leave.
    server: Option<Service>,
    fleet: Option<Fleet>,
    /// Held: they stop when the stack is dropped.
    surroundings: Vec<Service>,
    pub(crate) cluster: Option<Cluster>,
    programs: PathBuf,
    /// `key=value` beyond what every stack is started with.
    settings: Vec<String>,
}

impl Ports {
    /// The API's port and those after it.
    pub(crate) fn from(api: u16) -> Self {
        Self {
            api,
            operations: api + 1,
            payment_page: api + 2,
            mail_page: api + 3,
            smtp: api + 4,
            postgres: api + 5,
            provider: api + 6,
            seam: api + 7,
        }
    }

    /// Where the service of a module hears calls, or the monolith (`None`).
    pub(crate) fn seam_of(self, module: Option<&str>) -> u16 {
        let place = MODULES.iter().position(|known| Some(*known) == module);
        let place = place.map_or(0, |place| place + 1);
        self.seam + 2 * u16::try_from(place).expect("there are a few modules")
    }

    /// Where the service of a module has its operations listener.
    pub(crate) fn operations_of(self, module: &str) -> u16 {
        self.seam_of(Some(module)) + 1
    }
}

/// Builds the programs of a stack; returns the folder they are in.
pub(crate) fn build(root: &Path, release: bool) -> Result<PathBuf> {
    if release {
        programs::build_release(root, &PROGRAMS)
    } else {
        programs::build(root, &PROGRAMS)
    }
}

impl Stack {
    /// Starts the surroundings, migrates and seeds; the server itself is started by [`Stack::serve`].
    pub(crate) fn prepare(root: &Path, plan: Plan) -> Result<Self> {
        let stack = Self::unseeded(root, plan)?;
        for process in [None]
            .into_iter()
            .chain(stack.modules_elsewhere().map(Some))
        {
            let seeds = |module| process == stack.home(module);
            if seeds("identity") || seeds("catalog") {
                process::run(&mut stack.command(process, &["admin", "seed-demo"]))?;
            }
        }
        Ok(stack)
    }

    /// As [`Stack::prepare`], with nobody and nothing in the shop.
    pub(crate) fn unseeded(root: &Path, plan: Plan) -> Result<Self> {
        let programs = build(root, plan.release)?;
        let ports = Ports::from(plan.port);
        fs::create_dir_all(&plan.folder).with_context(|| plan.folder.display().to_string())?;
        let cluster = match plan.backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Cluster::start(
                &plan.folder.join("postgres"),
                ports.postgres,
            )?),
        };
        let mut stack = Self {
            plan,
            ports,
            fleet: None,
            server: None,
            surroundings: Vec::new(),
            cluster,
            programs,
            settings: Vec::new(),
        };
        stack.forget_processes()?;
        stack.note_database()?;
        stack.become_topology(stack.plan.topology)?;
        let ahead = if stack.plan.movable_clock {
            clock::align(stack.data_dirs().iter().map(PathBuf::as_path))?
        } else {
            0
        };
        stack.surroundings = surroundings(&stack.programs, &stack.plan, ports, ahead)?;
        stack.migrate()?;
        Ok(stack)
    }

    /// Applies pending migrations, each process its own.
    pub(crate) fn migrate(&self) -> Result<()> {
        let gateway = (self.plan.topology != Topology::Remote).then_some(None);
        for process in gateway
            .into_iter()
            .chain(self.modules_elsewhere().map(Some))
        {
            process::run(&mut self.command(process, &["migrate"]))?;
        }
        Ok(())
    }

    /// Adds a setting to every later start of a program of this stack.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.settings.push(format!("{key}={value}"));
    }

    /// Starts what does not run, services first, and waits until the server answers.
    pub(crate) fn serve(&mut self) -> Result<()> {
        for module in self.modules_elsewhere().collect::<Vec<_>>() {
            self.start_service(module)?;
        }
        let log = self.plan.folder.join("server.log");
        let log = (!self.plan.show_server_log).then_some(log.as_path());
        let mut server = Service::start("tenon", &mut self.tenon(&["serve"]), log)?;
        server
            .wait_for(loopback(self.ports.api), Duration::from_secs(30))
            .with_context(|| self.last_lines("server.log"))?;
        self.note_process("tenon", &server)?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops the server, keeps everything else.
    pub(crate) fn stop_server(&mut self) {
        self.server = None;
    }

    /// The file with the demo accounts: where identity is.
    pub(crate) fn accounts(&self) -> PathBuf {
        let service = self.home("identity").and_then(|home| self.member(home));
        let folder = service.map_or_else(|| self.data_dir(), |member| member.data_dir.clone());
        folder.join("demo-accounts.txt")
    }

    /// Data of the process with the public API.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.plan.folder.join("data")
    }

    /// Data of all processes.
    fn data_dirs(&self) -> Vec<PathBuf> {
        let members = self.fleet.iter().flat_map(|fleet| fleet.members.values());
        let theirs = members.map(|member| member.data_dir.clone());
        theirs.chain([self.data_dir()]).collect()
    }

    /// Whether the server has ended by itself; one that was killed comes back.
    pub(crate) fn server_has_ended(&mut self) -> bool {
        let ended = |server: &mut Service| server.has_ended() && !server.was_killed();
        self.server.as_mut().is_none_or(ended)
    }

    /// `tenon` as the process with the public API.
    pub(crate) fn tenon(&self, arguments: &[&str]) -> Command {
        self.command(None, arguments)
    }

    /// `tenon` as the process that hosts a module; `command(home("catalog"), …)`.
    pub(crate) fn host_of(&self, module: &str, arguments: &[&str]) -> Command {
        self.command(self.home(module), arguments)
    }

    /// `tenon` as the service of a module, or as the process with the public API.
    fn command(&self, service: Option<&str>, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("tenon"));
        let member = service.and_then(|module| self.member(module));
        if let Some(fleet) = &self.fleet {
            let file = member.map_or(&fleet.gateway, |member| &member.settings);
            command.arg("--config").arg(file);
        }
        let mut set = |key: &str, value: String| {
            command.args(["--set", &format!("{key}={value}")]);
        };
        let data_dir = member.map_or_else(|| self.data_dir(), |member| member.data_dir.clone());
        set("data_dir", data_dir.display().to_string());
        let operations = member.map_or(self.ports.operations, |member| member.operations);
        set("web.operations_listen", format!("127.0.0.1:{operations}"));
        // By name: browsers make passkeys for no address of IP.
        set("public_url", format!("http://localhost:{}", self.ports.api));
        set("web.listen", format!("127.0.0.1:{}", self.ports.api));
        set("notifications.smtp.port", self.ports.smtp.to_string());
        for channel in ["sms", "push"] {
            set(
                &format!("notifications.{channel}.url"),
                format!("http://127.0.0.1:{}/api/texts", self.ports.mail_page),
            );
        }
        set(
            "payments.provider.url",
            format!("http://127.0.0.1:{}", self.ports.payment_page),
        );
        set(
            "payments.provider.webhook_secret",
            DEVELOPMENT_WEBHOOK_SECRET.to_owned(),
        );
        set("telemetry.log_format", "pretty".to_owned());
        if self.plan.movable_clock {
            set("development.movable_clock", "true".to_owned());
            set("web.server_timing", "true".to_owned());
            // Where everything can be made to fail, the shop depends on a provider of rates too.
            set(
                "orders.rates.url",
                format!("http://127.0.0.1:{}", self.ports.payment_page),
            );
        }
        if self.plan.unlimited {
            for policy in ["default", "auth"] {
                set(
                    &format!("web.rate_limits.{policy}.requests"),
                    "0".to_owned(),
                );
                set(
                    &format!("web.rate_limits.{policy}.window_seconds"),
                    "60".to_owned(),
                );
            }
        }
        if let Some(cluster) = &self.cluster {
            let moved = member.and_then(|member| member.store_url.clone());
            set("store.url", moved.unwrap_or_else(|| cluster.url()));
            // Several processes share the cluster.
            set("store.max_connections", "5".to_owned());
        }
        if self.plan.topology == Topology::Wire {
            for module in MODULES {
                set(&format!("modules.{module}.mode"), "wire".to_owned());
            }
        }
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.args(arguments);
        command
    }

    /// A program built beside the server.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    fn last_lines(&self, file: &str) -> String {
        let log = fs::read_to_string(self.plan.folder.join(file)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

fn loopback(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
