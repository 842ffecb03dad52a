//! An installation of a test's own, on fresh stores, with payment simulator and mail catcher.

use std::time::Duration;

use mail_catcher::{CatcherOptions, MailCatcher};
use payment_simulator::{Config, Simulator};
use reqwest::Client;
use tempfile::TempDir;
use tenon_testkit::{TestDatabase, TestEngine};

use crate::fleet::{MODULES, fleet};
use crate::people::Person;
use crate::process::{Process, free_port};

/// How modules reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topology {
    /// One process, plain calls.
    Local,
    /// One process, everything encoded and decoded on its way.
    Wire,
    /// A gateway without a module, and a service for each.
    Remote,
}

/// An installation with its surroundings; its processes can be stopped, killed and started again.
pub(crate) struct Installation {
    /// Services first; the one with the public API is the last.
    pub(crate) processes: Vec<Process>,
    pub(crate) api: String,
    pub(crate) http: Client,
    simulator: Simulator,
    /// Where a test may stand in for an OpenID Connect provider.
    provider: u16,
    pub(crate) catcher: MailCatcher,
    pub(crate) database: Option<TestDatabase>,
    /// Last: the files of the processes are in it.
    _folder: TempDir,
}

impl Installation {
    /// Migrates, seeds and starts an installation without rate limits.
    pub(crate) async fn start(engine: TestEngine, topology: Topology) -> Self {
        let mut installation = Self::prepared(engine, topology).await;
        installation.serve().await;
        installation
    }

    /// The same, not started yet.
    pub(crate) async fn prepared(engine: TestEngine, topology: Topology) -> Self {
        let installation = Self::new(engine, topology, 0).await;
        installation.seed();
        installation
    }

    /// Makes the demo accounts and something to buy.
    pub(crate) fn seed(&self) {
        let is_remote = self.processes.len() > 1;
        for process in &self.processes {
            if matches!(
                process.name.as_str(),
                "tenon" | "identity-service" | "catalog-service"
            ) && (!is_remote || process.name != "tenon")
            {
                process.must_run(&["admin", "seed-demo"]);
            }
        }
    }

    /// Nobody and nothing in it, not started yet; rate limits that nobody reaches.
    pub(crate) async fn empty(engine: TestEngine, topology: Topology) -> Self {
        Self::new(engine, topology, 1_000_000).await
    }

    /// `requests` a minute are let in; 0 means any number.
    async fn new(engine: TestEngine, topology: Topology, requests: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let api = free_port();
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
            format!("public_url=http://localhost:{api}"),
            format!("web.listen=127.0.0.1:{api}"),
            format!("payments.provider.url={}", simulator.url()),
            "payments.provider.webhook_secret=whsec_simulator".to_owned(),
            // Small enough that the golden script meets refunds that need a second person.
            "payments.refund_limits.EUR=1500".to_owned(),
            format!("notifications.smtp.port={}", catcher.smtp_addr().port()),
        ];
        for channel in ["sms", "push"] {
            let texts = format!("http://{}/api/texts", catcher.http_addr());
            settings.push(format!("notifications.{channel}.url={texts}"));
        }
        let provider = free_port();
        settings.extend(
            [
                format!("providers.acme.issuer=http://127.0.0.1:{provider}"),
                "providers.acme.client_id=tenon:golden".to_owned(),
                "providers.acme.client_secret=golden-secret".to_owned(),
                "providers.acme.display_name=Acme & Sons".to_owned(),
                "return_urls=[\"https://shop.example/signed-in\"]".to_owned(),
                "allow_http=true".to_owned(),
                format!("further_ports=[{provider}]"),
                "allowed_networks=[\"127.0.0.0/8\"]".to_owned(),
            ]
            .map(|setting| format!("identity.federation.{setting}")),
        );
        for policy in ["default", "auth"] {
            settings.push(format!("web.rate_limits.{policy}.requests={requests}"));
            settings.push(format!("web.rate_limits.{policy}.window_seconds=60"));
        }
        if let Some(database) = &database {
            // Several servers share the cluster of the test run.
            settings.push(format!("store.url={}", database.url()));
            settings.push("store.max_connections=5".to_owned());
        }
        // What a call may take is the business of benchmarks, not of a busy machine's tests.
        settings.extend(MODULES.map(|module| format!("modules.{module}.timeout_percent=1000")));
        if topology == Topology::Wire {
            settings.extend(MODULES.map(|module| format!("modules.{module}.mode=wire")));
        }
        let mut processes = match topology {
            Topology::Remote => fleet(folder.path()),
            Topology::Local | Topology::Wire => {
                vec![Process::new("tenon", folder.path().to_owned(), free_port())]
            }
        };
        for process in &mut processes {
            process.settings.extend(settings.iter().cloned());
        }
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        Self {
            processes,
            api: format!("http://localhost:{api}"),
            http,
            simulator,
            provider,
            catcher,
            database,
            _folder: folder,
        }
    }

    /// What lets the first administrator in.
    pub(crate) fn bootstrap_token(&self) -> String {
        let host = self
            .processes
            .iter()
            .find(|process| process.name == "identity-service" || self.processes.len() == 1);
        let printed = host
            .expect("a process hosts identity")
            .must_run(&["admin", "bootstrap-token"]);
        printed.trim().to_owned()
    }

    /// Where everything is.
    pub(crate) fn places(&self) -> scenarios::golden::Places {
        let gateway = self.processes.last().expect("there is one");
        scenarios::golden::Places {
            base_url: self.api.clone(),
            operations_url: format!("http://127.0.0.1:{}", gateway.operations),
            mail_url: format!("http://{}", self.catcher.http_addr()),
            simulator_url: self.simulator.url().to_owned(),
            provider_url: format!("http://127.0.0.1:{}", self.provider),
        }
    }

    /// The process with the public API.
    pub(crate) fn gateway(&mut self) -> &mut Process {
        self.processes.last_mut().expect("there is one")
    }

    /// The service of a module.
    pub(crate) fn service(&mut self, module: &str) -> &mut Process {
        let name = format!("{module}-service");
        let mut processes = self.processes.iter_mut();
        processes
            .find(|process| process.name == name)
            .expect("the module has a service")
    }

    /// Starts what does not run and waits until the API answers.
    pub(crate) async fn serve(&mut self) {
        for process in &mut self.processes {
            process.start();
        }
        for process in &self.processes {
            process.ready(&self.http).await;
        }
        let url = format!("{}/v1/products?limit=1", self.api);
        for _ in 0..1_000 {
            let answer = self.http.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
        }
        panic!("the API does not answer:\n{}", self.gateway().log());
    }

    /// Ends the process with the public API without warning.
    pub(crate) fn kill(&mut self) {
        self.gateway().kill();
    }

    /// Stops everything and checks every invariant: those across modules over the seam, while the services run.
    pub(crate) fn verify(&mut self) {
        self.gateway().stop();
        let report = self.gateway().must_run(&["verify"]);
        assert!(report.contains("All invariants hold."), "{report}");
        assert!(
            report.contains("ok     app.orders_and_payments_agree"),
            "{report}"
        );
        let services = self.processes.len() - 1;
        for service in &mut self.processes[..services] {
            service.stop();
            let report = service.must_run(&["verify"]);
            assert!(report.contains("All invariants hold."), "{report}");
        }
    }

    /// One of the demo accounts: `admin`, `staff`, `buyer`.
    pub(crate) fn account(&self, account: &str) -> Person {
        let accounts = self.processes.iter().find_map(|process| {
            std::fs::read_to_string(process.data_dir.join("demo-accounts.txt")).ok()
        });
        let accounts = accounts.expect("seeded accounts");
        let line = accounts
            .lines()
            .find_map(|line| line.strip_prefix(account))
            .expect("a line for the account");
        let words: Vec<&str> = line.split_whitespace().collect();
        Person {
            email: words[0].to_owned(),
            password: words[1].to_owned(),
        }
    }

    /// An access token of a demo account.
    pub(crate) async fn token(&self, account: &str) -> String {
        let session = self.sign_in(&self.account(account)).await;
        session["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }
}
