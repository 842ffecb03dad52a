//! A store belongs to one module, and a SQLite file to one process.

use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_store::{Db, Engine, Migrations, ModuleRoles, Queryable, StoreConfig, StoreError};
use tenon_testkit::{Kit, TestEngine};

use crate::fixture::{THINGS, count, insert, on_postgres, store_on, stores, thing};

const OTHER: Migrations = Migrations {
    module: "other",
    sqlite: None,
    postgres: None,
};
/// The test cluster asks this module's role, and no other, for its password.
const GUARDED: Migrations = Migrations {
    module: "guarded",
    sqlite: None,
    postgres: None,
};

#[tokio::test]
async fn a_second_opener_of_a_file_is_refused() {
    let (kit, db) = store_on(TestEngine::Sqlite).await;
    let second = Db::open(kit.config(), THINGS, kit.env()).await;
    assert!(
        matches!(second, Err(StoreError::Locked { .. })),
        "{second:?}"
    );
    Db::open(kit.config(), OTHER, kit.env())
        .await
        .expect("another module has a file of its own");

    db.close().await;
    let after_close = Db::open(kit.config(), THINGS, kit.env())
        .await
        .expect("the file is free again");
    assert!(after_close.is_current().await.expect("reads the history"));
}

#[tokio::test]
async fn a_closed_store_answers_as_unavailable() {
    for (kit, db) in stores().await {
        db.ping().await.expect("answers");
        db.close().await;
        let mut ctx = kit.ctx();
        assert!(matches!(db.ping().await, Err(StoreError::Unavailable(_))));
        let begun = db.begin(&mut ctx, "things.late").await.map(|_| ());
        assert!(
            matches!(begun, Err(StoreError::Unavailable(_))),
            "{begun:?}"
        );
    }
}

#[tokio::test]
async fn what_is_committed_is_there_after_a_restart() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
        tx.commit().await.expect("commits");
        db.close().await;
        let again = Db::open(kit.config(), THINGS, kit.env())
            .await
            .expect("opens again");
        assert_eq!(count(&again, &ctx).await, 1);
    }
}

#[tokio::test]
async fn a_module_cannot_read_another_modules_schema() {
    let Some((kit, _things)) = on_postgres().await else {
        return;
    };
    let other = kit.db(OTHER).await;
    let ctx = kit.ctx();
    assert_eq!(other.engine(), Engine::Postgres);
    let own: Option<i64> = other
        .read(&ctx)
        .query("SELECT COUNT(*) FROM idempotency_keys")
        .fetch_scalar()
        .await
        .expect("reads its own");
    assert_eq!(own, Some(0));
    for sql in [
        "SELECT COUNT(*) FROM things.things",
        "DELETE FROM things.things",
        "CREATE TABLE things.mine (id bigint)",
        "CREATE SCHEMA mine",
        "SET ROLE tenon_things",
    ] {
        let refused = other.read(&ctx).query(sql).execute().await;
        let Err(StoreError::Other(error)) = refused else {
            panic!("{sql}: {refused:?}")
        };
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        assert_eq!(
            code.as_deref(),
            Some("42501"),
            "{sql}: insufficient privilege"
        );
    }
}

#[tokio::test]
async fn a_modules_role_logs_in_with_a_derived_password() {
    let Some((kit, _things)) = on_postgres().await else {
        return;
    };
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        panic!("on PostgreSQL")
    };
    // The role belongs to the whole cluster: another run of this test must wait.
    let cluster = PgConnectOptions::from_str(url)
        .expect("a URL")
        .database("postgres");
    let mut turn = cluster.connect().await.expect("connects");
    sqlx::query("SELECT pg_advisory_lock(1)")
        .execute(&mut turn)
        .await
        .expect("waits for its turn");
    let with = |secret: &str| StoreConfig::Postgres {
        url: url.clone(),
        max_connections: 2,
        roles: ModuleRoles::Derived {
            secret: secret.into(),
        },
    };
    let db = Db::open(&with("first"), GUARDED, kit.env())
        .await
        .expect("the role is made");
    db.migrate().await.expect("migrates");
    let guess = PgConnectOptions::from_str(url)
        .expect("a URL")
        .username("tenon_guarded")
        .password("guess");
    assert!(guess.connect().await.is_err(), "the password is asked for");

    let rotated = Db::open(&with("second"), GUARDED, kit.env())
        .await
        .expect("another secret is another password");
    rotated.ping().await.expect("answers");
}

#[tokio::test]
async fn a_module_may_be_given_a_login_of_its_own() {
    let Some((kit, _things)) = on_postgres().await else {
        return;
    };
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        panic!("on PostgreSQL")
    };
    let given = StoreConfig::Postgres {
        url: url.clone(),
        max_connections: 2,
        roles: ModuleRoles::Given,
    };
    let db = Db::open(&given, OTHER, kit.env()).await.expect("opens");
    db.migrate().await.expect("migrates");
    let mut owner = PgConnectOptions::from_str(url)
        .expect("a URL")
        .connect()
        .await
        .expect("connects");
    let holder: String =
        sqlx::query_scalar("SELECT tableowner FROM pg_tables WHERE schemaname = 'other' LIMIT 1")
            .fetch_one(&mut owner)
            .await
            .expect("the tables are there");
    assert_eq!(holder, "tenon_owner");
    owner.close().await.expect("closes");
}

/// The test cluster throws its data away, so it is exactly what production must refuse.
#[tokio::test]
async fn a_server_that_may_lose_commits_is_recognised() {
    for (_kit, db) in stores().await {
        let expected: &[&str] = match db.engine() {
            Engine::Sqlite => &[],
            Engine::Postgres => &["fsync", "full_page_writes", "synchronous_commit"],
        };
        assert_eq!(db.unsafe_settings().await.expect("reads"), expected);
    }
}

#[tokio::test]
async fn a_module_name_is_a_plain_name() {
    let kit = Kit::new(TestEngine::Sqlite).await;
    for module in [
        "",
        "Orders",
        "or ders",
        "orders\"; DROP SCHEMA x",
        "../orders",
    ] {
        let migrations = Migrations {
            module,
            sqlite: None,
            postgres: None,
        };
        assert!(
            Db::open(kit.config(), migrations, kit.env()).await.is_err(),
            "{module:?}"
        );
    }
}
