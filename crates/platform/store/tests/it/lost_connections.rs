//! A database server that throws everybody out: what is lost, what is not, and that it heals by itself.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tenon_kernel::Env;
use tenon_seam::{Executed, SeamFault};
use tenon_store::{Db, Migrations, ModuleRoles, Queryable, StoreConfig, StoreError};
use tenon_testkit::Kit;

use crate::fixture::{count, insert, on_postgres, thing};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_unit_does_not_notice_that_idle_connections_are_dead() {
    let Some((kit, db)) = on_postgres().await else {
        return;
    };
    let mut ctx = kit.ctx();
    // Several connections, so that several dead ones wait in the pool.
    let mut contexts: Vec<_> = (0..4).map(|_| kit.ctx()).collect();
    let mut open = Vec::new();
    for ctx in &mut contexts {
        open.push(db.begin(ctx, "things.open").await.expect("begins"));
    }
    for tx in open {
        tx.rollback().await.expect("rolls back");
    }
    disconnect_all(&kit).await;
    let mut tx = db
        .begin(&mut ctx, "things.insert")
        .await
        .expect("a living connection is found");
    insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
    tx.commit().await.expect("commits");
}

/// Whoever starts with a wrong address, or before the server, is told so, and at once.
#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_refuse() {
    let config = StoreConfig::Postgres {
        url: "postgres://nobody@127.0.0.1:1/nothing".to_owned(), // a port that nobody takes
        max_connections: 2,
        roles: ModuleRoles::Given,
    };
    let nothing = Migrations {
        module: "things",
        sqlite: None,
        postgres: None,
    };
    let opened = Db::open(&config, nothing, Env::system()).await.map(|_| ());
    assert!(
        matches!(&opened, Err(StoreError::Unavailable(sqlx::Error::Io(error)))
            if error.kind() == std::io::ErrorKind::ConnectionRefused),
        "{opened:?}"
    );
}

#[tokio::test]
async fn an_open_unit_is_lost_as_a_whole() {
    let Some((kit, db)) = on_postgres().await else {
        return;
    };
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
    insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
    disconnect_all(&kit).await;
    let error = insert(&mut tx, &thing(&kit, "cup"))
        .await
        .expect_err("the connection is gone");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(
        SeamFault::from(error),
        SeamFault::Unavailable {
            executed: Executed::No
        }
    );
    drop(tx);
    assert_eq!(eventually_count(&kit, &db).await, 0);
}

#[tokio::test]
async fn nobody_claims_to_know_what_became_of_a_lost_commit() {
    let Some((kit, db)) = on_postgres().await else {
        return;
    };
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
    insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
    disconnect_all(&kit).await;
    let error = tx.commit().await.expect_err("the connection is gone");
    assert!(matches!(error, StoreError::CommitUnknown(_)), "{error:?}");
    assert_eq!(
        SeamFault::from(error),
        SeamFault::Unavailable {
            executed: Executed::Unknown
        }
    );
}

/// Reads may meet a dead connection or two before the pool has none left.
async fn eventually_count(kit: &Kit, db: &Db) -> i64 {
    let ctx = kit.ctx();
    for _ in 0..20 {
        if db.read(&ctx).query("SELECT 1").execute().await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    count(db, &ctx).await
}

async fn disconnect_all(kit: &Kit) {
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        panic!("on PostgreSQL")
    };
    let options: PgConnectOptions = url.parse().expect("a URL");
    let mut owner = options.connect().await.expect("connects");
    sqlx::query(
        "SELECT pg_terminate_backend(pid, 5000)
           FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&mut owner)
    .await
    .expect("disconnects");
    owner.close().await.expect("closes");
}
