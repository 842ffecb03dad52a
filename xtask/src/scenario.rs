//! `cargo xtask scenario run <name>`: scripted users, each step printed; `--all` plays the whole failure table.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::clock;
use crate::stack::{Backend, PORTS, PROGRAMS, Plan, Ports, Stack};
use crate::topology::Topology;
use crate::{process, programs};

/// Options of `cargo xtask scenario`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Prints the names of all scenarios, one line each.
    List,
    /// Plays scenarios.
    Run(Run),
    /// Plays the workflows of `docs/arazzo/checkout.json` against a fresh server.
    Arazzo(Workflows),
}

#[derive(Debug, clap::Args)]
struct Workflows {
    /// Another document.
    #[arg(long, default_value = "docs/arazzo/checkout.json")]
    document: PathBuf,
    /// Engine of the server.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Where its modules run.
    #[arg(long, default_value = "local")]
    topology: Topology,
}

#[derive(Debug, clap::Args)]
struct Run {
    /// Which ones: `first-order`, or rows of the failure table.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// Every row of the failure table.
    #[arg(long)]
    all: bool,
    /// Against the server that `cargo xtask dev` started on this port; without it a fresh one is started and stopped.
    #[arg(long)]
    port: Option<u16>,
    /// Engine of the self-started server.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Topology of the self-started server.
    #[arg(long, default_value = "local")]
    topology: Topology,
}

impl Options {
    /// The buyer's way, against a fresh server.
    pub(crate) fn first_order(backend: Backend, topology: Topology) -> Self {
        Self {
            action: Action::Run(Run {
                names: vec![FIRST_ORDER.to_owned()],
                all: false,
                port: None,
                backend,
                topology,
            }),
        }
    }

    /// Every row of the failure table, against a fresh server.
    pub(crate) fn failure_table(backend: Backend, topology: Topology) -> Self {
        Self {
            action: Action::Run(Run {
                names: Vec::new(),
                all: true,
                port: None,
                backend,
                topology,
            }),
        }
    }
}

const FIRST_ORDER: &str = "first-order";
/// First port of a self-started stack: away from `cargo xtask dev`.
const OWN_PORT: u16 = 18_080;

/// What a self-started server is told beside the usual: nobody is to wait for a provider that does not answer.
const IMPATIENCE: [(&str, &str); 2] = [
    ("payments.provider.timeout_ms", "1000"),
    ("payments.provider.breaker_pause_ms", "200"),
];

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let run = match &options.action {
        Action::List => return list(root),
        Action::Arazzo(workflows) => return arazzo(root, workflows),
        Action::Run(run) => run,
    };
    let first_order = run.names.iter().any(|name| name == FIRST_ORDER);
    if first_order && run.names.len() > 1 {
        bail!("{FIRST_ORDER} is played alone");
    }
    if let Some(port) = run.port {
        return against(root, run, Ports::from(port));
    }
    let title = if run.all {
        "failure table".to_owned()
    } else {
        run.names.join(", ")
    };
    println!("== {title} on {:?}, {} ==", run.backend, run.topology);
    let folder = root.join(match run.backend {
        Backend::Sqlite => "var/scenario",
        Backend::Postgres => "var/scenario-postgres",
    });
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let plan = Plan {
        backend: run.backend,
        topology: run.topology,
        port: free_block(),
        folder,
        release: false,
        show_server_log: false,
        unlimited: !first_order,
        movable_clock: !first_order,
    };
    let mut stack = Stack::prepare(root, plan)?;
    if !first_order {
        for (key, value) in IMPATIENCE {
            stack.set(key, value);
        }
    }
    stack.serve()?;
    let place = Place {
        program: stack.program("scenarios"),
        ports: stack.ports,
        accounts: stack.accounts(),
        processes: stack.processes(),
    };
    let mut command = place.command(run);
    process::run_beside(&mut command, || stack.revive())?;
    stack.verify()
}

/// The workflows, each step with its criteria, against a fresh server.
fn arazzo(root: &Path, workflows: &Workflows) -> Result<()> {
    let folder = root.join("var/arazzo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let plan = Plan {
        backend: workflows.backend,
        topology: workflows.topology,
        port: free_block(),
        folder,
        release: false,
        show_server_log: false,
        unlimited: false,
        movable_clock: false,
    };
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let mut command = Command::new(stack.program("scenarios"));
    command.arg("arazzo").arg(root.join(&workflows.document));
    command.args(["--api", &format!("http://127.0.0.1:{}", stack.ports.api)]);
    command.arg("--accounts").arg(stack.accounts());
    process::run(&mut command)?;
    stack.verify()
}

fn list(root: &Path) -> Result<()> {
    println!("{FIRST_ORDER:<28} from registration to the mail that confirms the order");
    let mut command = programs::quiet(root, "scenarios", "scenarios");
    process::run(command.args(["failures", "list"]))
}

/// Against what runs already. Who started it starts again what a scenario kills.
fn against(root: &Path, run: &Run, ports: Ports) -> Result<()> {
    let programs = programs::build(root, &PROGRAMS)?;
    let folder = root.join("var").join(match run.backend {
        Backend::Sqlite => "dev",
        Backend::Postgres => "dev-postgres",
    });
    let processes = folder.join("processes");
    // Where identity is.
    let home = if processes.join("identity.pid").is_file() {
        "fleet/identity-service"
    } else {
        "data"
    };
    let place = Place {
        program: programs.join("scenarios"),
        ports,
        accounts: folder.join(home).join("demo-accounts.txt"),
        processes,
    };
    process::run(&mut place.command(run))
}

/// Where to play.
struct Place {
    program: PathBuf,
    ports: Ports,
    accounts: PathBuf,
    processes: PathBuf,
}

impl Place {
    fn command(&self, run: &Run) -> Command {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = Command::new(&self.program);
        if run.names == [FIRST_ORDER] {
            command.arg(FIRST_ORDER);
        } else {
            command.args(["failures", "run"]).args(&run.names);
            let operations = clock::operations(self.ports).join(",");
            command.args(["--operations", &operations]);
            command.arg("--processes").arg(&self.processes);
        }
        command.args([
            "--api",
            &at(self.ports.api),
            "--mail",
            &at(self.ports.mail_page),
            "--payments",
            &at(self.ports.payment_page),
        ]);
        command.arg("--accounts").arg(&self.accounts);
        command
    }
}

/// The first port of a block that nobody listens on; processes that run at once begin to look at different ones.
pub(crate) fn free_block() -> u16 {
    let taken = |port: u16| TcpStream::connect(("127.0.0.1", port)).is_ok();
    let offset = u16::try_from(std::process::id() % 50).expect("below 50");
    (0..50)
        .map(|block| OWN_PORT + (block + offset) % 50 * PORTS)
        .find(|&port| !(port..port + PORTS).any(taken))
        .unwrap_or(OWN_PORT)
}
