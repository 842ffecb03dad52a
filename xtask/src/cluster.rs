//! A private PostgreSQL cluster for development, started from the programs on the machine.
//!
//! Never as root, never a shared server: data and socket live below `var/` (run by root: below the temporary folder), and it
//! listens on loopback only.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Service};

/// A running cluster; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// The server stops when this is dropped.
    service: Service,
    port: u16,
}

impl Cluster {
    /// Creates the cluster if it does not exist, starts it and creates the database `tenon`.
    pub(crate) fn start(folder: &Path, port: u16) -> Result<Self> {
        let programs = server_programs();
        if programs.as_os_str().is_empty() {
            bail!("no PostgreSQL server programs found; Debian: apt-get install postgresql");
        }
        let user = unprivileged_user()?;
        let is_new = !folder.exists();
        fs::create_dir_all(folder)?;
        let mut folder = folder.canonicalize()?;
        if let Some(user) = &user {
            // That user may not be let into the checkout: the cluster lives where everybody may go.
            let name = folder
                .to_string_lossy()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            folder = std::env::temp_dir().join(format!("tenon{name}"));
            if is_new && folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
            process::run(Command::new("chown").args(["-R", user]).arg(&folder))?;
        }
        let data = folder.join("data");
        if !data.join("PG_VERSION").is_file() {
            let mut command = as_user(user.as_deref(), &programs.join("initdb"));
            command.args([
                "--username",
                "tenon",
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "-D",
            ]);
            process::run(command.arg(&data).current_dir(&folder))?;
        }
        let address: SocketAddr = ([127, 0, 0, 1], port).into();
        let mut command = as_user(user.as_deref(), &programs.join("postgres"));
        command
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "max_connections=400", "-c"]); // experiments run several installations at once
        command
            .arg(format!("unix_socket_directories={}", folder.display()))
            .current_dir(&folder);
        let mut service =
            Service::start("postgres", &mut command, Some(&folder.join("postgres.log")))?;
        service.wait_for(address, Duration::from_secs(30))?;
        let cluster = Self { service, port };
        cluster.create_database(&programs, "tenon")?;
        Ok(cluster)
    }

    /// Whether the server has ended, by itself or because it was told to.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.service.has_ended()
    }

    /// The server.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// URL of the owner, who may create schemas and roles.
    pub(crate) fn url(&self) -> String {
        format!("postgres://tenon@127.0.0.1:{}/tenon", self.port)
    }

    /// URL of the owner without a database.
    pub(crate) fn server(&self) -> String {
        format!("postgres://tenon@127.0.0.1:{}", self.port)
    }

    /// URL of the owner in another database, which is created if it is missing.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        self.create_database(&server_programs(), name)?;
        Ok(format!("postgres://tenon@127.0.0.1:{}/{name}", self.port))
    }

    fn create_database(&self, programs: &Path, name: &str) -> Result<()> {
        let port = self.port.to_string();
        let connection = [
            "-h",
            "127.0.0.1",
            "-p",
            port.as_str(),
            "-U",
            "tenon",
            "-d",
            "postgres",
            "-tAc",
        ];
        // After a crash it first reads its log again.
        for _ in 0..300 {
            let found = Command::new(programs.join("psql"))
                .args(connection)
                .arg(format!(
                    "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
                ))
                .output()
                .context("psql")?;
            match String::from_utf8_lossy(&found.stdout).trim() {
                "1" => return Ok(()),
                "0" => {
                    let create = format!("CREATE DATABASE {name}");
                    return process::run(
                        Command::new(programs.join("psql"))
                            .args(connection)
                            .arg(create),
                    );
                }
                _ => std::thread::sleep(Duration::from_millis(100)), // the server is still starting
            }
        }
        bail!("the PostgreSQL server does not answer")
    }
}

/// Folder of `initdb` and `postgres`; empty if there is none.
pub(crate) fn server_programs() -> PathBuf {
    let mut candidates: Vec<PathBuf> = crate::workspace::folders(Path::new("/usr/lib/postgresql"))
        .unwrap_or_default()
        .into_iter()
        .map(|version| version.join("bin"))
        .collect();
    candidates.reverse(); // newest first
    candidates.extend(
        [
            "/usr/local/bin",
            "/usr/bin",
            "/opt/homebrew/bin",
            "/usr/local/pgsql/bin",
        ]
        .map(PathBuf::from),
    );
    candidates
        .into_iter()
        .find(|folder| folder.join("initdb").is_file())
        .unwrap_or_default()
}

/// PostgreSQL refuses to run as root: `postgres` or `nobody` runs it then.
fn unprivileged_user() -> Result<Option<String>> {
    if process::output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if Command::new("id")
            .arg(user)
            .output()
            .is_ok_and(|output| output.status.success())
        {
            return Ok(Some(user.to_owned()));
        }
    }
    bail!(
        "running as root, and there is neither a `postgres` nor a `nobody` user to run PostgreSQL"
    )
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", user, "--regid", user, "--clear-groups"])
                .arg(program);
            command
        }
    }
}
