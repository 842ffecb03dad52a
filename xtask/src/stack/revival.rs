//! Processes that are killed on purpose come back: scenarios end them, whoever started them starts them again.
//!
//! `processes/<name>.pid` in the folder of a stack is the id of a process that runs. While there is
//! `processes/<name>.hold`, a process that was killed stays away. One that ends by itself is not started again.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Stack;
use crate::cluster::Cluster;
use crate::process::Service;

const SERVER: &str = "tenon";
const DATABASE: &str = "postgres";

impl Stack {
    /// The folder with the ids of all processes.
    pub(crate) fn processes(&self) -> PathBuf {
        self.plan.folder.join("processes")
    }

    /// Forgets the processes of earlier runs.
    pub(super) fn forget_processes(&self) -> Result<()> {
        let folder = self.processes();
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())
    }

    /// Writes down the id of a process that was started.
    pub(super) fn note_process(&self, name: &str, service: &Service) -> Result<()> {
        let file = self.processes().join(format!("{name}.pid"));
        let draft = file.with_extension("new");
        fs::write(&draft, service.id().to_string()).with_context(|| draft.display().to_string())?;
        fs::rename(&draft, &file).with_context(|| file.display().to_string())
    }

    /// Writes down the id of the database server, if there is one.
    pub(super) fn note_database(&self) -> Result<()> {
        match &self.cluster {
            Some(cluster) => self.note_process(DATABASE, cluster.service()),
            None => Ok(()),
        }
    }

    /// Starts what was killed since the last look, unless it is to stay away.
    pub(crate) fn revive(&mut self) -> Result<()> {
        let is_gone = self.cluster.as_mut().is_some_and(Cluster::has_ended);
        if is_gone && self.may_come_back(DATABASE) {
            let port = self.ports.postgres;
            self.cluster = Some(Cluster::start(&self.plan.folder.join("postgres"), port)?);
            self.note_database()?;
        }
        for module in self.modules_elsewhere().collect::<Vec<_>>() {
            let running = self
                .member_mut(module)
                .and_then(|member| member.running.as_mut());
            let was_killed = running.is_some_and(Service::was_killed);
            if was_killed && self.may_come_back(module) {
                if let Some(member) = self.member_mut(module) {
                    member.running = None;
                }
                self.start_service(module)?;
            }
        }
        let was_killed = self.server.as_mut().is_some_and(Service::was_killed);
        if was_killed && self.may_come_back(SERVER) {
            self.server = None;
            self.serve()?;
        }
        Ok(())
    }

    /// Says that a process is gone, and whether it may be started again.
    fn may_come_back(&self, name: &str) -> bool {
        let file = |kind: &str| self.processes().join(format!("{name}.{kind}"));
        drop(fs::remove_file(file("pid")));
        !file("hold").exists()
    }
}
