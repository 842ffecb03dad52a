//! A private PostgreSQL cluster started from the binaries on the machine: never as root, never a shared server.

mod binaries;
mod cluster;
mod template;
mod user;

use std::fs;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tenon_store::Migrations;

use self::cluster::Cluster;
use self::template::Template;

/// Since this version databases can be copied in two ways.
const WITH_STRATEGIES: u32 = 15_00_00;

/// Says whether tests can run on PostgreSQL here.
pub fn is_installed() -> bool {
    binaries::find().is_some()
}

/// A database of one test.
///
/// Dropped by whoever makes the next one: when its own test ends it is still connected, and the server looks only
/// every 100 ms whether those it threw out are gone. The last ones go away with the cluster.
pub struct TestDatabase {
    name: String,
    url: String,
    cluster: &'static Cluster,
}

impl TestDatabase {
    /// Makes an empty one; starts the cluster if nobody has.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start: ask [`is_installed`] first.
    pub async fn create() -> Self {
        Self::migrated(&[]).await
    }

    /// Makes one in which the stores of some modules are migrated already.
    ///
    /// # Panics
    ///
    /// As [`TestDatabase::create`].
    pub async fn migrated(migrations: &[Migrations]) -> Self {
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
        cluster.drop_finished(&mut owner).await;
        let template = match migrations {
            [] => "template1".to_owned(),
            some => Template::hold(cluster, &mut owner, some).await,
        };
        create(&mut owner, &name, &template).await;
        owner.close().await.expect("the connection closes"); // gives the template back
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
    fn drop(&mut self) {
        // If this fails the cluster is gone, and the database with it.
        drop(fs::write(self.cluster.finished().join(&self.name), ""));
    }
}

async fn create(owner: &mut PgConnection, name: &str, template: &str) {
    // Copying files takes half the time of copying pages through the log.
    let strategy = match owner.server_version_num() {
        Some(WITH_STRATEGIES..) => "STRATEGY file_copy",
        _ => "",
    };
    let sql = format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}");
    owner
        .execute(AssertSqlSafe(sql))
        .await
        .expect("a database is created");
}

/// Throws out whoever is still connected.
async fn drop_database(owner: &mut PgConnection, name: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    owner
        .execute(AssertSqlSafe(sql))
        .await
        .expect("a database is dropped");
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

    /// Drops what tests have left. Others may be at it too: a name is taken off the list when its database is gone.
    async fn drop_finished(&self, owner: &mut PgConnection) {
        let finished = fs::read_dir(self.finished()).expect("the cluster is a directory");
        for file in finished.flatten() {
            let name = file.file_name();
            drop_database(owner, name.to_str().expect("names are hexadecimal")).await;
            // Not there any more: somebody was quicker.
            drop(fs::remove_file(file.path()));
        }
    }
}
