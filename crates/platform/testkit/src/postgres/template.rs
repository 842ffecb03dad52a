//! Migrated databases that databases of tests are copied from.
//!
//! A test program makes one for each set of modules, and makes it anew after it has been built anew: whatever the program does
//! to a database before its tests begin is in it. Which build a template is of stands in its comment, written last: one
//! without a comment is half made.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::SystemTime;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};
use tenon_kernel::Env;
use tenon_store::{Db, Migrations};

use super::cluster::Cluster;
use crate::engine::postgres_config;

pub(super) struct Template {
    name: String,
    build: String,
}

impl Template {
    /// Returns the name of a template that stays as it is until the connection is closed; makes it if nobody has.
    pub(super) async fn hold(
        cluster: &Cluster,
        owner: &mut PgConnection,
        migrations: &[Migrations],
    ) -> String {
        let template = Self::of(migrations);
        // Shared, so that tests need not wait for each other.
        template
            .locking(
                "SELECT pg_advisory_lock_shared(hashtextextended($1, 0))",
                owner,
            )
            .await;
        if template.is_made(owner).await {
            return template.name;
        }
        template
            .locking(
                "SELECT pg_advisory_unlock_shared(hashtextextended($1, 0))",
                owner,
            )
            .await;
        template
            .locking("SELECT pg_advisory_lock(hashtextextended($1, 0))", owner)
            .await;
        if !template.is_made(owner).await {
            template.make(cluster, owner, migrations).await;
        }
        template.name
    }

    fn of(migrations: &[Migrations]) -> Self {
        let program = std::env::current_exe().expect("the program knows its file");
        let built = std::fs::metadata(&program)
            .and_then(|file| file.modified())
            .expect("the program is a file");
        let mut hash = DefaultHasher::new();
        program.hash(&mut hash);
        for module in migrations {
            module.module.hash(&mut hash);
            for step in module.postgres.into_iter().flat_map(Migrator::iter) {
                (step.version, &step.checksum).hash(&mut hash);
            }
        }
        let built = built
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("programs are younger than the epoch");
        Self {
            name: format!("template_{:016x}", hash.finish()),
            build: format!("{built:?}"),
        }
    }

    async fn locking(&self, sql: &'static str, owner: &mut PgConnection) {
        sqlx::query(sql)
            .bind(&self.name)
            .execute(owner)
            .await
            .expect("locks are given");
    }

    async fn is_made(&self, owner: &mut PgConnection) -> bool {
        let build: Option<Option<String>> = sqlx::query_scalar(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1",
        )
        .bind(&self.name)
        .fetch_optional(owner)
        .await
        .expect("databases are listed");
        build.flatten().as_ref() == Some(&self.build)
    }

    async fn make(&self, cluster: &Cluster, owner: &mut PgConnection, migrations: &[Migrations]) {
        let Self { name, build } = self;
        super::drop_database(owner, name).await;
        super::create(owner, name, "template1").await;
        let config = postgres_config(&cluster.url(name));
        for module in migrations {
            let db = Db::open(&config, *module, Env::system())
                .await
                .expect("the store opens");
            db.migrate().await.expect("the store migrates");
            db.close().await;
        }
        let finish = format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS false; COMMENT ON DATABASE {name} IS '{build}'"
        );
        owner
            .execute(AssertSqlSafe(finish))
            .await
            .expect("a template is finished");
    }
}
