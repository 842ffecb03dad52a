//! What units of work may see of each other, judged from outside: units append to lists and read them, and a checker looks
//! for anomalies in the history of what they were told (Adya 1999; the method is that of Jepsen's Elle).
//!
//! SQLite has one writer, and each unit sees all that was committed before it began: strictly serializable. PostgreSQL
//! runs units at READ COMMITTED, and modules guard their writes; nothing uncommitted or rolled back may be seen there.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use adya::{History, Opts, Valid, Workload, check};
use serde_json::{Value, json};
use tenon_kernel::CallCtx;
use tenon_store::{Db, Engine, Queryable, StoreError};
use tenon_testkit::{Dice, Kit, rounds};
use tokio::sync::Barrier;

use crate::fixture::{Thing, insert, on_postgres, stores, thing};

const LISTS: [&str; 4] = ["a", "b", "c", "d"];
const WORKERS: usize = 6;
/// Of each worker. Lists grow with them, and each reader reads all of one.
const UNITS: usize = 20;

/// One step of a unit.
#[derive(Debug, Clone, Copy)]
enum Step {
    Read(&'static str),
    Append(&'static str, i64),
}

/// What happened, in the order in which it was told.
#[derive(Default)]
struct Told {
    lines: Mutex<Vec<Value>>,
    next_value: AtomicI64,
    next_process: AtomicI64,
}

impl Told {
    fn note(&self, kind: &str, process: i64, value: &[Value]) {
        let line = json!({ "type": kind, "process": process, "value": value });
        self.lines
            .lock()
            .expect("nobody panics holding it")
            .push(line);
    }

    /// A list may get a value once.
    fn value(&self) -> i64 {
        self.next_value.fetch_add(1, Ordering::SeqCst)
    }

    /// A new process: whoever does not know how its unit ended does nothing else.
    fn process(&self) -> i64 {
        self.next_process.fetch_add(1, Ordering::SeqCst)
    }

    /// Which anomalies forbid that the history is of this model; none if it can be.
    fn anomalies(&self, model: &str) -> Vec<String> {
        let lines = self.lines.lock().expect("nobody panics holding it");
        let history = Value::Array(lines.clone()).to_string();
        let history = History::from_json(&history).expect("a history");
        let opts = Opts {
            models: vec![model.to_owned()],
            ..Opts::default()
        };
        let report = check(&history, Workload::ListAppend, &opts);
        assert_ne!(
            report.valid,
            Valid::Unknown,
            "the checker cannot say: {:?}",
            report.anomaly_types
        );
        report.anomaly_types
    }
}

async fn make_lists(kit: &Kit, db: &Db) {
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "lists.make").await.expect("begins");
    for name in LISTS {
        let empty = Thing {
            note: Some(String::new()),
            ..thing(kit, name)
        };
        insert(&mut tx, &empty).await.expect("inserts");
    }
    tx.commit().await.expect("commits");
}

async fn take<Q: Queryable>(place: &mut Q, step: Step) -> Result<Value, StoreError> {
    match step {
        Step::Read(list) => {
            let note: Option<String> = place
                .query("SELECT note FROM things WHERE name = $1")
                .bind(list)
                .fetch_scalar()
                .await?;
            let note = note.unwrap_or_default();
            let values: Vec<i64> = note
                .split_terminator(',')
                .map(|value| value.parse().expect("a number"))
                .collect();
            Ok(json!(["r", list, values]))
        }
        Step::Append(list, value) => {
            place
                .query("UPDATE things SET note = note || $2 WHERE name = $1")
                .bind(list)
                .bind(format!("{value},"))
                .execute()
                .await?;
            Ok(json!(["append", list, value]))
        }
    }
}

fn intended(steps: &[Step]) -> Vec<Value> {
    steps
        .iter()
        .map(|step| match step {
            Step::Read(list) => json!(["r", list, null]),
            Step::Append(list, value) => json!(["append", list, value]),
        })
        .collect()
}

/// Runs the steps as one unit and tells how it ended; whether that is known.
async fn unit(db: &Db, ctx: &mut CallCtx, told: &Told, process: i64, steps: &[Step]) -> bool {
    let intended = intended(steps);
    told.note("invoke", process, &intended);
    let ran = async {
        let mut tx = db.begin(ctx, "lists.change").await?;
        let mut done = Vec::new();
        for step in steps {
            done.push(take(&mut tx, *step).await?);
        }
        Ok::<_, StoreError>((tx, done))
    };
    match ran.await {
        Ok((tx, done)) => match tx.commit().await {
            Ok(()) => told.note("ok", process, &done),
            Err(_unknown) => {
                told.note("info", process, &intended);
                return false;
            }
        },
        Err(_rolled_back) => told.note("fail", process, &intended),
    }
    true
}

fn roll(dice: &mut Dice, told: &Told) -> Vec<Step> {
    let count = 1 + dice.roll(4);
    (0..count)
        .map(|_| {
            let list = dice.pick(&LISTS);
            if dice.roll(2) == 0 {
                Step::Read(list)
            } else {
                Step::Append(list, told.value())
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_unit_sees_what_its_engine_promises_to_hide() {
    for round in 0..rounds(1) {
        let seed = Dice::of_round(round * WORKERS).seed();
        for (kit, db) in stores().await {
            let anomalies = history_of(&kit, &db, round).await;
            assert!(
                anomalies.is_empty(),
                "{:?}: {anomalies:?}, seed {seed}",
                db.engine()
            );
        }
    }
}

/// Lets workers run units on fresh lists; returns the anomalies that the engine promises to prevent.
async fn history_of(kit: &Kit, db: &Db, round: usize) -> Vec<String> {
    make_lists(kit, db).await;
    let told = Arc::new(Told::default());
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| {
            let (db, told, mut ctx) = (db.clone(), Arc::clone(&told), kit.ctx());
            tokio::spawn(async move {
                let mut dice = Dice::of_round(round * WORKERS + worker);
                let mut process = told.process();
                for _ in 0..UNITS {
                    let steps = roll(&mut dice, &told);
                    // One of eight leaves its unit in the middle: what it did must not be seen by anybody.
                    let known = if dice.roll(8) == 0 {
                        leave(&db, &mut ctx, &told, process, &steps).await;
                        true
                    } else {
                        unit(&db, &mut ctx, &told, process, &steps).await
                    };
                    if !known {
                        process = told.process();
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no worker panics");
    }
    let model = match db.engine() {
        Engine::Sqlite => "strict-serializable",
        Engine::Postgres => "read-committed",
    };
    told.anomalies(model)
}

/// Does everything and rolls back.
async fn leave(db: &Db, ctx: &mut CallCtx, told: &Told, process: i64, steps: &[Step]) {
    let intended = intended(steps);
    told.note("invoke", process, &intended);
    if let Ok(mut tx) = db.begin(ctx, "lists.leave").await {
        for step in steps {
            if take(&mut tx, *step).await.is_err() {
                break;
            }
        }
        drop(tx);
    }
    told.note("fail", process, &intended);
}

/// The checker is not blind: two units that read what the other one changes are found where the engine lets them.
#[tokio::test(flavor = "multi_thread")] // two at once need two connections
async fn the_checker_finds_write_skew() {
    let Some((kit, db)) = on_postgres().await else {
        return;
    };
    make_lists(&kit, &db).await;
    let told = Arc::new(Told::default());
    let both_have_read = Arc::new(Barrier::new(2));
    let skew = |own: &'static str, other: &'static str| {
        let (db, told, mut ctx) = (db.clone(), Arc::clone(&told), kit.ctx());
        let both_have_read = Arc::clone(&both_have_read);
        async move {
            let process = told.process();
            let steps = [Step::Read(other), Step::Append(own, told.value())];
            told.note("invoke", process, &intended(&steps));
            let mut tx = db.begin(&mut ctx, "lists.skew").await.expect("begins");
            let read = take(&mut tx, steps[0]).await.expect("reads");
            both_have_read.wait().await;
            let appended = take(&mut tx, steps[1]).await.expect("appends");
            tx.commit().await.expect("commits");
            told.note("ok", process, &[read, appended]);
        }
    };
    tokio::join!(skew("a", "b"), skew("b", "a"));
    // Somebody must have seen the lists for their order to be known.
    let process = told.process();
    let mut ctx = kit.ctx();
    let all = LISTS.map(Step::Read);
    assert!(unit(&db, &mut ctx, &told, process, &all).await);
    assert_eq!(told.anomalies("serializable"), ["G2-item"]);
    assert_eq!(told.anomalies("read-committed"), [""; 0]);
}
