//! The mover is killed at each step; another gives the move up, or goes on.

use tenon_relocation::{Event, RelocationError, Silent};
use tenon_store::{Db, StoreError};
use tenon_testkit::TestEngine;

use crate::rows::{Row, V, insert, t};
use crate::support::{SAMPLES, StopAt, World, catalog, directions, texts};

/// Steps at which a mover can be killed, and whether nobody could write then.
type Step = (&'static str, fn(&Event) -> bool, bool);

const STEPS: [Step; 9] = [
    (
        "prepared",
        |event| matches!(event, Event::Prepared { .. }),
        false,
    ),
    (
        "capturing",
        |event| matches!(event, Event::Capturing),
        false,
    ),
    (
        "inside a table",
        |event| matches!(event, Event::Copied { table, whole: false, .. } if table == "words"),
        false,
    ),
    (
        "between two tables",
        |event| matches!(event, Event::Copied { table, whole: true, .. } if table == "parts"),
        false,
    ),
    (
        "caught up",
        |event| matches!(event, Event::CaughtUp { .. }),
        false,
    ),
    (
        "fenced",
        |event| matches!(event, Event::Fenced { .. }),
        true,
    ),
    (
        "completed",
        |event| matches!(event, Event::Completed { .. }),
        true,
    ),
    (
        "verified",
        |event| matches!(event, Event::Verified(_)),
        true,
    ),
    (
        "source closed",
        |event| matches!(event, Event::SourceClosed),
        true,
    ),
];

fn rows(from: i64, to: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for number in from..to {
        // More than one batch of words; a few of the others are enough.
        rows.push((
            "words",
            vec![t("w"), t(format!("word {number}")), V::I(number)],
        ));
        if (61..700).contains(&number) {
            continue;
        }
        rows.push(("owners", vec![V::U(number)]));
        rows.push((
            "samples",
            vec![
                V::U(number),
                t(format!("row {number}")),
                V::I(number),
                V::B(false),
                V::X(9, number),
                V::Null,
                V::Null,
                V::At(number),
                V::Null,
            ],
        ));
        rows.push(("parts", vec![V::U(number), V::I(1), t("part")]));
        rows.push(("deeds", vec![V::I(number), V::I(1), V::I(number)]));
    }
    rows
}

async fn killed_at(step: &Step, from: TestEngine, to: TestEngine) -> (World, Vec<String>) {
    let world = World::new(from, to, SAMPLES).await;
    let mut source = world.source().await;
    insert(&mut source, &rows(1, 560)).await;
    let before = catalog(&mut source).await;
    StopAt::new(step.1).kill(world.relocation()).await;
    (world, before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_was_killed_can_be_given_up_at_each_step() {
    for (from, to) in directions() {
        for step in &STEPS {
            let name = format!("{from:?} to {to:?}, killed when {}", step.0);
            let (world, before) = killed_at(step, from, to).await;
            let mut source = world.source().await;
            if step.0 == "prepared" {
                // Nothing has happened at the source.
                let nothing = world.relocation().abort().await.expect_err(&name);
                assert!(
                    matches!(nothing, RelocationError::NothingUnderWay { .. }),
                    "{name}: {nothing}"
                );
            } else {
                let again = world.relocation().run(&Silent).await.expect_err(&name);
                let text = again.to_string();
                assert!(
                    text.contains("--resume") || step.0 == "source closed",
                    "{name}: {text}"
                );
                let write = source
                    .script("INSERT INTO words VALUES ('x', 'y', 1)".to_owned())
                    .await;
                assert_eq!(write.is_err(), step.2, "{name}: {write:?}");
                let aborted = world.relocation().abort().await;
                let aborted = aborted.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                assert_eq!(aborted.destination_problem, None, "{name}");
            }
            // The source is as before: the same catalog, and it can be written; the destination serves nobody.
            assert_eq!(catalog(&mut source).await, before, "{name}");
            insert(&mut source, &rows(700, 703)).await;
            let refused = Db::open(world.to.config(), SAMPLES, world.to.env()).await;
            assert!(
                matches!(refused, Err(StoreError::NotOwner { .. })),
                "{name}: {refused:?}"
            );
            // And the move can be made after all.
            let report = world.moved().await;
            assert_eq!(report.epoch, 2, "{name}");
            let count = texts(
                &mut world.destination().await,
                "SELECT CAST(COUNT(*) AS text) FROM parts",
            )
            .await;
            assert_eq!(count, ["63"], "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_was_killed_goes_on_at_each_step() {
    for (from, to) in directions() {
        for step in STEPS.iter().filter(|step| step.0 != "prepared") {
            let name = format!("{from:?} to {to:?}, killed when {}", step.0);
            let (world, _) = killed_at(step, from, to).await;
            let mut source = world.source().await;
            let mut expected = 60;
            if !step.2 {
                // Writes between the two movers: a new row, a change, a deletion with its cascade.
                insert(&mut source, &rows(700, 710)).await;
                source
                    .script("UPDATE samples SET amount = -1 WHERE label = 'row 5'".to_owned())
                    .await
                    .expect("updates");
                source
                    .script("DELETE FROM parts WHERE name = 'part' AND place = 1 AND sample_id = (SELECT id FROM samples WHERE label = 'row 6')".to_owned())
                    .await
                    .expect("deletes");
                expected += 9;
            }
            let report = world.relocation().resume(&Silent).await;
            let report = report.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(report.epoch, 2, "{name}");
            let mut destination = world.destination().await;
            let count = texts(&mut destination, "SELECT CAST(COUNT(*) AS text) FROM parts").await;
            assert_eq!(count, [expected.to_string()], "{name}");
            let total = texts(&mut destination, "SELECT CAST(deeds AS text) FROM totals").await;
            assert_eq!(total, [if step.2 { "60" } else { "70" }], "{name}");
            world.to.db(SAMPLES).await;
            let closed = Db::open(world.from.config(), SAMPLES, world.from.env()).await;
            assert!(closed.is_err(), "{name}");
            // A third mover has nothing to do.
            let done = world.relocation().resume(&Silent).await;
            assert!(done.is_err(), "{name}");
        }
    }
}

/// A mover that was only paused finds out when it wakes, and touches nothing any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mover_that_wakes_up_late_changes_nothing() {
    for (from, to) in directions() {
        if to == TestEngine::Sqlite {
            continue; // The lock of the file keeps the second mover out as long as the first one lives.
        }
        let world = World::new(from, to, SAMPLES).await;
        insert(&mut world.source().await, &rows(1, 20)).await;
        let (gate, sleeper) = crate::support::gate(|event| matches!(event, Event::CaughtUp { .. }));
        let slow = world.relocation();
        let first = tokio::spawn(async move { slow.run(&*sleeper).await.map(drop) });
        gate.reached().await;
        let report = world
            .relocation()
            .resume(&Silent)
            .await
            .expect("another mover goes on");
        assert_eq!(report.epoch, 2);
        gate.open();
        let woken = first.await.expect("ends").expect_err("was overtaken");
        assert!(matches!(woken, RelocationError::Overtaken), "{woken:?}");
        world.to.db(SAMPLES).await;
        let write = world
            .source()
            .await
            .script("INSERT INTO words VALUES ('x', 'y', 1)".to_owned())
            .await;
        assert!(matches!(write, Err(StoreError::Fenced(_))), "{write:?}");
    }
}
