//! Running other programs: to their end, or beside this one until stopped.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How long a stopped program may take to end by itself.
const GRACE: Duration = Duration::from_secs(35);

/// Runs a program to its end; fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let status = command.status().with_context(|| line.clone())?;
    if status.success() {
        Ok(())
    } else {
        bail!("`{line}` ended with {status}")
    }
}

/// As [`run`], but what it prints is shown in one piece, when it has ended.
pub(crate) fn run_apart(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let output = command.output().with_context(|| line.clone())?;
    println!(
        "$ {line}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    if output.status.success() {
        Ok(())
    } else {
        bail!("`{line}` ended with {}", output.status)
    }
}

/// Runs a program to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| line.clone())?;
    if !output.status.success() {
        bail!("`{line}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| line)
}

/// Runs a program to its end, and does something else meanwhile, again and again.
pub(crate) fn run_beside(
    command: &mut Command,
    mut meanwhile: impl FnMut() -> Result<()>,
) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let mut child = command.spawn().with_context(|| line.clone())?;
    loop {
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(());
            }
            bail!("`{line}` ended with {status}");
        }
        if let Err(error) = meanwhile() {
            drop(child.kill());
            drop(child.wait());
            return Err(error);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a program can be started.
pub(crate) fn exists(program: &str, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// `cargo`, as it started us.
pub(crate) fn cargo(root: &Path) -> Command {
    #[expect(clippy::disallowed_methods, reason = "cargo tells its path this way")]
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir(root: &Path) -> Result<std::path::PathBuf> {
    let text = output(cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    let folder = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str);
    Ok(folder
        .context("cargo metadata names the target directory")?
        .into())
}

/// A program that runs beside this one; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
}

impl Service {
    /// Starts it; output goes to `log`, or to this terminal.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        log: Option<&Path>,
    ) -> Result<Self> {
        command.stdin(Stdio::null());
        if let Some(path) = log {
            let file = File::create(path).with_context(|| path.display().to_string())?;
            command.stdout(file.try_clone()?).stderr(file);
        }
        let child = command.spawn().with_context(|| describe(command))?;
        Ok(Self { name, child })
    }

    /// Waits until it accepts connections.
    pub(crate) fn wait_for(&mut self, address: SocketAddr, at_most: Duration) -> Result<()> {
        #[expect(
            clippy::disallowed_methods,
            reason = "waits for another program in real time"
        )]
        let start = Instant::now();
        loop {
            if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended with {status} before it listened on {address}",
                    self.name
                );
            }
            if start.elapsed() > at_most {
                bail!(
                    "{} does not listen on {address} after {at_most:?}",
                    self.name
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether somebody has killed it: a process that ends by itself, well or badly, was not killed.
    pub(crate) fn was_killed(&mut self) -> bool {
        let ended = self.child.try_wait();
        matches!(ended, Ok(Some(status)) if status.signal().is_some())
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop and waits; ends it the hard way after the grace period.
    pub(crate) fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.child.kill()); // no `kill` program: the hard way
        }
        let steps = GRACE.as_millis() / 50;
        for _ in 0..steps {
            if self.has_ended() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        println!("{} does not stop; ending it", self.name);
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Service {
    /// Ends it without warning.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill().context(self.name)?;
        self.child.wait().context(self.name)?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
