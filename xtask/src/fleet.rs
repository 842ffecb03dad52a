//! Services beside the monolith, or behind a gateway: identities of a development authority, and a settings file each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{self, Service};
use crate::stack::Ports;
use crate::topology::{MODULES, Topology};

const MONOLITH: &str = "tenon";

/// The services of a stack and the settings files of all its processes.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// By module.
    pub(crate) members: BTreeMap<&'static str, Member>,
    /// Settings of the process with the public API.
    pub(crate) gateway: PathBuf,
}

/// The service of one module.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) settings: PathBuf,
    pub(crate) data_dir: PathBuf,
    pub(crate) operations: u16,
    pub(crate) log: PathBuf,
    /// Where its store is, if not where the settings of the stack say.
    pub(crate) store_url: Option<String>,
    pub(crate) running: Option<Service>,
}

/// Who listens where, and with which identity.
struct Writer<'f> {
    folder: &'f Path,
    services: Vec<&'static str>,
    ports: Ports,
}

impl Fleet {
    /// Has identities made and writes every settings file below `folder`.
    pub(crate) fn write(
        authority: &Path,
        folder: &Path,
        topology: Topology,
        ports: Ports,
    ) -> Result<Option<Self>> {
        let services = topology.services();
        if services.is_empty() {
            return Ok(None);
        }
        fs::create_dir_all(folder)?;
        let folder = &folder.canonicalize()?;
        let mut command = Command::new(authority);
        command.arg(folder.join("identities")).arg(MONOLITH);
        process::output(command.args(services.iter().map(|module| service_of(module))))?;
        let writer = Writer {
            folder,
            services,
            ports,
        };
        let mut members = BTreeMap::new();
        for module in writer.services.iter().copied() {
            let service = service_of(module);
            let data_dir = folder.join(&service);
            fs::create_dir_all(&data_dir)?;
            let member = Member {
                settings: writer.write(Some(module))?,
                data_dir,
                operations: ports.operations_of(module),
                log: folder.join(format!("{service}.log")),
                store_url: None,
                running: None,
            };
            members.insert(module, member);
        }
        let gateway = writer.write(None)?;
        Ok(Some(Self { members, gateway }))
    }
}

impl Writer<'_> {
    /// Writes the settings file of a service, or of the process with the public API (`None`).
    fn write(&self, own: Option<&'static str>) -> Result<PathBuf> {
        let service = own.map_or_else(|| MONOLITH.to_owned(), service_of);
        let mut text = String::new();
        if let Some(module) = own {
            line(&mut text, &format!("hosts = [\"{module}\"]"));
        }
        line(&mut text, &format!("[seam]\nservice = \"{service}\""));
        let is_called = own.is_some() || self.services.len() < MODULES.len();
        if is_called {
            let port = self.ports.seam_of(own);
            line(&mut text, &format!("listen = \"127.0.0.1:{port}\""));
        }
        let identities = self.folder.join("identities");
        for (key, file) in [
            (
                "certificate",
                identities.join(&service).join("certificate.pem"),
            ),
            ("key", identities.join(&service).join("key.pem")),
            ("signing_key", identities.join(&service).join("signing.pem")),
            ("authority", identities.join("authority.pem")),
        ] {
            // Written as JSON: TOML reads such strings too.
            let path = serde_json::Value::from(file.display().to_string());
            line(&mut text, &format!("{key} = {path}"));
        }
        line(&mut text, "[seam.trusted_keys]");
        for (_, peer) in self.peers() {
            let path = identities.join(&peer).join("public.txt");
            let key = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            line(&mut text, &format!("{peer} = [\"{}\"]", key.trim()));
        }
        line(&mut text, "[seam.callers]");
        for (module, peer) in self.peers() {
            let mut speaks_for = vec![module.unwrap_or("app")];
            if module.is_none() {
                speaks_for.extend(self.stay());
            }
            line(&mut text, &format!("{peer} = {speaks_for:?}"));
        }
        for module in MODULES {
            let is_service = self.services.contains(&module);
            if own == Some(module) || own.is_none() && !is_service {
                continue; // here
            }
            let at = is_service.then_some(module);
            let (port, service) = (self.ports.seam_of(at), service_name(at));
            line(
                &mut text,
                &format!(
                    "[modules.{module}]\nmode = \"remote\"\nurl = \"https://127.0.0.1:{port}\"\nservice = \"{service}\""
                ),
            );
        }
        let path = self.folder.join(format!("{service}.toml"));
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// Modules that stay with the process of the public API.
    fn stay(&self) -> impl Iterator<Item = &'static str> {
        MODULES
            .into_iter()
            .filter(|module| !self.services.contains(module))
    }

    /// All processes: their module, `None` for the one with the public API, and their name.
    fn peers(&self) -> impl Iterator<Item = (Option<&'static str>, String)> {
        let services = self.services.iter().copied().map(Some);
        services
            .chain([None])
            .map(|module| (module, service_name(module)))
    }
}

fn service_of(module: &str) -> String {
    format!("{module}-service")
}

fn service_name(module: Option<&str>) -> String {
    module.map_or_else(|| MONOLITH.to_owned(), service_of)
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes all");
}
