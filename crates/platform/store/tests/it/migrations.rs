//! Migrations: idempotent, safe side by side, never rewritten.

use std::borrow::Cow;
use std::error::Error as _;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use tenon_store::{Db, MigrationError, Migrations, Queryable, StoreError};
use tenon_testkit::{Kit, engines};

use crate::fixture::THINGS;

/// A module with these steps, the same text for both engines.
fn module(steps: &[(i64, &'static str, &'static str)]) -> Migrations {
    let steps = steps
        .iter()
        .map(|&(version, name, sql)| {
            Migration::new(
                version,
                Cow::Borrowed(name),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    let migrator: &'static Migrator = Box::leak(Box::new(Migrator::with_migrations(steps)));
    Migrations {
        module: "steps",
        sqlite: Some(migrator),
        postgres: Some(migrator),
    }
}

async fn migrate(kit: &Kit, migrations: Migrations) -> Result<Vec<String>, StoreError> {
    let db = Db::open(kit.config(), migrations, kit.env())
        .await
        .expect("opens");
    let report = db.migrate().await;
    db.close().await;
    Ok(report?.applied)
}

fn reason(error: &StoreError) -> &MigrationError {
    let StoreError::Migration(error) = error else {
        panic!("{error:?}")
    };
    error.downcast_ref().expect("a migration error")
}

#[tokio::test]
async fn migrating_twice_is_migrating_once() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let db = Db::open(kit.config(), THINGS, kit.env())
            .await
            .expect("opens");
        let pending = db.pending().await.expect("reads the history");
        assert_eq!(
            pending.first().map(String::as_str),
            Some("0001_idempotency")
        );
        assert_eq!(pending.last().map(String::as_str), Some("1001_things"));
        assert!(!db.is_current().await.expect("reads the history"));

        let report = db.migrate().await.expect("migrates");
        assert_eq!(report.applied, pending);
        assert_eq!(report.version, 1001);
        assert!(db.is_current().await.expect("reads the history"));
        let again = db.migrate().await.expect("migrates again");
        assert_eq!((again.applied, again.version), (Vec::new(), 1001));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_instances_may_start_at_once() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let first = Db::open(kit.config(), THINGS, kit.env())
            .await
            .expect("opens");
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (config, env, first) = (kit.config().clone(), kit.env(), first.clone());
                tokio::spawn(async move {
                    // Other processes on PostgreSQL; on SQLite there is only this one.
                    let db = match Db::open(&config, THINGS, env).await {
                        Err(StoreError::Locked { .. }) => first,
                        opened => opened.expect("opens"),
                    };
                    db.migrate().await.expect("migrates").applied.len()
                })
            })
            .collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.expect("runs");
        }
        assert!(applied > 0);
        assert_eq!(first.migrate().await.expect("migrates").applied.len(), 0);
        let lines: Option<i64> = first
            .read(&kit.ctx())
            .query("SELECT COUNT(*) FROM _sqlx_migrations")
            .fetch_scalar()
            .await
            .expect("reads the history");
        assert_eq!(
            lines,
            i64::try_from(applied).ok(),
            "each step was applied by one of them"
        );
    }
}

#[tokio::test]
async fn a_changed_step_is_refused() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        migrate(
            &kit,
            module(&[(1001, "first", "CREATE TABLE a (id bigint)")]),
        )
        .await
        .expect("migrates");
        let changed = module(&[(1001, "first", "CREATE TABLE a (id bigint, b bigint)")]);
        let error = migrate(&kit, changed)
            .await
            .expect_err("the step was changed");
        assert!(
            matches!(reason(&error), MigrationError::Changed { step, .. } if step == "1001_first"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_newer_programs_store_is_refused() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let first = (1001, "first", "CREATE TABLE a (id bigint)");
        let second = (1002, "second", "CREATE TABLE b (id bigint)");
        migrate(&kit, module(&[first, second]))
            .await
            .expect("migrates");
        let error = migrate(&kit, module(&[first]))
            .await
            .expect_err("1002 is unknown");
        assert!(
            matches!(
                reason(&error),
                MigrationError::Unknown { version: 1002, .. }
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_failing_step_leaves_nothing_and_can_be_repaired() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let first = (1001, "first", "CREATE TABLE a (id bigint)");
        let broken = (
            1002,
            "second",
            "CREATE TABLE b (id bigint); CREATE TABLE a (id bigint)",
        );
        let error = migrate(&kit, module(&[first, broken]))
            .await
            .expect_err("the table is there already");
        let reason = reason(&error);
        assert!(
            matches!(reason, MigrationError::Failed { step, .. } if step == "1002_second"),
            "{error:?}"
        );
        assert!(reason.source().is_some(), "what the database said is kept");

        let repaired = (1002, "second", "CREATE TABLE b (id bigint)");
        assert_eq!(
            migrate(&kit, module(&[first, repaired]))
                .await
                .expect("migrates"),
            ["1002_second"]
        );
    }
}

#[tokio::test]
async fn a_modules_numbers_do_not_clash_with_the_platforms() {
    for engine in engines() {
        let kit = Kit::new(engine).await;
        let error = migrate(&kit, module(&[(1, "first", "SELECT 1")]))
            .await
            .expect_err("1 is the platform's");
        assert!(
            matches!(
                reason(&error),
                MigrationError::SameVersion { version: 1, .. }
            ),
            "{error:?}"
        );
    }
}
