//! A private PostgreSQL cluster started from the binaries on the machine: never as root, never a shared server.

mod binaries;
mod cluster;
mod user;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use self::cluster::Cluster;

/// Says whether tests can run on PostgreSQL here.
pub fn is_installed() -> bool {
    binaries::find().is_some()
}

/// An empty database of one test; dropped with it.
pub struct TestDatabase {
    name: String,
    url: String,
    cluster: &'static Cluster,
}

impl TestDatabase {
    /// Makes one; starts the cluster if nobody has.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start: ask [`is_installed`] first.
    pub async fn create() -> Self {
        let cluster = tokio::task::spawn_blocking(Cluster::shared)
            .await
            .expect("the cluster starts");
        let name = format!(
            "t_{}",
            uuid::Builder::from_random_bytes(rand_bytes())
                .into_uuid()
                .simple()
        );
        let mut owner = cluster.connect().await;
        owner
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a database is created");
        owner.close().await.expect("the connection closes");
        Self {
            url: cluster.url(&name),
            name,
            cluster,
        }
    }

    /// URL of an owner that may do anything in it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    /// Throws out whoever is still connected. Runs in a thread of its own, because the test's runtime may be ending.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let cluster = self.cluster;
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut owner = cluster.options().connect().await?;
                owner.execute(AssertSqlSafe(sql)).await?;
                owner.close().await
            })
        });
        // A database that is left behind goes away with its cluster.
        drop(dropping.join());
    }
}

fn rand_bytes() -> [u8; 16] {
    tenon_kernel::Env::system().random()
}

impl Cluster {
    async fn connect(&self) -> PgConnection {
        self.options().connect().await.expect("the cluster answers")
    }

    fn options(&self) -> PgConnectOptions {
        self.url("postgres").parse().expect("the cluster's own URL")
    }
}
