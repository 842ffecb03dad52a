//! Worlds of tests do not touch each other, and leave nothing behind.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_store::{Db, Migrations, Queryable as _, StoreConfig};
use tenon_testkit::{Kit, TestEngine, engines};

const EMPTY: Migrations = Migrations {
    module: "empty",
    sqlite: None,
    postgres: None,
};

#[tokio::test]
async fn the_clock_stands_until_it_is_moved() {
    let kit = Kit::new(TestEngine::Sqlite).await;
    let start = kit.env().now();
    assert_eq!(start.to_string(), "2026-06-01T12:00:00Z");
    kit.advance(Duration::from_mins(1));
    assert_eq!(kit.env().now().since(start), Duration::from_mins(1));
}

#[tokio::test]
async fn worlds_do_not_see_each_other() {
    for engine in engines() {
        let (one, other) = (Kit::new(engine).await, Kit::new(engine).await);
        let (db, untouched) = (one.db(EMPTY).await, other.db(EMPTY).await);
        let mut ctx = one.ctx();
        let mut tx = db.begin(&mut ctx, "empty.create").await.expect("begins");
        tx.query("CREATE TABLE mine (id bigint)")
            .execute()
            .await
            .expect("creates");
        tx.commit().await.expect("commits");
        one.db(EMPTY)
            .await
            .read(&ctx)
            .query("SELECT id FROM mine")
            .execute()
            .await
            .expect("the same store");
        let other_ctx = other.ctx();
        untouched
            .read(&other_ctx)
            .query("SELECT id FROM mine")
            .execute()
            .await
            .expect_err("another store");
    }
}

#[tokio::test]
async fn a_migrated_world_is_migrated_before_its_store_is_opened() {
    for engine in engines() {
        let (one, other) = (
            Kit::migrated(engine, &[EMPTY]).await,
            Kit::migrated(engine, &[EMPTY]).await,
        );
        for kit in [&one, &other] {
            let db = Db::open(kit.config(), EMPTY, kit.env())
                .await
                .expect("opens");
            let is_copy = engine == TestEngine::Postgres;
            assert_eq!(db.is_current().await.expect("answers"), is_copy);
            db.close().await;
        }
        let (db, untouched) = (one.db(EMPTY).await, other.db(EMPTY).await);
        let mut ctx = one.ctx();
        let mut tx = db.begin(&mut ctx, "empty.create").await.expect("begins");
        tx.query("CREATE TABLE mine (id bigint)")
            .execute()
            .await
            .expect("creates");
        tx.commit().await.expect("commits");

        let later = Kit::migrated(engine, &[EMPTY]).await;
        for db in [untouched, later.db(EMPTY).await] {
            db.read(&ctx)
                .query("SELECT id FROM mine")
                .execute()
                .await
                .expect_err("a copy of the template, not of its user");
        }
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_world_when_the_next_one_begins() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = kit.db(EMPTY).await;
        let config = kit.config().clone();
        drop(kit); // with a store still open
        let _next = Kit::new(engine).await;
        match config {
            StoreConfig::Sqlite { directory, .. } => assert!(!directory.exists()),
            StoreConfig::Postgres { url, .. } => {
                let gone: PgConnectOptions = url.parse().expect("a URL");
                assert!(gone.connect().await.is_err());
                let mut owner = gone
                    .clone()
                    .database("postgres")
                    .connect()
                    .await
                    .expect("the cluster runs on");
                let left: i64 =
                    sqlx::query_scalar("SELECT COUNT(*) FROM pg_database WHERE datname = $1")
                        .bind(gone.get_database())
                        .fetch_one(&mut owner)
                        .await
                        .expect("reads");
                assert_eq!(left, 0);
                owner.close().await.expect("closes");
            }
        }
        db.close().await;
    }
}

#[tokio::test]
async fn the_server_does_not_run_as_root() {
    if !engines().contains(&TestEngine::Postgres) {
        return;
    }
    let kit = Kit::new(TestEngine::Postgres).await;
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        panic!("on PostgreSQL")
    };
    let options: PgConnectOptions = url.parse().expect("a URL");
    let mut owner = options.connect().await.expect("connects");
    let directory: String = sqlx::query_scalar("SELECT current_setting('data_directory')")
        .fetch_one(&mut owner)
        .await
        .expect("reads");
    owner.close().await.expect("closes");
    let metadata = std::fs::metadata(directory).expect("its directory");
    assert_ne!(std::os::unix::fs::MetadataExt::uid(&metadata), 0);
}
