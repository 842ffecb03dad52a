//! A running `tenon` that can be stopped, killed, or told to stop itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::process::{Child, Command};

/// How long a process may take to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(40);
/// Between two looks at whether it answers.
const LOOK: Duration = Duration::from_millis(15);
/// How long a start may take on a busy machine.
const START: Duration = Duration::from_mins(1);

/// As in containers (deploy/Dockerfile): what a burst took goes back to the system.
pub(crate) const MEMORY: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "262144");

/// A program with its settings.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    /// `key=value`
    pub(crate) settings: Vec<String>,
    pub(crate) data_dir: PathBuf,
    /// Address of the public API.
    pub(crate) api: String,
    /// Address of health, metrics and clock.
    pub(crate) operations: String,
    /// Variables of the environment for the next start.
    pub(crate) environment: Vec<(&'static str, String)>,
    child: Option<Child>,
}

impl Server {
    /// Not started yet.
    pub(crate) fn new(program: &Path, data_dir: PathBuf, ports: (u16, u16)) -> Self {
        let settings = vec![
            format!("data_dir={}", data_dir.display()),
            format!("public_url=http://127.0.0.1:{}", ports.0),
            format!("web.listen=127.0.0.1:{}", ports.0),
            format!("web.operations_listen=127.0.0.1:{}", ports.1),
            "development.movable_clock=true".to_owned(),
        ];
        Self {
            program: program.to_owned(),
            settings,
            data_dir,
            api: format!("http://127.0.0.1:{}", ports.0),
            operations: format!("http://127.0.0.1:{}", ports.1),
            environment: Vec::new(),
            child: None,
        }
    }

    /// Starts it and waits until it says that it is ready. It may end before: see [`Server::has_ended`].
    pub(crate) async fn start(&mut self, http: &reqwest::Client) -> Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())?;
        let mut command = self.command(&["serve"]);
        command
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        self.child = Some(command.spawn().context("the server starts")?);
        let ready = format!("{}/readyz", self.operations);
        let waiting = async {
            loop {
                let answer = http.get(&ready).send().await;
                if answer.is_ok_and(|answer| answer.status() == 200) || self.has_ended() {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(START, waiting).await.is_err() {
            bail!("the server does not get ready:\n{}", self.last_lines());
        }
        Ok(())
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Waits a little whether it ends by itself.
    pub(crate) async fn ends_within(&mut self, time: Duration) -> bool {
        match self.child.as_mut() {
            Some(child) => tokio::time::timeout(time, child.wait()).await.is_ok(),
            None => true,
        }
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref()?.id()
    }

    /// Ends it without warning.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await.context("the server is killed")?;
        }
        Ok(())
    }

    /// Asks it to stop and waits until it has; fails if it complains or takes too long.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        if let Some(id) = child.id() {
            signal(id, "-TERM").await?;
        }
        let status = tokio::time::timeout(GRACE, child.wait())
            .await
            .context("the server does not stop")??;
        if !status.success() {
            bail!("the server ended with {status}:\n{}", self.last_lines());
        }
        Ok(())
    }

    /// Runs a command of the program to its end, with the same settings; returns what it printed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.output(arguments, None).await?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!(
                "tenon {} ended with {}:\n{printed}{}",
                arguments.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(printed)
    }

    /// As [`Server::run`], however it ends, and with a variable in its environment.
    pub(crate) async fn output(
        &self,
        arguments: &[&str],
        variable: Option<(&'static str, String)>,
    ) -> Result<Output> {
        let mut command = self.command(arguments);
        Ok(command.envs(variable).stdin(Stdio::null()).output().await?)
    }

    /// Starts a command of the program that goes on until it is dropped, with the same settings.
    pub(crate) fn run_on(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.kill_on_drop(true).spawn();
        child.with_context(|| format!("tenon {} starts", arguments.join(" ")))
    }

    /// The end of what it wrote to its log.
    pub(crate) fn last_lines(&self) -> String {
        let log = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        self.data_dir.join("server.log")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.args(arguments).envs([MEMORY]);
        command
    }
}

/// Sends a signal: `-TERM`.
pub(crate) async fn signal(process: u32, signal: &str) -> Result<()> {
    let mut command = Command::new("kill");
    let asked = command.args([signal, &process.to_string()]).status().await;
    if asked.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!("process {process} does not get {signal}")
}
