//! A running `tenon`: the monolith, a gateway, or the service of one module.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Client;

/// One process with its settings; it can be stopped, killed and started again.
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) settings: Vec<String>,
    pub(crate) config: Option<PathBuf>,
    /// Where it says that it is ready.
    pub(crate) operations: u16,
    child: Option<Child>,
}

impl Process {
    pub(crate) fn new(name: &str, data_dir: PathBuf, operations: u16) -> Self {
        std::fs::create_dir_all(&data_dir).expect("a folder");
        let settings = vec![
            format!("data_dir={}", data_dir.display()),
            format!("web.operations_listen=127.0.0.1:{operations}"),
        ];
        Self {
            name: name.to_owned(),
            data_dir,
            settings,
            config: None,
            operations,
            child: None,
        }
    }

    /// Starts it, unless it runs.
    pub(crate) fn start(&mut self) {
        if self.child.is_some() {
            return;
        }
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file());
        let mut command = self.command(&["serve"]);
        command
            .stdout(Stdio::null())
            .stderr(log.expect("a log file"));
        self.child = Some(command.spawn().expect("the process starts"));
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&self, http: &Client) {
        let url = format!("http://127.0.0.1:{}/readyz", self.operations);
        for _ in 0..1_500 {
            if http.get(&url).send().await.is_ok_and(|r| r.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
        }
        panic!("{} does not get ready:\n{}", self.name, self.log());
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the process runs");
            child.wait().expect("the process ends");
        }
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        let child = self.child.as_ref().expect("it was started");
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "{} runs",
            self.name
        );
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(&mut self) {
        if self.child.is_some() {
            self.ask_to_stop();
        }
        if let Some(mut child) = self.child.take() {
            let status = child.wait().expect("the process ends");
            assert!(
                status.success(),
                "{} ended with {status}:\n{}",
                self.name,
                self.log()
            );
        }
    }

    /// Runs a command of the binary to its end, with the same settings.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Runs a command that must succeed; returns what it printed.
    pub(crate) fn must_run(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{} {arguments:?}: {printed}\n{}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        printed
    }

    pub(crate) fn log(&self) -> String {
        let log = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        self.data_dir.join("process.log")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_tenon")));
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.args(arguments);
        command
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Below those that the system gives to outgoing connections: one of them could take a port before, or between two
/// runs of, the process that it was chosen for.
const FIRST_PORT: u32 = 28_000;
const PORTS: u32 = 4_000;

/// A port that nobody listens on and that no other caller in this process gets soon.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let offset = std::process::id().wrapping_mul(97); // tests that follow each other begin at different places
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(offset);
        let port = u16::try_from(FIRST_PORT + next % PORTS).expect("below 32,000");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
