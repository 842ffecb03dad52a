//! A whole installation in a folder of its own: server, payment provider, mail server, and a copy of the seeded data.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use mail_catcher::{CatcherOptions, MailCatcher};
use payment_simulator::{Config, Simulator};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenon_kernel::{Env, MovableClock, SystemEntropy};
use tokio::time::Instant;

use crate::ports;
use crate::record::Record;
use crate::server::Server;
use crate::shop::Shop;

/// Which engine the stores run on.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    /// Files in the data directory.
    Sqlite,
    /// A database of its own for each site, in the cluster of this owner: `postgres://owner@host:port`.
    Postgres(String),
}

impl Engine {
    /// SQLite unless there is a cluster.
    pub(crate) fn of(postgres: Option<&str>) -> Self {
        postgres.map_or(Self::Sqlite, |cluster| Self::Postgres(cluster.to_owned()))
    }

    /// As it is called on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// What sites are copied from: migrated and seeded once.
#[derive(Debug)]
pub(crate) struct Template {
    program: PathBuf,
    folder: PathBuf,
    engine: Engine,
}

/// An installation, not started yet; its folder goes away with it unless it is kept.
pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) simulator: Simulator,
    pub(crate) catcher: MailCatcher,
    pub(crate) http: reqwest::Client,
    pub(crate) folder: PathBuf,
    database: Option<(String, String)>,
    keep: bool,
}

/// Database of the template.
const TEMPLATE: &str = "chaos_template";
/// How long a cluster may take to recover.
const RECOVERY: Duration = Duration::from_mins(2);
/// More requests than any experiment sends.
const UNLIMITED: &str = "1000000";

impl Template {
    /// Migrates and seeds below `folder`, which is emptied.
    pub(crate) async fn make(program: &Path, folder: &Path, engine: Engine) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let template = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            engine,
        };
        let data = template.data();
        fs::create_dir_all(&data)?;
        let mut server = Server::new(program, data, (ports::free(), ports::free()));
        if let Engine::Postgres(cluster) = &template.engine {
            create_database(cluster, TEMPLATE, "template1").await?;
            server.settings.extend(store(cluster, TEMPLATE));
        }
        server.run(&["migrate"]).await?;
        server.run(&["admin", "seed-demo"]).await?;
        template.settle(server).await?;
        Ok(template)
    }

    /// Lets everything happen that follows from seeding, so that no copy has to do it again.
    async fn settle(&self, mut server: Server) -> Result<()> {
        let mut record = Record::new(&self.folder);
        server.environment = vec![record.switch(None)];
        server.start(&client()?).await?;
        record.quiet().await?;
        server.stop().await?;
        fs::remove_file(server.log_file())?;
        Ok(())
    }

    /// An installation with this data.
    pub(crate) async fn copy(&self, name: &str) -> Result<Site> {
        let folder = self.folder.join(name);
        let data = folder.join("data");
        fs::create_dir_all(&data)?;
        for entry in fs::read_dir(self.data())? {
            let entry = entry?;
            fs::copy(entry.path(), data.join(entry.file_name()))?;
        }
        let api = ports::free();
        let simulator = Simulator::start(Config {
            webhook_url: Some(format!(
                "http://127.0.0.1:{api}/v1/provider-webhooks/simulator"
            )),
            env: Env::new(Arc::new(MovableClock::default()), Arc::new(SystemEntropy)),
            ..Config::default()
        })
        .await?;
        let catcher = MailCatcher::start(CatcherOptions {
            keep: usize::MAX,
            ..CatcherOptions::default()
        })
        .await?;
        let mut server = Server::new(&self.program, data, (api, ports::free()));
        server.settings.extend([
            format!("payments.provider.url={}", simulator.url()),
            "payments.provider.webhook_secret=whsec_simulator".to_owned(),
            format!("notifications.smtp.port={}", catcher.smtp_addr().port()),
        ]);
        for policy in ["default", "auth"] {
            server.settings.extend([
                format!("web.rate_limits.{policy}.requests={UNLIMITED}"),
                format!("web.rate_limits.{policy}.window_seconds=60"),
            ]);
        }
        let database = match &self.engine {
            Engine::Sqlite => None,
            Engine::Postgres(cluster) => {
                let database = format!("chaos_{}_{api}", std::process::id());
                create_database(cluster, &database, TEMPLATE).await?;
                server.settings.extend(store(cluster, &database));
                Some((cluster.clone(), database))
            }
        };
        Ok(Site {
            server,
            simulator,
            catcher,
            http: client()?,
            folder,
            database,
            keep: false,
        })
    }

    /// What the stores run on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn data(&self) -> PathBuf {
        self.folder.join("template")
    }
}

impl Site {
    /// Starts the server, or starts it again.
    pub(crate) async fn start(&mut self) -> Result<()> {
        self.server.start(&self.http).await
    }

    /// A second server of the same installation, not started yet: with the same store and the same secrets.
    pub(crate) fn twin(&self, program: &Path) -> Result<Server> {
        let data = self.folder.join("twin");
        fs::create_dir_all(&data)?;
        for entry in fs::read_dir(&self.server.data_dir)? {
            let entry = entry?;
            fs::copy(entry.path(), data.join(entry.file_name()))?;
        }
        let mut twin = Server::new(program, data, (ports::free(), ports::free()));
        let own = [
            "data_dir=",
            "public_url=",
            "web.listen=",
            "web.operations_listen=",
        ];
        let shared = self.server.settings.iter();
        let shared = shared.filter(|setting| !own.iter().any(|key| setting.starts_with(key)));
        twin.settings.extend(shared.cloned());
        Ok(twin)
    }

    /// Everything a client can ask of it.
    pub(crate) fn shop(&self) -> Shop {
        Shop::new(self.http.clone(), &self.server.api, &self.server.data_dir)
    }

    /// The name of its database, on PostgreSQL.
    pub(crate) fn database_name(&self) -> Option<&str> {
        self.database.as_ref().map(|(_, name)| name.as_str())
    }

    /// Sets all clocks forward.
    pub(crate) async fn advance(&self, seconds: u32) -> Result<()> {
        let body = serde_json::json!({ "advance_seconds": seconds });
        for clock in [
            format!("{}/clock", self.server.operations),
            format!("{}/control/clock", self.simulator.url()),
        ] {
            let answer = self.http.post(clock).json(&body).send().await?;
            answer.error_for_status()?;
        }
        Ok(())
    }

    /// Sets all clocks forward until a minute has just begun: what schedules do at its turn is done first, and not again
    /// while somebody watches what follows. Only before the clocks were set otherwise.
    pub(crate) async fn begin_a_minute(&self) -> Result<()> {
        #[expect(
            clippy::disallowed_methods,
            reason = "of a server of its own, on the clock of this machine"
        )]
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        self.advance(u32::try_from(60 - now % 60)?).await
    }

    /// Stops the server and checks every invariant of its data.
    pub(crate) async fn verify(&mut self) -> Result<()> {
        self.server.stop().await?;
        let report = self.server.run(&["verify"]).await?;
        anyhow::ensure!(report.contains("All invariants hold."), "{report}");
        Ok(())
    }

    /// URL of its database, for the owner of the cluster.
    pub(crate) fn database_url(&self) -> Option<String> {
        let (cluster, database) = self.database.as_ref()?;
        Some(format!("{cluster}/{database}"))
    }

    /// Leaves the folder where it is, to be looked at.
    pub(crate) fn keep(&mut self) {
        self.keep = true;
    }

    /// Ends the server, if it runs, and takes everything away.
    pub(crate) async fn clear(mut self) -> Result<()> {
        self.server.kill().await?;
        if self.keep {
            return Ok(());
        }
        if let Some((cluster, database)) = &self.database {
            let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
            administer(cluster, vec![drop]).await?;
        }
        fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

pub(crate) fn client() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20));
    Ok(client.build()?)
}

fn store(cluster: &str, database: &str) -> [String; 2] {
    [
        format!("store.url={cluster}/{database}"),
        "store.max_connections=5".to_owned(), // several servers share the cluster
    ]
}

async fn create_database(cluster: &str, name: &str, template: &str) -> Result<()> {
    administer(
        cluster,
        vec![
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        ],
    )
    .await
}

/// Runs statements as the owner of the cluster, in a thread of their own: sqlx's futures are not for every executor.
pub(crate) async fn administer(cluster: &str, statements: Vec<String>) -> Result<()> {
    let url = format!("{cluster}/postgres");
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            let mut owner = connect(&url).await?;
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut owner)
                    .await?;
            }
            owner.close().await
        })
    });
    done.await?.context("the cluster answers")
}

/// Waits for a cluster that says it is still recovering from a crash (SQLSTATE 57P03).
pub(crate) async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    let limit = Instant::now() + RECOVERY;
    loop {
        match PgConnection::connect(url).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some("57P03") && Instant::now() < limit =>
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            connected => return connected,
        }
    }
}
