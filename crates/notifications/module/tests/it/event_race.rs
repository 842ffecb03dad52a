//! Many writers that commit or give up at random, several workers, and readers that hang up at random.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catalog_contract::ProductUpdated;
use orders_contract::CheckoutStarted;
use serde_json::Value;
use tenon_events::Emit as _;
use tenon_kernel::Role;
use tenon_testkit::{Dice, TestEngine, engines, rounds};
use tokio::task::{JoinSet, yield_now};

use crate::world::{World, empty_store, eur, id};

const WRITERS: usize = 64;
/// Transactions of each writer.
const UNITS: usize = 5;
/// Each works off what is due, as processes that share the work do.
const WORKERS: usize = 3;
const READERS: usize = 2;

/// One transaction of a writer: how many events it emits, and whether it commits.
#[derive(Clone, Copy)]
struct Unit {
    events: usize,
    commits: bool,
}

#[derive(Clone)]
struct Writer {
    number: usize,
    units: Vec<Unit>,
    pauses: Dice,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_get_every_event_once_in_order_whatever_writers_and_connections_do() {
    for engine in engines() {
        for round in 0..rounds(1) {
            play(engine, Dice::of_round(round)).await;
        }
    }
}

async fn play(engine: TestEngine, mut dice: Dice) {
    let seed = dice.seed();
    let world = Arc::new(World::hearing(engine, &["catalog", "orders"]).await);
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| Writer::roll(number, &mut dice))
        .collect();
    let committed: Vec<_> = writers.iter().map(Writer::committed).collect();

    let is_over = Arc::new(AtomicBool::new(false));
    let told = Told {
        total: committed.iter().sum(),
        is_whole: Arc::default(),
    };
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        let (world, is_over) = (Arc::clone(&world), Arc::clone(&is_over));
        workers.spawn(async move {
            while !is_over.load(Ordering::Acquire) {
                world.app.settle().await;
                yield_now().await;
            }
        });
    }
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        readers.spawn(list_all(
            Arc::clone(&world),
            Dice::with_seed(dice.roll(usize::MAX) as u64),
            told.clone(),
        ));
        readers.spawn(follow_all(
            Arc::clone(&world),
            Dice::with_seed(dice.roll(usize::MAX) as u64),
            told.clone(),
        ));
    }
    let mut writing = JoinSet::new();
    for writer in writers {
        writing.spawn(writer.write(Arc::clone(&world)));
    }
    while let Some(written) = writing.join_next().await {
        written.expect("a writer");
    }
    is_over.store(true, Ordering::Release);
    while let Some(worked) = workers.join_next().await {
        worked.expect("a worker");
    }
    world.app.settle().await;
    told.is_whole.store(true, Ordering::Release);
    while let Some(seen) = readers.join_next().await {
        check(&seen.expect("a reader"), &committed, seed);
    }
    world.app.assert_invariants().await;
}

impl Writer {
    fn roll(number: usize, dice: &mut Dice) -> Self {
        let units = (0..UNITS).map(|_| Unit {
            events: 1 + dice.roll(2),
            commits: dice.roll(4) > 0,
        });
        Self {
            number,
            units: units.collect(),
            pauses: Dice::with_seed(dice.roll(usize::MAX) as u64),
        }
    }

    fn committed(&self) -> usize {
        self.units
            .iter()
            .filter(|unit| unit.commits)
            .map(|unit| unit.events)
            .sum()
    }

    /// Emits events about one thing, numbered from 0 as far as they commit.
    async fn write(mut self, world: Arc<World>) {
        let source = if self.number.is_multiple_of(2) {
            "catalog"
        } else {
            "orders"
        };
        let db = world.app.kit().db(empty_store(source)).await;
        let mut next = 0;
        for unit in self.units {
            let mut ctx = world.app.kit().ctx();
            let mut tx = db
                .begin(&mut ctx, "test.write")
                .await
                .expect("the store is there");
            for step in 0..unit.events {
                let number = i64::try_from(next + step).expect("a small number");
                if source == "catalog" {
                    let event = ProductUpdated {
                        product_id: id(&self.number.to_string()),
                        version: number,
                        changed: Vec::new(),
                    };
                    tx.emit(&event).await.expect("written");
                } else {
                    let event = CheckoutStarted {
                        checkout_id: id(&self.number.to_string()),
                        cart_id: id("cart"),
                        order_id: id("order"),
                        total: eur(number),
                        expires_at: tenon_kernel::Timestamp::EPOCH,
                    };
                    tx.emit(&event).await.expect("written");
                }
                for _ in 0..self.pauses.roll(8) {
                    yield_now().await;
                }
            }
            if unit.commits {
                tx.commit().await.expect("committed");
                next += unit.events;
            } else {
                tx.rollback().await.expect("given up");
            }
        }
    }
}

/// What a reader knows: how much there will be, and whether it is all there by now.
#[derive(Clone)]
struct Told {
    total: usize,
    is_whole: Arc<AtomicBool>,
}

impl Told {
    fn is_whole(&self) -> bool {
        self.is_whole.load(Ordering::Acquire)
    }
}

/// Reads pages of all sizes, and forgets one now and then before it has noted where it was.
async fn list_all(world: Arc<World>, mut dice: Dice, told: Told) -> Vec<Value> {
    let sam = world.app.user("sam", &[Role::Staff]);
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let is_whole = told.is_whole();
        let limit = 1 + dice.roll(20);
        let after = cursor.as_ref().map(|cursor| format!("&cursor={cursor}"));
        let path = format!("/v1/events?limit={limit}{}", after.unwrap_or_default());
        let body = sam.get(&path).await.expect(200);
        if dice.roll(4) == 0 {
            continue;
        }
        seen.extend(body["data"].as_array().expect("a list").iter().cloned());
        cursor = body["next_cursor"].as_str().map(str::to_owned);
        if is_whole && body["has_more"] == false {
            return seen;
        }
        yield_now().await;
    }
}

/// Reads a stream, and hangs up now and then, also in the middle of what it is told.
async fn follow_all(world: Arc<World>, mut dice: Dice, told: Told) -> Vec<Value> {
    let reader = format!("reader {}", dice.seed());
    let sue = world.app.user(&reader, &[Role::Staff]);
    let (mut seen, mut last) = (Vec::new(), "0".to_owned());
    loop {
        let is_whole = told.is_whole();
        let request = sue.get("/v1/events/stream").header("last-event-id", &last);
        let mut stream = request.open().await;
        assert_eq!(stream.status(), 200);
        for _ in 0..=dice.roll(40) {
            // Waiting for more would take as long as a sign of life.
            if seen.len() >= told.total && !is_whole {
                break;
            }
            match stream.event().await {
                Some((id, event)) => {
                    assert_eq!(event["sequence"], id.as_str());
                    last = id;
                    seen.push(event);
                }
                None if is_whole => return seen,
                None if dice.roll(2) == 0 => break,
                None => {}
            }
        }
        yield_now().await;
    }
}

/// No gap, nothing twice, everything that was committed, and each subject in its order.
fn check(told: &[Value], committed: &[usize], seed: u64) {
    let expected: Vec<_> = (1..=told.len())
        .map(|number| format!("{number:019}"))
        .collect();
    let sequences: Vec<_> = told
        .iter()
        .map(|event| event["sequence"].as_str().expect("text"))
        .collect();
    assert_eq!(sequences, expected, "seed {seed}");

    let mut numbers: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for event in told {
        let data = &event["data"];
        let number = data["version"]
            .as_i64()
            .or_else(|| data["total"]["amount"].as_i64());
        let subject = event["subject"].as_str().expect("text");
        numbers
            .entry(subject)
            .or_default()
            .push(number.expect("numbered"));
    }
    let mut counts: Vec<_> = numbers.values().map(Vec::len).collect();
    let mut committed: Vec<_> = committed
        .iter()
        .copied()
        .filter(|count| *count > 0)
        .collect();
    counts.sort_unstable();
    committed.sort_unstable();
    assert_eq!(counts, committed, "seed {seed}");
    for (subject, numbers) in numbers {
        let expected: Vec<_> = (0..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "{subject}, seed {seed}");
    }
}
