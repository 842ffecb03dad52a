//! What a mover refuses, and what it leaves then.

use async_trait::async_trait;
use tenon_relocation::{Event, Observer, Place, Relocation, RelocationError, Silent};
use tenon_store::{Beside, Db, ModuleRoles, RawConnection, StoreConfig, StoreError};
use tenon_testkit::{TestEngine, engines};
use tokio::sync::Mutex;

use crate::rows::{Row, V, insert, t};
use crate::support::{SAMPLES, World, catalog, directions, texts};

fn some_rows() -> Vec<Row> {
    (1..=30)
        .map(|number| {
            (
                "words",
                vec![t("w"), t(format!("word {number:02}")), V::I(number)],
            )
        })
        .collect()
}

/// Changes something at the destination behind the mover's back, once everything is there.
struct Saboteur {
    destination: Mutex<Option<RawConnection>>,
    config: StoreConfig,
    sql: &'static str,
}

#[async_trait]
impl Observer for Saboteur {
    async fn notice(&self, event: &Event) {
        if matches!(event, Event::Completed { .. }) {
            let store = Beside::find(&self.config, "samples")
                .await
                .expect("a store");
            let mut raw = store.connect().await.expect("connects");
            raw.script(self.sql.to_owned()).await.expect("changes");
            *self.destination.lock().await = Some(raw);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planted_difference_is_found_and_named_and_the_fence_is_lifted() {
    let plants = [
        (
            "UPDATE words SET seen = -7 WHERE word = 'word 07'",
            "word 07",
            "seen",
        ),
        (
            "DELETE FROM words WHERE word = 'word 30'",
            "word 30",
            "ends after 29 rows",
        ),
        (
            "INSERT INTO words VALUES ('w', 'word 99', 1)",
            "word 99",
            "ends after 30 rows",
        ),
        (
            "UPDATE words SET word = 'word 04x' WHERE word = 'word 04'",
            "word 04",
            "word 04x",
        ),
    ];
    for (from, to) in directions() {
        for (sql, key, what) in plants {
            let world = World::new(from, to, SAMPLES).await;
            let mut source = world.source().await;
            insert(&mut source, &some_rows()).await;
            let before = catalog(&mut source).await;
            let saboteur = Saboteur {
                destination: Mutex::default(),
                config: world.to.config().clone(),
                sql,
            };
            let error = world
                .relocation()
                .run(&saboteur)
                .await
                .expect_err("differs");
            let text = error.to_string();
            assert!(
                matches!(error, RelocationError::Differs { .. }),
                "{error:?}"
            );
            assert!(
                text.contains("words") && text.contains(key) && text.contains(what),
                "{text}"
            );
            assert_eq!(catalog(&mut source).await, before, "{from:?} to {to:?}");
            insert(&mut source, &[("words", vec![t("w"), t("after"), V::I(1)])]).await;
            let opened = Db::open(world.to.config(), SAMPLES, world.to.env()).await;
            let refused = opened.expect_err("serves nobody").to_string();
            assert!(refused.contains("given up"), "{refused}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_on_the_old_store_is_told_where_the_data_is() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        world.moved().await;
        let ping = world
            .db
            .ping()
            .await
            .expect_err("is not ready any more")
            .to_string();
        let place = Place::of(world.to.config().clone()).to_string();
        assert!(ping.contains("moved to") && ping.contains(&place), "{ping}");
        world.db.close().await;
        let error = Db::open(world.from.config(), SAMPLES, world.from.env())
            .await
            .expect_err("refuses");
        assert!(error.to_string().contains(&place), "{error}");
        let gone = world
            .relocation()
            .run(&Silent)
            .await
            .expect_err("is not there any more");
        assert!(matches!(gone, RelocationError::Moved { .. }), "{gone:?}");
        let aborted = world
            .relocation()
            .abort()
            .await
            .expect_err("is handed over");
        assert!(
            matches!(aborted, RelocationError::HandedOver { .. }),
            "{aborted:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_that_cannot_be_followed_are_refused_by_name() {
    for engine in engines() {
        let cases = [
            ("CREATE TABLE loose (x bigint)", "loose", "no primary key"),
            (
                "CREATE TABLE odd (x bigint PRIMARY KEY, y real)",
                "odd",
                "real",
            ),
            (
                "CREATE TABLE extra (x bigint PRIMARY KEY)",
                "extra",
                "source only",
            ),
        ];
        for (sql, table, why) in cases {
            let world = World::new(engine, TestEngine::Sqlite, SAMPLES).await;
            world
                .source()
                .await
                .script(sql.to_owned())
                .await
                .expect("creates");
            let before = catalog(&mut world.source().await).await;
            let error = world
                .relocation()
                .run(&Silent)
                .await
                .expect_err("refuses")
                .to_string();
            assert!(
                error.contains(table) && error.to_lowercase().contains(why),
                "{error}"
            );
            assert_eq!(catalog(&mut world.source().await).await, before);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destination_that_holds_something_is_refused_and_left_alone() {
    for engine in engines() {
        let world = World::new(TestEngine::Sqlite, engine, SAMPLES).await;
        let occupied = world.to.db(SAMPLES).await;
        insert(&mut world.destination().await, &some_rows()).await;
        occupied.close().await;
        for relocation in [
            world.relocation(),
            world.relocation().replacing_a_former_owner(true),
        ] {
            let error = relocation.run(&Silent).await.expect_err("refuses");
            assert!(
                matches!(error, RelocationError::Occupied { .. }),
                "{error:?}"
            );
        }
        let rows = texts(
            &mut world.destination().await,
            "SELECT CAST(COUNT(*) AS text) FROM words",
        )
        .await;
        assert_eq!(rows, ["30"]);
    }
    let world = World::new(TestEngine::Sqlite, TestEngine::Sqlite, SAMPLES).await;
    let here = Place::of(world.from.config().clone());
    let same = Relocation::new(SAMPLES, here.clone(), here, world.from.env());
    let error = same.run(&Silent).await.expect_err("refuses");
    assert!(
        matches!(error, RelocationError::SamePlace { .. }),
        "{error:?}"
    );
}

/// A running SQLite server keeps other servers out as before; a mover works beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lock_of_a_server_holds_while_data_moves() {
    let world = World::new(TestEngine::Sqlite, TestEngine::Sqlite, SAMPLES).await;
    let (gate, observer) = crate::support::gate(|event| matches!(event, Event::Capturing));
    let relocation = world.relocation();
    let mover = tokio::spawn(async move { relocation.run(&*observer).await.map(drop) });
    gate.reached().await;
    for config in [world.from.config(), world.to.config()] {
        let second = Db::open(config, SAMPLES, world.from.env()).await;
        assert!(
            matches!(second, Err(StoreError::Locked { .. })),
            "{second:?}"
        );
    }
    gate.open();
    mover.await.expect("ends").expect("moves");
}

/// While data moves, nobody changes its tables: a newer program that starts meanwhile cannot migrate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_are_refused_while_data_moves() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        let (gate, observer) = crate::support::gate(|event| matches!(event, Event::Capturing));
        let relocation = world.relocation();
        let mover = tokio::spawn(async move { relocation.run(&*observer).await.map(drop) });
        gate.reached().await;
        let history = "INSERT INTO _sqlx_migrations SELECT version + 1000, description, installed_on, success, checksum, execution_time
                         FROM _sqlx_migrations WHERE version = 1001";
        let refused = world.source().await.script(history.to_owned()).await;
        assert!(
            matches!(refused, Err(StoreError::Fenced(_))),
            "{from:?}: {refused:?}"
        );
        gate.open();
        mover.await.expect("ends").expect("moves");
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let world = World::new(TestEngine::Sqlite, TestEngine::Sqlite, SAMPLES).await;
    let nowhere = tempfile::tempdir().expect("a directory");
    let source = StoreConfig::Sqlite {
        directory: nowhere.path().to_owned(),
        shipped: false,
    };
    let relocation = Relocation::new(
        SAMPLES,
        Place::of(source),
        Place::of(world.to.config().clone()),
        world.from.env(),
    );
    let error = relocation.run(&Silent).await.expect_err("there is nothing");
    assert!(error.to_string().contains("source"), "{error}");
    let resumed = world
        .relocation()
        .resume(&Silent)
        .await
        .expect_err("nothing to resume");
    assert!(
        matches!(resumed, RelocationError::NothingUnderWay { .. }),
        "{resumed:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_counts_and_changes_nothing() {
    for engine in engines() {
        let world = World::new(engine, TestEngine::Sqlite, SAMPLES).await;
        insert(&mut world.source().await, &some_rows()).await;
        let before = catalog(&mut world.source().await).await;
        let plan = world.relocation().plan().await.expect("plans");
        let words = plan
            .tables
            .iter()
            .find(|table| table.table == "words")
            .expect("words");
        assert_eq!(words.rows, 30);
        assert!(words.bytes > 0);
        assert_eq!(plan.state, "owner");
        assert_eq!(catalog(&mut world.source().await).await, before);
        assert!(
            Beside::find(world.to.config(), "samples").await.is_err(),
            "the destination is not made"
        );
        let elsewhere = Place::parse(
            "postgres://nobody:secret@127.0.0.1:1/none",
            ModuleRoles::Given,
            1,
        )
        .expect("a place");
        let relocation = Relocation::new(
            SAMPLES,
            Place::of(world.from.config().clone()),
            elsewhere,
            world.from.env(),
        );
        let error = relocation.run(&Silent).await.expect_err("nobody answers");
        assert!(
            !format!("{error:?} {error}").contains("secret"),
            "{error:?}"
        );
    }
}
