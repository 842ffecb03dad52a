//! `cargo xtask dev`: everything on this machine, rebuilt on change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::stack::{self, Backend, Plan, Stack};
use crate::topology::Topology;

/// Options of `cargo xtask dev`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Engine of the stores.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// How modules reach each other.
    #[arg(long, default_value = "local")]
    topology: Topology,
    /// Port of the API; the five after it are used too.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Forget all data of earlier runs first.
    #[arg(long)]
    fresh: bool,
    /// Do not rebuild on change.
    #[arg(long)]
    no_watch: bool,
}

/// Folders and files whose change means a rebuild.
const WATCHED: [&str; 4] = ["apps", "crates", "migrations", "Cargo.toml"];

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = root.join("var").join(match options.backend {
        Backend::Sqlite => "dev",
        Backend::Postgres => "dev-postgres",
    });
    if options.fresh && folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst))?;

    let mut stack = Stack::prepare(
        root,
        Plan {
            backend: options.backend,
            topology: options.topology,
            port: options.port,
            folder,
            release: false,
            show_server_log: true,
            unlimited: false,
            movable_clock: true,
        },
    )?;
    stack.serve()?;
    welcome(&stack);
    let mut seen = newest_change(root);
    while !stopped.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(500));
        let newest = newest_change(root);
        if !options.no_watch && newest > seen {
            seen = newest;
            rebuild(root, &mut stack);
        }
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        if let Err(error) = stack.revive() {
            println!("{error:#}");
        }
        if stack.server_has_ended() && !stopped.load(Ordering::SeqCst) {
            println!("The server has ended; it starts again after the next change.");
            while !stopped.load(Ordering::SeqCst) && newest_change(root) <= seen {
                thread::sleep(Duration::from_millis(500));
            }
        }
    }
    println!("\nStopping.");
    Ok(())
}

/// Builds beside the running server and swaps it only if the build succeeds.
fn rebuild(root: &Path, stack: &mut Stack) {
    println!("Change seen: building.");
    if let Err(error) = stack::build(root, stack.plan.release) {
        println!("{error:#}\nThe server keeps running as it was.");
        return;
    }
    stack.stop_server();
    stack.stop_services();
    let restarted = stack.migrate().and_then(|()| stack.serve());
    match restarted {
        Ok(()) => println!("Restarted."),
        Err(error) => println!("{error:#}"),
    }
}

fn welcome(stack: &Stack) {
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    println!("\n  Tenon is running.\n");
    println!("  API              http://localhost:{}", stack.ports.api);
    println!(
        "  Documentation    http://localhost:{}/docs",
        stack.ports.api
    );
    println!("  Mail             {}", at(stack.ports.mail_page));
    println!("  Payments         {}", at(stack.ports.payment_page));
    println!(
        "  Health, metrics  {}/readyz  /metrics",
        at(stack.ports.operations)
    );
    if let Ok(accounts) = fs::read_to_string(stack.plan.folder.join("data/demo-accounts.txt")) {
        println!("\n  Accounts (made for this machine):");
        for line in accounts.lines() {
            println!("    {line}");
        }
    }
    println!(
        "\n  First order, step by step:  cargo xtask scenario run first-order --port {}",
        stack.ports.api
    );
    println!(
        "  When something fails:       cargo xtask scenario list; cargo xtask scenario run late-success --port {}",
        stack.ports.api
    );
    println!(
        "  Set the clock forward:      cargo xtask clock advance 15m --port {}",
        stack.ports.api
    );
    println!("  Stop with Ctrl-C.\n");
}

/// The latest modification of anything watched.
fn newest_change(root: &Path) -> SystemTime {
    fn newest(path: &Path, at: &mut SystemTime) {
        let Ok(metadata) = fs::metadata(path) else {
            return;
        };
        if metadata.is_dir() {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            for entry in entries {
                newest(&entry.path(), at);
            }
        } else if let Ok(modified) = metadata.modified() {
            *at = (*at).max(modified);
        }
    }
    let mut at = SystemTime::UNIX_EPOCH;
    for path in WATCHED.map(|name| -> PathBuf { root.join(name) }) {
        newest(&path, &mut at);
    }
    at
}
