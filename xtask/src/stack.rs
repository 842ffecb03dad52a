//! A whole Tenon with its surroundings, run from built programs: mail catcher, payment simulator, server.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::cluster::Cluster;
use crate::process::{self, Service};

/// Which engine the stores run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Backend {
    /// Files, nothing to install.
    Sqlite,
    /// A private cluster from the programs on the machine.
    Postgres,
}

/// How modules reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Topology {
    /// Directly.
    Local,
    /// Encoded and decoded, as if each were a service of its own.
    Wire,
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
}

/// The programs a stack consists of.
const PROGRAMS: [&str; 3] = ["tenon-server", "mail-catcher", "payment-simulator"];
/// Modules whose calls `--topology wire` encodes.
const MODULES: [&str; 6] = [
    "identity",
    "catalog",
    "orders",
    "payments",
    "notifications",
    "audit",
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
}

/// A running stack; everything stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) plan: Plan,
    pub(crate) ports: Ports,
    server: Option<Service>,
    #[expect(dead_code, reason = "held: they stop when the stack is dropped")]
    surroundings: Vec<Service>,
    cluster: Option<Cluster>,
    programs: PathBuf,
    /// `key=value` beyond what every stack is started with.
    settings: Vec<String>,
}

impl Ports {
    /// The API's port and the five after it.
    pub(crate) fn from(api: u16) -> Self {
        Self {
            api,
            operations: api + 1,
            payment_page: api + 2,
            mail_page: api + 3,
            smtp: api + 4,
            postgres: api + 5,
        }
    }
}

/// Builds the programs of a stack; returns the folder they are in.
pub(crate) fn build(root: &Path, release: bool) -> Result<PathBuf> {
    let mut command = process::cargo(root);
    command.arg("build");
    for program in PROGRAMS {
        command.args(["--package", program]);
    }
    if release {
        command.arg("--release");
    }
    process::run(&mut command)?;
    Ok(process::target_dir(root)?.join(if release { "release" } else { "debug" }))
}

impl Stack {
    /// Starts the surroundings, migrates and seeds; the server itself is started by [`Stack::serve`].
    pub(crate) fn prepare(root: &Path, plan: Plan) -> Result<Self> {
        let stack = Self::unseeded(root, plan)?;
        process::run(&mut stack.tenon(&["admin", "seed-demo"]))?;
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
        let surroundings = surroundings(&programs, &plan, ports)?;
        let stack = Self {
            plan,
            ports,
            server: None,
            surroundings,
            cluster,
            programs,
            settings: Vec::new(),
        };
        process::run(&mut stack.tenon(&["migrate"]))?;
        Ok(stack)
    }

    /// Adds a setting to every later start of a program of this stack.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.settings.push(format!("{key}={value}"));
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn serve(&mut self) -> Result<()> {
        let log = self.plan.folder.join("server.log");
        let log = (!self.plan.show_server_log).then_some(log.as_path());
        let mut server = Service::start("tenon", &mut self.tenon(&["serve"]), log)?;
        server
            .wait_for(loopback(self.ports.api), Duration::from_secs(30))
            .with_context(|| self.last_lines())?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops the server, keeps everything else.
    pub(crate) fn stop_server(&mut self) {
        self.server = None;
    }

    /// Whether the server has ended by itself.
    pub(crate) fn server_has_ended(&mut self) -> bool {
        self.server.as_mut().is_none_or(Service::has_ended)
    }

    /// `tenon` with the settings of this stack.
    pub(crate) fn tenon(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("tenon"));
        let mut set = |key: &str, value: String| {
            command.args(["--set", &format!("{key}={value}")]);
        };
        set(
            "data_dir",
            self.plan.folder.join("data").display().to_string(),
        );
        set("public_url", format!("http://127.0.0.1:{}", self.ports.api));
        set("web.listen", format!("127.0.0.1:{}", self.ports.api));
        set(
            "web.operations_listen",
            format!("127.0.0.1:{}", self.ports.operations),
        );
        set("notifications.smtp.port", self.ports.smtp.to_string());
        set(
            "payments.provider.url",
            format!("http://127.0.0.1:{}", self.ports.payment_page),
        );
        set(
            "payments.provider.webhook_secret",
            DEVELOPMENT_WEBHOOK_SECRET.to_owned(),
        );
        set("telemetry.log_format", "pretty".to_owned());
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
            set("store.url", cluster.url());
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

    fn last_lines(&self) -> String {
        let log = fs::read_to_string(self.plan.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// Shared by the simulator and the server of one machine; a real provider's secret comes from its dashboard.
const DEVELOPMENT_WEBHOOK_SECRET: &str = "whsec_development_only";

fn surroundings(programs: &Path, plan: &Plan, ports: Ports) -> Result<Vec<Service>> {
    let mut mail = Command::new(programs.join("mail-catcher"));
    mail.args([
        "--smtp",
        &loopback(ports.smtp).to_string(),
        "--http",
        &loopback(ports.mail_page).to_string(),
    ]);
    let mut payment = Command::new(programs.join("payment-simulator"));
    payment.args([
        "--listen",
        &loopback(ports.payment_page).to_string(),
        "--webhook-secret",
        DEVELOPMENT_WEBHOOK_SECRET,
    ]);
    payment.args([
        "--webhook-url",
        &format!(
            "http://127.0.0.1:{}/v1/provider-webhooks/simulator",
            ports.api
        ),
    ]);
    let mut mail = Service::start(
        "mail-catcher",
        &mut mail,
        Some(&plan.folder.join("mail-catcher.log")),
    )?;
    mail.wait_for(loopback(ports.mail_page), Duration::from_secs(10))?;
    let mut payment = Service::start(
        "payment-simulator",
        &mut payment,
        Some(&plan.folder.join("payment-simulator.log")),
    )?;
    payment.wait_for(loopback(ports.payment_page), Duration::from_secs(10))?;
    Ok(vec![mail, payment])
}

fn loopback(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
