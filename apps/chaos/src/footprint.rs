//! What a server takes of its machine: after everything that was done to it, it takes no more than before.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::Instant;

use crate::load::Load;
use crate::report::Report;
use crate::site::Site;

/// Connections to the database that pools have opened meanwhile and keep (at most five for each of six modules), and some
/// files that are open for a moment.
const MORE_FILES: f64 = 40.0;
/// Tasks of a moment.
const MORE_TASKS: f64 = 24.0;
/// What an allocator keeps for later, in bytes, if it gives large pieces back (`server::MEMORY`).
const MORE_MEMORY: f64 = 32.0 * 1024.0 * 1024.0;
/// How long connections of clients that went away may be kept, and a little.
const PATIENCE: Duration = Duration::from_secs(75);
/// After how many purchases a server has the memory that ordinary work takes.
const WARM: usize = 60;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// Open files, living tasks, memory in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footprint {
    files: f64,
    tasks: f64,
    memory: f64,
}

impl Footprint {
    /// As the server's metrics tell it.
    pub(crate) async fn of(site: &Site) -> Result<Self> {
        let url = format!("{}/metrics", site.server.operations);
        let text = site.http.get(url).send().await?.text().await?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse().ok()
        };
        let found = |name: &'static str| value(name).with_context(|| format!("no {name}"));
        Ok(Self {
            files: found("process_open_fds ")?,
            tasks: found("tokio_alive_tasks ")?,
            memory: found("process_resident_memory_bytes ")?,
        })
    }

    /// The same with the memory that the server takes once people have bought, before anything is done to it.
    pub(crate) async fn warmed(self, site: &Site, load: &Load) -> Result<Self> {
        let began = Instant::now();
        while load.intents() < WARM {
            ensure!(
                began.elapsed() < PATIENCE,
                "{} purchases in {PATIENCE:?}",
                load.intents()
            );
            tokio::time::sleep(LOOK).await;
        }
        let Self { memory, .. } = Self::of(site).await?;
        Ok(Self { memory, ..self })
    }

    fn is_back_at(&self, before: &Self) -> bool {
        self.files <= before.files + MORE_FILES
            && self.tasks <= before.tasks + MORE_TASKS
            && self.memory <= before.memory + MORE_MEMORY
    }

    /// Waits until the server takes no more than before, and says so if it does not come to that.
    pub(crate) async fn expect_back(self, site: &Site, report: &mut Report) -> Result<()> {
        let began = Instant::now();
        let mut now = Self::of(site).await?;
        while !now.is_back_at(&self) && began.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK).await;
            now = Self::of(site).await?;
        }
        report.expect(now.is_back_at(&self), || {
            format!("the server took {self:?} before and takes {now:?} afterwards")
        });
        report.notes.push(format!(
            "open files {} → {}, tasks {} → {}, memory {:.0} → {:.0} MiB",
            self.files,
            now.files,
            self.tasks,
            now.tasks,
            self.memory / 1_048_576.0,
            now.memory / 1_048_576.0
        ));
        Ok(())
    }
}
