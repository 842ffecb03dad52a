//! `tenon serve` as a child process.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// Settings of one measured installation.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) tenon: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) api: SocketAddr,
    pub(crate) operations: SocketAddr,
    pub(crate) settings: Vec<(String, String)>,
}

/// A running child; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Installation {
    /// An empty installation in its own folder, migrated and seeded.
    pub(crate) fn new(tenon: &Path, data: PathBuf, settings: &[(&str, String)]) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        fs::create_dir_all(&data)?;
        let installation = Self {
            tenon: tenon.to_owned(),
            data,
            api: free_address()?,
            operations: free_address()?,
            settings: settings
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect(),
        };
        installation.run(&["migrate"])?;
        installation.run(&["admin", "seed-demo"])?;
        Ok(installation)
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = self.command(arguments).output()?;
        if !output.status.success() {
            bail!(
                "tenon {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    }

    /// Starts serving; returns once `/v1/products` answers 200, and how long that took.
    pub(crate) async fn serve(&self) -> Result<(Running, Duration)> {
        let log = fs::File::create(self.data.join("server.log"))?;
        let start = Instant::now();
        let child = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let running = Running(child);
        wait_for_200(self.api, "/v1/products?limit=1").await?;
        Ok((running, start.elapsed()))
    }

    /// What the demo buyer signs in with.
    pub(crate) fn buyer_credentials(&self) -> Result<Value> {
        let accounts = fs::read_to_string(self.data.join("demo-accounts.txt"))?;
        let line = accounts
            .lines()
            .find_map(|line| line.strip_prefix("buyer"))
            .context("a line for `buyer`")?;
        let mut words = line.split_whitespace();
        Ok(json!({ "email": words.next(), "password": words.next() }))
    }

    /// Signs the demo buyer in.
    pub(crate) async fn buyer_token(&self) -> Result<String> {
        let body = self.buyer_credentials()?;
        let session: Value = client()?
            .post(format!("http://{}/v1/auth/sessions", self.api))
            .json(&body)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        Ok(session["access_token"]
            .as_str()
            .context("a token")?
            .to_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.tenon);
        for (key, value) in self.overrides() {
            command.args(["--set", &format!("{key}={value}")]);
        }
        command.args(arguments);
        command
    }

    /// The settings as the command line gives them.
    pub(crate) fn overrides(&self) -> Vec<(String, String)> {
        let mut settings = Vec::new();
        let mut set = |key: &str, value: &str| settings.push((key.to_owned(), value.to_owned()));
        set("data_dir", &self.data.display().to_string());
        set("public_url", &format!("http://{}", self.api));
        set("web.listen", &self.api.to_string());
        set("web.operations_listen", &self.operations.to_string());
        set("telemetry.log_filter", "warn");
        for policy in ["default", "auth"] {
            set(&format!("web.rate_limits.{policy}.requests"), "0");
            set(&format!("web.rate_limits.{policy}.window_seconds"), "60");
        }
        for (key, value) in &self.settings {
            set(key, value);
        }
        settings
    }

    /// The same installation on a copy of its data; nobody may serve it meanwhile.
    pub(crate) fn copied(&self, data: PathBuf, database: Option<String>) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        fs::create_dir_all(&data)?;
        for file in fs::read_dir(&self.data)? {
            let file = file?;
            fs::copy(file.path(), data.join(file.file_name()))?;
        }
        let mut copy = Self {
            data,
            api: free_address()?,
            operations: free_address()?,
            ..self.clone()
        };
        for (key, value) in &mut copy.settings {
            if let (true, Some(url)) = (key == "store.url", &database) {
                value.clone_from(url);
            }
        }
        Ok(copy)
    }
}

impl Running {
    /// Takes over any child.
    pub(crate) fn new(child: Child) -> Self {
        Self(child)
    }

    /// Resident memory in MiB (`VmRSS`, proc(5)).
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        if !Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .is_ok_and(|status| status.success())
        {
            drop(self.0.kill());
        }
        drop(self.0.wait());
    }
}

/// A client for single requests.
pub(crate) fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(64)
        .build()?)
}

/// Asks until there is a 200, at most 10 s.
pub(crate) async fn wait_for_200(address: SocketAddr, path: &str) -> Result<()> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let start = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    loop {
        if let Ok(mut socket) = tokio::net::TcpStream::connect(address).await {
            let mut head = [0; 12];
            let answered = socket.write_all(request.as_bytes()).await.is_ok()
                && socket.read_exact(&mut head).await.is_ok();
            if answered && head.ends_with(b"200") {
                return Ok(());
            }
        }
        if start.elapsed() > Duration::from_secs(10) {
            bail!("{address}{path} does not answer 200");
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// An address on loopback that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
