//! `cargo xtask scenario run <name>`: a scripted user, each step printed.

use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::stack::{Backend, PORTS, Plan, Ports, Stack};
use crate::topology::Topology;

/// Options of `cargo xtask scenario`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Plays a scenario.
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Run {
    /// Which one.
    #[arg(value_parser = ["first-order"])]
    name: String,
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
                name: "first-order".to_owned(),
                port: None,
                backend,
                topology,
            }),
        }
    }
}

/// First port of a self-started stack: away from `cargo xtask dev`.
const OWN_PORT: u16 = 18_080;

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let Action::Run(run) = &options.action;
    if let Some(port) = run.port {
        let mut build = process::cargo(root);
        process::run(build.args(["build", "--package", "scenarios"]))?;
        let program = process::target_dir(root)?.join("debug/scenarios");
        let accounts = root.join(match run.backend {
            Backend::Sqlite => "var/dev/data/demo-accounts.txt",
            Backend::Postgres => "var/dev-postgres/data/demo-accounts.txt",
        });
        return play(&program, &run.name, Ports::from(port), &accounts);
    }
    println!("== {} on {:?}, {} ==", run.name, run.backend, run.topology);
    process::run(process::cargo(root).args(["build", "--package", "scenarios"]))?;
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
        unlimited: false,
    };
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let accounts = stack.accounts();
    play(
        &stack.program("scenarios"),
        &run.name,
        stack.ports,
        &accounts,
    )?;
    stack.verify()
}

fn play(program: &Path, name: &str, ports: Ports, accounts: &Path) -> Result<()> {
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    let mut command = Command::new(program);
    command.args([
        name,
        "--api",
        &at(ports.api),
        "--mail",
        &at(ports.mail_page),
        "--payments",
        &at(ports.payment_page),
    ]);
    process::run(command.arg("--accounts").arg(accounts))
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
