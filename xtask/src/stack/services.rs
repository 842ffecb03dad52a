//! The services of a stack: the processes beside the one with the public API.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::{Stack, loopback};
use crate::fleet::{Fleet, Member};
use crate::process::{self, Service};
use crate::topology::Topology;

impl Stack {
    /// From the next start on, modules reach each other this way.
    pub(crate) fn become_topology(&mut self, topology: Topology) -> Result<()> {
        self.plan.topology = topology;
        self.fleet = Fleet::write(
            &self.programs.join("authority"),
            &self.plan.folder.join("fleet"),
            topology,
            self.ports,
        )?;
        Ok(())
    }

    /// Starts the service of a module unless it runs, and waits until it is there.
    pub(crate) fn start_service(&mut self, module: &'static str) -> Result<()> {
        let mut command = self.command(Some(module), &["serve"]);
        let Some(member) = self.member_mut(module) else {
            bail!("{module} is not a service of this stack");
        };
        if member.running.is_some() {
            return Ok(());
        }
        let mut service = Service::start(module, &mut command, Some(&member.log))?;
        service
            .wait_for(loopback(member.operations), Duration::from_secs(30))
            .with_context(|| member.log.display().to_string())?;
        member.running = Some(service);
        if let Some(service) = self
            .member(module)
            .and_then(|member| member.running.as_ref())
        {
            self.note_process(module, service)?;
        }
        Ok(())
    }

    /// Ends the service of a module without warning.
    pub(crate) fn kill_service(&mut self, module: &str) -> Result<()> {
        let running = self
            .member_mut(module)
            .and_then(|member| member.running.take());
        running
            .with_context(|| format!("no service of {module} runs"))?
            .kill()
    }

    /// Stops the services, keeps everything else.
    pub(crate) fn stop_services(&mut self) {
        let members = self.fleet.iter_mut();
        for member in members.flat_map(|fleet| fleet.members.values_mut()) {
            member.running = None;
        }
    }

    /// Stops everything that serves and checks every invariant: those across modules while the services still run.
    pub(crate) fn verify(&mut self) -> Result<()> {
        self.stop_server();
        process::run(&mut self.tenon(&["verify"]))?;
        self.stop_services();
        for module in self.modules_elsewhere() {
            process::run(&mut self.command(Some(module), &["verify"]))?;
        }
        Ok(())
    }

    /// The modules that run as services.
    pub(super) fn modules_elsewhere(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.plan.topology.services().into_iter()
    }

    /// The process that hosts a module: its service, or the one with the public API (`None`).
    pub(super) fn home(&self, module: &str) -> Option<&'static str> {
        self.modules_elsewhere().find(|service| *service == module)
    }

    pub(crate) fn member(&self, module: &str) -> Option<&Member> {
        self.fleet.as_ref()?.members.get(module)
    }

    pub(crate) fn member_mut(&mut self, module: &str) -> Option<&mut Member> {
        self.fleet.as_mut()?.members.get_mut(module)
    }
}
