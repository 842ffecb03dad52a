//! A module leaves under checkout load: its data moves, the processes switch, its service is killed and comes back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process;
use crate::scenario::free_block;
use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;

/// Load before the move, as a service, and after the service came back.
const LOAD: Duration = Duration::from_secs(3);
/// How long the killed service stays away.
const AWAY: Duration = Duration::from_millis(1_500);

/// Names of phases, as the buyers count them.
pub(super) const MOVE: &str = "move";
pub(super) const SWITCH: &str = "switch";
pub(super) const SERVICE: &str = "service";
pub(super) const KILLED: &str = "killed";
pub(super) const BACK: &str = "back";

/// What was seen.
#[derive(Debug)]
pub(super) struct Live {
    /// As the mover reported it.
    pub(super) moved: Value,
    /// What the buyers wrote.
    pub(super) buyers: Value,
    /// Whether their account added up.
    pub(super) is_even: bool,
    /// Middle duration of one read, in microseconds: in the monolith and over the service.
    pub(super) read_local_us: u64,
    pub(super) read_remote_us: u64,
}

/// Buyers in a process of their own, steered by lines.
struct Buyers {
    child: Child,
    out: PathBuf,
}

impl Live {
    /// What one call to another process costs here: the same read, behind the service less in the monolith.
    pub(super) fn per_call_us(&self) -> u64 {
        self.read_remote_us.saturating_sub(self.read_local_us)
    }

    /// A phase by name.
    pub(super) fn phase(&self, name: &str) -> &Value {
        let phases = self.buyers["phases"].as_array();
        phases
            .and_then(|all| all.iter().find(|phase| phase["name"] == name))
            .unwrap_or(&Value::Null)
    }
}

pub(super) fn run(
    root: &Path,
    module: &'static str,
    backend: Backend,
    folder: &Path,
) -> Result<Live> {
    println!("== {module} leaves under load, on {backend:?} ==");
    let plan = Plan {
        backend,
        topology: Topology::Local,
        port: free_block(),
        folder: folder.to_owned(),
        release: false,
        show_server_log: false,
        unlimited: true,
        movable_clock: false,
    };
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let accounts = stack.accounts();
    let read_local_us = probe(&stack, module, &accounts)?;
    let mut buyers = Buyers::start(&stack, module, &accounts)?;
    thread::sleep(LOAD);

    buyers.mark(MOVE)?;
    let place = new_place(&stack)?;
    let printed = process::output(
        &mut stack.tenon(&["module", "move", module, "--to", &place.url, "--json"]),
    )?;
    let moved = report_of(&printed)?;
    buyers.mark(SWITCH)?;
    switch(&mut stack, module, place)?;
    buyers.mark(SERVICE)?;
    thread::sleep(LOAD);

    buyers.mark(KILLED)?;
    stack.kill_service(module)?;
    thread::sleep(AWAY);
    stack.start_service(module)?;
    buyers.mark(BACK)?;
    thread::sleep(LOAD);

    let (buyers, is_even) = buyers.end()?;
    let read_remote_us = probe(&stack, module, &accounts)?;
    stack.verify()?;
    Ok(Live {
        moved,
        buyers,
        is_even,
        read_local_us,
        read_remote_us,
    })
}

/// Where the data goes.
struct Place {
    url: String,
    /// SQLite: the folder.
    folder: PathBuf,
}

fn new_place(stack: &Stack) -> Result<Place> {
    let folder = stack.plan.folder.join("elsewhere");
    let url = match &stack.cluster {
        Some(cluster) => cluster.database("elsewhere")?,
        None => format!("sqlite:{}", folder.display()),
    };
    Ok(Place { url, folder })
}

/// What an operator does after the move: the service gets the new place and the secrets, the monolith is pointed to it.
fn switch(stack: &mut Stack, module: &'static str, place: Place) -> Result<()> {
    let secrets = stack.data_dir().join("secrets.toml");
    stack.become_topology(Topology::RemoteOne(module))?;
    let has_cluster = stack.cluster.is_some();
    let member = stack.member_mut(module).context("the service's settings")?;
    if has_cluster {
        member.store_url = Some(place.url);
    } else {
        member.data_dir = place.folder;
    }
    fs::copy(&secrets, member.data_dir.join("secrets.toml")).context("the secrets")?;
    stack.start_service(module)?;
    stack.stop_server();
    stack.serve()
}

/// The last line of the mover.
fn report_of(printed: &str) -> Result<Value> {
    let mut lines = printed
        .lines()
        .rev()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let report = lines.find(|line| line["event"] == "report");
    Ok(report.context("the mover reports")?["report"].clone())
}

/// Middle duration of one read of the module, in microseconds.
fn probe(stack: &Stack, module: &str, accounts: &Path) -> Result<u64> {
    let mut command = Command::new(stack.program("scenarios"));
    command.args(["probe", "--api", &api(stack), "--module", module]);
    let printed = process::output(command.arg("--accounts").arg(accounts))?;
    let last = printed.lines().last().unwrap_or_default();
    last.trim()
        .parse()
        .with_context(|| format!("`{last}` is no duration"))
}

fn api(stack: &Stack) -> String {
    format!("http://127.0.0.1:{}", stack.ports.api)
}

impl Buyers {
    fn start(stack: &Stack, module: &str, accounts: &Path) -> Result<Self> {
        let out = stack.plan.folder.join("buyers.json");
        let mut command = Command::new(stack.program("scenarios"));
        command.args(["buyers", "--api", &api(stack), "--module", module]);
        command.arg("--accounts").arg(accounts);
        command.arg("--out").arg(&out).stdin(Stdio::piped());
        let child = command.spawn().context("buyers")?;
        Ok(Self { child, out })
    }

    /// Begins a phase.
    fn mark(&mut self, name: &str) -> Result<()> {
        use std::io::Write as _;
        println!("-- {name}");
        let input = self.child.stdin.as_mut().context("buyers listen")?;
        writeln!(input, "mark {name}").context("the buyers have ended")
    }

    /// Stops them and waits for their account.
    fn end(mut self) -> Result<(Value, bool)> {
        drop(self.child.stdin.take());
        let status = self.child.wait().context("buyers")?;
        let text = fs::read_to_string(&self.out).with_context(|| self.out.display().to_string())?;
        let account: Value = serde_json::from_str(&text)?;
        if account["phases"].as_array().is_none_or(Vec::is_empty) {
            bail!("the buyers saw nothing");
        }
        Ok((account, status.success()))
    }
}

impl Drop for Buyers {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
