//! A server process of a test's own, on fresh stores, with payment simulator and mail catcher.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mail_catcher::{CatcherOptions, MailCatcher};
use payment_simulator::{Config, Simulator};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tenon_testkit::{TestDatabase, TestEngine};

/// How modules reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topology {
    Local,
    Wire,
}

/// An installation with its surroundings; the server itself can be stopped, killed and started again.
pub(crate) struct Installation {
    folder: TempDir,
    settings: Vec<String>,
    pub(crate) api: String,
    pub(crate) http: Client,
    operations: String,
    child: Option<Child>,
    simulator: Simulator,
    catcher: MailCatcher,
    _database: Option<TestDatabase>,
}

impl Installation {
    /// Migrates, seeds and starts a server without rate limits.
    pub(crate) async fn start(engine: TestEngine, topology: Topology) -> Self {
        let mut installation = Self::new(engine, topology, 0).await;
        let seeded = installation.run(&["admin", "seed-demo"]);
        assert!(
            seeded.status.success(),
            "{}",
            String::from_utf8_lossy(&seeded.stderr)
        );
        installation.serve().await;
        installation
    }

    /// Nobody and nothing in it, not started yet; rate limits that nobody reaches.
    pub(crate) async fn empty(engine: TestEngine, topology: Topology) -> Self {
        Self::new(engine, topology, 1_000_000).await
    }

    /// `requests` a minute are let in; 0 means any number.
    async fn new(engine: TestEngine, topology: Topology, requests: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (api, operations) = (free_port(), free_port());
        let webhook_url = format!("http://127.0.0.1:{api}/v1/provider-webhooks/simulator");
        let simulator = Simulator::start(Config {
            webhook_url: Some(webhook_url),
            ..Config::default()
        })
        .await;
        let simulator = simulator.expect("the simulator starts");
        let loopback = ([127, 0, 0, 1], 0).into();
        let options = CatcherOptions {
            smtp: loopback,
            http: loopback,
            ..CatcherOptions::default()
        };
        let catcher = MailCatcher::start(options)
            .await
            .expect("the catcher starts");
        let database = match engine {
            TestEngine::Sqlite => None,
            TestEngine::Postgres => Some(TestDatabase::create().await),
        };
        let mut settings = vec![
            format!("data_dir={}", folder.path().display()),
            format!("public_url=http://127.0.0.1:{api}"),
            format!("web.listen=127.0.0.1:{api}"),
            format!("web.operations_listen=127.0.0.1:{operations}"),
            format!("payments.provider.url={}", simulator.url()),
            "payments.provider.webhook_secret=whsec_simulator".to_owned(),
            format!("notifications.smtp.port={}", catcher.smtp_addr().port()),
        ];
        for policy in ["default", "auth"] {
            settings.push(format!("web.rate_limits.{policy}.requests={requests}"));
            settings.push(format!("web.rate_limits.{policy}.window_seconds=60"));
        }
        if let Some(database) = &database {
            // Several servers share the cluster of the test run.
            settings.push(format!("store.url={}", database.url()));
            settings.push("store.max_connections=5".to_owned());
        }
        if topology == Topology::Wire {
            for module in [
                "identity",
                "catalog",
                "orders",
                "payments",
                "notifications",
                "audit",
            ] {
                settings.push(format!("modules.{module}.mode=wire"));
            }
        }
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        Self {
            folder,
            settings,
            api: format!("http://127.0.0.1:{api}"),
            operations: format!("http://127.0.0.1:{operations}"),
            http,
            child: None,
            simulator,
            catcher,
            _database: database,
        }
    }

    /// What lets the first administrator in.
    pub(crate) fn bootstrap_token(&self) -> String {
        let printed = self.run(&["admin", "bootstrap-token"]);
        assert!(
            printed.status.success(),
            "{}",
            String::from_utf8_lossy(&printed.stderr)
        );
        String::from_utf8_lossy(&printed.stdout).trim().to_owned()
    }

    /// Where everything is.
    pub(crate) fn places(&self) -> scenarios::golden::Places {
        scenarios::golden::Places {
            base_url: self.api.clone(),
            operations_url: self.operations.clone(),
            mail_url: format!("http://{}", self.catcher.http_addr()),
            simulator_url: self.simulator.url().to_owned(),
        }
    }

    /// Starts the server and waits until it answers.
    pub(crate) async fn serve(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"));
        let mut command = self.command(&["serve"]);
        command
            .stdout(Stdio::null())
            .stderr(log.expect("a log file"));
        self.child = Some(command.spawn().expect("the server starts"));
        for _ in 0..1_000 {
            if self
                .http
                .get(format!("{}/v1/products?limit=1", self.api))
                .send()
                .await
                .is_ok_and(|r| r.status() == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
        }
        panic!("the server does not answer:\n{}", self.log());
    }

    /// Ends the server without warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the server runs");
            child.wait().expect("the server ends");
        }
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let asked = Command::new("kill")
                .args(["-TERM", &child.id().to_string()])
                .status();
            assert!(
                asked.is_ok_and(|status| status.success()),
                "the server runs"
            );
            let status = child.wait().expect("the server ends");
            assert!(
                status.success(),
                "the server ended with {status}:\n{}",
                self.log()
            );
        }
    }

    /// Stops the server and checks every invariant.
    pub(crate) fn verify(&mut self) {
        self.stop();
        let verified = self.run(&["verify"]);
        let report = String::from_utf8_lossy(&verified.stdout);
        assert!(
            verified.status.success(),
            "{report}\n{}",
            String::from_utf8_lossy(&verified.stderr)
        );
        assert!(report.contains("All invariants hold."), "{report}");
    }

    /// Runs a command of the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// An access token of one of the demo accounts: `admin`, `staff`, `buyer`.
    pub(crate) async fn token(&self, account: &str) -> String {
        let accounts = std::fs::read_to_string(self.folder.path().join("demo-accounts.txt"))
            .expect("seeded accounts");
        let line = accounts
            .lines()
            .find_map(|line| line.strip_prefix(account))
            .expect("a line for the account");
        let words: Vec<&str> = line.split_whitespace().collect();
        let body = json!({ "email": words[0], "password": words[1] });
        let answer = self
            .http
            .post(format!("{}/v1/auth/sessions", self.api))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.expect("JSON")["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_tenon")));
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.args(arguments);
        command
    }

    fn log(&self) -> String {
        let log =
            std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
