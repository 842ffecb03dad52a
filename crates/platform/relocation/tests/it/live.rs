//! Data moves while writers write and a consumer reads the feed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_events::{Emit as _, Envelope, Feed as _, LocalFeed};
use tenon_kernel::{CallCtx, IdempotencyScope};
use tenon_relocation::Event;
use tenon_seam::{Executed, SeamFault};
use tenon_store::{Claim, Db, Queryable as _, StoreError};
use tenon_testkit::Kit;
use tokio::task::JoinSet;

use crate::rows::{Row, V, insert, t};
use crate::support::{Recorder, SAMPLES, World, directions, texts};

const WRITERS: i64 = 3;
/// More than any machine writes while this data moves; a writer that gets there was never fenced.
const MOST_TURNS: i64 = 200_000;
const ROWS_BEFORE: i64 = 2_000;

/// What a writer tells.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Done {
    writer: String,
    turn: i64,
}

tenon_seam::event!(Done, "samples.done", 1, writer);

/// One turn: a deed, its event, a row that counts up, and two rows that swap a unique label.
async fn turn(db: &Db, kit_ctx: &CallCtx, writer: i64, turn: i64) -> Result<(), StoreError> {
    let mut ctx = kit_ctx.child();
    let mut tx = db.begin(&mut ctx, "samples.turn").await?;
    tx.query("INSERT INTO deeds (writer, turn) VALUES ($1, $2)")
        .bind(writer)
        .bind(turn)
        .execute()
        .await?;
    tx.query(
        "INSERT INTO words (language, word, seen) VALUES ('w', $1, 1)
         ON CONFLICT (language, word) DO UPDATE SET seen = words.seen + 1",
    )
    .bind(format!("word {}", turn % 17))
    .execute()
    .await?;
    let (a, b) = (format!("a{writer}"), format!("b{writer}"));
    for (from, to) in [
        (&a, "between"),
        (&b, a.as_str()),
        (&"between".to_owned(), b.as_str()),
    ] {
        let to = if to == "between" {
            format!("between{writer}")
        } else {
            to.to_owned()
        };
        let from = if from == "between" {
            format!("between{writer}")
        } else {
            from.clone()
        };
        tx.query("UPDATE samples SET label = $2, amount = amount + 1 WHERE label = $1")
            .bind(from)
            .bind(to)
            .execute()
            .await?;
    }
    tx.query("DELETE FROM words WHERE language = 'gone' AND word = $1")
        .bind(format!("{writer} {turn}"))
        .execute()
        .await?;
    tx.emit(&Done {
        writer: format!("writer {writer}"),
        turn,
    })
    .await?;
    tx.commit().await
}

/// Writes until the fence; returns the turns that were acknowledged.
async fn write_until_fenced(db: Db, ctx: CallCtx, writer: i64) -> Vec<(i64, i64)> {
    let mut acknowledged = Vec::new();
    for number in 0..MOST_TURNS {
        loop {
            match turn(&db, &ctx, writer, number).await {
                Ok(()) => {
                    acknowledged.push((writer, number));
                    break;
                }
                Err(StoreError::Contention(_)) => {}
                Err(error @ StoreError::Fenced(_)) => {
                    let fault = SeamFault::from(error);
                    assert_eq!(
                        fault,
                        SeamFault::Unavailable {
                            executed: Executed::No
                        }
                    );
                    // Whoever asks again is refused again.
                    let again = turn(&db, &ctx, writer, number).await;
                    assert!(matches!(again, Err(StoreError::Fenced(_))), "{again:?}");
                    return acknowledged;
                }
                Err(error) => panic!("writer {writer}: {error:?}"),
            }
        }
    }
    panic!("writer {writer} was never fenced");
}

/// Reads the feed from its beginning until the writers are done and nothing more can be read.
async fn read_feed(feed: LocalFeed, done: Arc<AtomicBool>) -> Vec<Envelope> {
    let mut events: Vec<Envelope> = Vec::new();
    loop {
        let was_done = done.load(Ordering::Acquire);
        let after = events.last().map_or(0, |event| event.feedposition);
        match feed.read(after, 100).await {
            Ok(page) if page.events.is_empty() && was_done => return events,
            Ok(page) => events.extend(page.events),
            // On PostgreSQL events without position cannot get one any more.
            Err(_) if was_done => return events,
            Err(_) => {}
        }
        tokio::task::yield_now().await;
    }
}

fn keyed(kit: &Kit) -> CallCtx {
    kit.ctx().with_idempotency(IdempotencyScope {
        key: "k1".to_owned(),
        subject: "user:1".to_owned(),
        fingerprint: [7; 32],
    })
}

async fn rows_before(world: &World) {
    let mut rows: Vec<Row> = Vec::new();
    for number in 1..=ROWS_BEFORE {
        rows.push(("owners", vec![V::U(number)]));
        let label = match number {
            1..=WRITERS => format!("a{number}"),
            _ if number <= 2 * WRITERS => format!("b{}", number - WRITERS),
            _ => format!("row {number}"),
        };
        let values = vec![
            V::U(number),
            t(label),
            V::I(0),
            V::B(true),
            V::X(40, number),
            V::Null,
            V::Null,
            V::At(number),
            V::Null,
        ];
        rows.push(("samples", values));
        rows.push((
            "words",
            vec![
                t("gone"),
                t(format!("{} {}", number % WRITERS + 1, number)),
                V::I(0),
            ],
        ));
    }
    insert(&mut world.source().await, &rows).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_while_writers_write() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        rows_before(&world).await;
        let mut ctx = keyed(&world.from);
        let mut tx = world
            .db
            .begin(&mut ctx, "samples.keyed")
            .await
            .expect("begins");
        let claim = tx.claim_key::<String, String>("add").await.expect("claims");
        assert!(matches!(claim, Claim::Fresh));
        tx.commit_outcome::<String, String>("add", &Ok("answer".to_owned()), None)
            .await
            .expect("commits");

        let done = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn(read_feed(
            LocalFeed::new(world.db.clone()),
            Arc::clone(&done),
        ));
        let mut writers = JoinSet::new();
        for writer in 1..=WRITERS {
            writers.spawn(write_until_fenced(
                world.db.clone(),
                world.from.ctx(),
                writer,
            ));
        }
        let recorder = Recorder::default();
        let report = world.relocation().run(&recorder).await;
        let report = report.unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error:?}"));
        let mut acknowledged: Vec<(i64, i64)> = writers.join_all().await.concat();
        done.store(true, Ordering::Release);
        let before = reader.await.expect("reads");
        println!(
            "{from:?} to {to:?}: {} turns, {} events read before, writes paused for {:?} ms of {} ms",
            acknowledged.len(),
            before.len(),
            report.paused_ms,
            report.took_ms
        );

        // Every acknowledged write is there, none twice, and no other.
        let db = world.to.db(SAMPLES).await;
        let mut stored: Vec<(i64, i64)> = texts(
            &mut world.destination().await,
            "SELECT CAST(writer AS text) || ' ' || CAST(turn AS text) FROM deeds",
        )
        .await
        .iter()
        .map(|line| {
            let (writer, turn) = line.split_once(' ').expect("two numbers");
            (
                writer.parse().expect("a number"),
                turn.parse().expect("a number"),
            )
        })
        .collect();
        stored.sort_unstable();
        acknowledged.sort_unstable();
        assert!(acknowledged.len() > 20, "writers wrote");
        assert_eq!(stored, acknowledged, "{from:?} to {to:?}");

        // The consumer goes on at its own cursor: no gap, no repeat, in order.
        let feed = LocalFeed::new(db.clone());
        let mut events = before;
        loop {
            let after = events.last().map_or(0, |event| event.feedposition);
            let page = feed.read(after, 500).await.expect("reads");
            if page.events.is_empty() {
                break;
            }
            events.extend(page.events);
        }
        let positions: Vec<i64> = events.iter().map(|event| event.feedposition).collect();
        let last = i64::try_from(acknowledged.len()).expect("few");
        let expected: Vec<i64> = (1..=last).collect();
        assert_eq!(positions, expected, "{from:?} to {to:?}");
        let mut told: Vec<(i64, i64)> = events
            .iter()
            .map(|event| {
                let done: Done = serde_json::from_value(event.data.clone()).expect("its data");
                let writer = done.writer.trim_start_matches("writer ").parse();
                (writer.expect("a number"), done.turn)
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, acknowledged, "{from:?} to {to:?}");

        // The next event follows, and the key is honoured.
        turn(&db, &world.to.ctx(), 1, MOST_TURNS)
            .await
            .expect("writes");
        let next = feed.read(last, 10).await.expect("reads").events;
        assert_eq!(next.len(), 1);
        assert_eq!(next[0].feedposition, last + 1, "{from:?} to {to:?}");
        let mut ctx = keyed(&world.to);
        let mut tx = db.begin(&mut ctx, "samples.keyed").await.expect("begins");
        let claim = tx.claim_key::<String, String>("add").await.expect("claims");
        assert!(matches!(claim, Claim::Replay(Ok(answer)) if answer == "answer"));
    }
}

/// A unit that is open when the fence goes up is waited for, and what it commits arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_in_flight_is_waited_for() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        let (gate, observer) =
            crate::support::gate(|event| matches!(event, Event::CaughtUp { .. }));
        let relocation = world.relocation();
        let mover = tokio::spawn(async move { relocation.run(&*observer).await });
        gate.reached().await;
        let mut ctx = world.from.ctx();
        let mut tx = world
            .db
            .begin(&mut ctx, "samples.slow")
            .await
            .expect("begins");
        tx.query("INSERT INTO deeds (writer, turn) VALUES (7, 7)")
            .execute()
            .await
            .expect("adds");
        gate.open();
        // The mover runs into the open unit; it cannot pass it, however long this takes.
        for _ in 0..5_000 {
            tokio::task::yield_now().await;
        }
        assert!(!mover.is_finished());
        tx.commit().await.expect("was begun before the fence");
        let report = mover.await.expect("ends").expect("moves");
        assert_eq!(report.epoch, 2);
        let sum = "SELECT CAST(COUNT(*) AS text) FROM deeds WHERE writer = 7";
        assert_eq!(texts(&mut world.destination().await, sum).await, ["1"]);
    }
}
