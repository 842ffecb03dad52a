//! The processes of a development stack, by their ids in a folder: killed here, started again by who started them.
//!
//! `<name>.pid` is the id of a process that runs. While there is `<name>.hold`, nobody starts it again.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// The process of the database server, where there is one.
pub(crate) const DATABASE: &str = "postgres";

/// How long starting a process again may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// The folder with the ids.
#[derive(Debug, Clone)]
pub(crate) struct Processes {
    folder: PathBuf,
    killed: Rc<Cell<bool>>,
}

/// A process that is dead until this ends.
#[derive(Debug)]
pub(crate) struct Outage {
    hold: PathBuf,
    running: PathBuf,
}

impl Processes {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            killed: Rc::default(),
        }
    }

    /// Whether any was killed here.
    pub(crate) fn any_killed(&self) -> bool {
        self.killed.get()
    }

    /// Whether there is such a process.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.file(name, "pid").is_file()
    }

    /// The process that hosts a module.
    pub(crate) fn host_of(&self, module: &str) -> String {
        let name = if self.has(module) { module } else { "tenon" };
        name.to_owned()
    }

    /// Ends a process without warning. It stays away until the outage ends.
    pub(crate) async fn kill(&self, name: &str) -> Result<Outage> {
        let pid = self.pid(name)?;
        let (hold, running) = (self.file(name, "hold"), self.file(name, "pid"));
        fs::write(&hold, "").with_context(|| hold.display().to_string())?;
        let outage = Outage { hold, running };
        // PostgreSQL's own way to end at once: else its helpers would outlive it.
        let signal = if name == DATABASE { "-QUIT" } else { "-KILL" };
        let killed = Command::new("kill").args([signal, &pid]).status();
        if !killed.context("kill")?.success() {
            bail!("{name} (process {pid}) cannot be killed");
        }
        self.killed.set(true);
        outage.until_running(false).await?;
        Ok(outage)
    }

    /// The id of a process.
    fn pid(&self, name: &str) -> Result<String> {
        let file = self.file(name, "pid");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(text.trim().to_owned())
    }

    fn file(&self, name: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{name}.{kind}"))
    }
}

impl Outage {
    /// Lets the process come back, and waits until it is there.
    pub(crate) async fn end(self) -> Result<()> {
        drop(fs::remove_file(&self.hold));
        self.until_running(true).await
    }

    async fn until_running(&self, expected: bool) -> Result<()> {
        let start = tokio::time::Instant::now();
        while self.running.is_file() != expected {
            if start.elapsed() > PATIENCE {
                let file = self.running.display();
                let word = if expected {
                    "starts it again"
                } else {
                    "notices that it ended"
                };
                bail!("{file}: nobody {word}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

impl Drop for Outage {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.hold));
    }
}
