//! A PostgreSQL cluster that may be lost: started from the programs on the machine, never as root.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::{Connection as _, PgConnection};
use tokio::process::{Child, Command};

/// Between two looks at whether it answers.
const LOOK: Duration = Duration::from_millis(25);
const LOOKS: u32 = 2_400;

/// A server on a data directory.
pub(super) struct Cluster {
    data: PathBuf,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes an empty one and starts it.
    pub(super) async fn make(data: &Path, port: u16) -> Result<Self> {
        fs::create_dir_all(data)?;
        give(data)?;
        let mut initdb = program("initdb")?;
        initdb.args([
            "--username",
            "tenon",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]);
        initdb.args(["--locale", "C", "-D"]).arg(data);
        let made = initdb
            .stdout(Stdio::null())
            .current_dir("/")
            .output()
            .await?;
        ensure!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self::start(data, port).await
    }

    /// Starts one on a data directory, and waits until it takes writes.
    pub(super) async fn start(data: &Path, port: u16) -> Result<Self> {
        give(data)?;
        let log = File::options()
            .create(true)
            .append(true)
            .open(log_of(data))?;
        let mut command = program("postgres")?;
        command
            .arg("-D")
            .arg(data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args([
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=200",
            ])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        let mut cluster = Self {
            data: data.to_owned(),
            port,
            server: command.spawn().context("postgres starts")?,
        };
        cluster.takes_writes().await?;
        Ok(cluster)
    }

    /// URL of the owner, without a database.
    pub(super) fn url(&self) -> String {
        format!("postgres://tenon@127.0.0.1:{}", self.port)
    }

    /// What the server said.
    pub(super) fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(log_of(&self.data))?)
    }

    /// Ends it without warning; its data stays.
    pub(super) async fn kill(&mut self) -> Result<()> {
        self.server.kill().await.context("the cluster is killed")
    }

    async fn takes_writes(&mut self) -> Result<()> {
        let url = format!("{}/postgres", self.url());
        for _ in 0..LOOKS {
            if let Ok(mut connection) = PgConnection::connect(&url).await {
                let recovers: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
                    .fetch_one(&mut connection)
                    .await?;
                connection.close().await?;
                if !recovers {
                    return Ok(());
                }
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("the cluster does not start:\n{}", self.log()?)
    }
}

/// Beside the data directory: an empty one is asked for.
fn log_of(data: &Path) -> PathBuf {
    data.with_extension("log")
}

/// A program of the server, as a user that it does not refuse.
fn program(name: &str) -> Result<Command> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .context("no PostgreSQL server programs found")?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    let folder = versions
        .pop()
        .context("no PostgreSQL server programs found")?;
    let mut command = Command::new(folder.join(name));
    if let Some((user, group)) = user()? {
        command.uid(user).gid(group);
    }
    Ok(command)
}

/// Gives a folder with all that is in it to the user that runs the server.
pub(super) fn give(folder: &Path) -> Result<()> {
    let Some((user, group)) = user()? else {
        return Ok(());
    };
    chown(folder, Some(user), Some(group))?;
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            give(&entry?.path())?;
        }
    }
    Ok(())
}

/// `postgres` or `nobody`, if this process is root's.
fn user() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self").map(|own| own.uid())? != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    for name in ["postgres", "nobody"] {
        let fields = accounts
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>());
        let account = fields
            .into_iter()
            .find(|fields| fields[0] == name && fields.len() > 3);
        if let Some(fields) = account {
            return Ok(Some((fields[2].parse()?, fields[3].parse()?)));
        }
    }
    bail!("running as root, and there is no other user to run PostgreSQL")
}
