//! Copies of a request that meet the first one at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tenon_kernel::{CallCtx, IdempotencyScope};
use tenon_store::{Claim, Db, StoreError};
use tenon_testkit::{Kit, rounds};
use tokio::time::Instant;

use crate::fixture::{count, insert, stores, thing};

const OPERATION: &str = "add_thing";
/// What a copy waits at most, with room for a busy machine.
const PATIENCE: std::ops::Range<u128> = 900..5_000;

fn keyed(kit: &Kit, subject: &str, body: u8) -> CallCtx {
    kit.ctx().with_idempotency(IdempotencyScope {
        key: "k1".to_owned(),
        subject: subject.to_owned(),
        fingerprint: [body; 32],
    })
}

/// Adds a thing under the key, or says what the copy before it answered.
async fn add_thing(
    kit: &Kit,
    db: &Db,
    mut ctx: CallCtx,
    runs: &AtomicU32,
) -> Result<String, StoreError> {
    let mut tx = db.begin(&mut ctx, "things.add").await?;
    if let Claim::Replay(outcome) = tx.claim_key::<String, String>(OPERATION).await? {
        return Ok(outcome.expect("things are never refused"));
    }
    let run = runs.fetch_add(1, Ordering::SeqCst);
    let thing = thing(kit, &format!("thing {run}"));
    insert(&mut tx, &thing).await?;
    let id = thing.id.to_string();
    tx.commit_outcome::<String, String>(OPERATION, &Ok(id.clone()), None)
        .await?;
    Ok(id)
}

/// The handler is held for longer than its copies have patience: they are told to come back, and none does the
/// work. On SQLite they wait for the one writer and cannot see the row they wait for; they learn it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn copies_of_a_long_unit_come_back_and_find_its_outcome() {
    for (kit, db) in stores().await {
        let (kit, runs) = (Arc::new(kit), Arc::new(AtomicU32::new(0)));
        // A unit of its own each time: PostgreSQL ends one that is left open for long.
        for round in 1..=rounds(2) {
            let user = format!("user:{round}");
            let mut ctx = keyed(&kit, &user, 1);
            let mut tx = db.begin(&mut ctx, "things.slow").await.expect("begins");
            let claim = tx.claim_key::<String, String>(OPERATION).await;
            assert!(matches!(claim, Ok(Claim::Fresh)), "{claim:?}");
            let only = thing(&kit, &format!("the only one of {user}"));
            insert(&mut tx, &only).await.expect("is added");

            let copies: Vec<_> = (0..3)
                .map(|_| {
                    let (kit, db, runs) = (Arc::clone(&kit), db.clone(), Arc::clone(&runs));
                    let ctx = keyed(&kit, &user, 1);
                    tokio::spawn(async move {
                        let started = Instant::now();
                        (add_thing(&kit, &db, ctx, &runs).await, started.elapsed())
                    })
                })
                .collect();
            for copy in copies {
                let (answer, took) = copy.await.expect("runs");
                assert!(matches!(answer, Err(StoreError::KeyInFlight)), "{answer:?}");
                assert!(PATIENCE.contains(&took.as_millis()), "{took:?}");
            }
            let id = only.id.to_string();
            tx.commit_outcome::<String, String>(OPERATION, &Ok(id.clone()), None)
                .await
                .expect("commits");
            let copy = add_thing(&kit, &db, keyed(&kit, &user, 1), &runs).await;
            assert_eq!(copy.expect("is replayed"), id);
            assert_eq!(
                (runs.load(Ordering::SeqCst), count(&db, &kit.ctx()).await),
                (0, i64::try_from(round).expect("a few"))
            );
        }
    }
}

/// Others do not take the queue at the writer for a copy of theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_of_another_user_waits_for_its_turn_instead() {
    for (kit, db) in stores().await {
        let (kit, runs) = (Arc::new(kit), Arc::new(AtomicU32::new(0)));
        let mut ctx = keyed(&kit, "user:1", 1);
        let mut tx = db.begin(&mut ctx, "things.slow").await.expect("begins");
        let claim = tx.claim_key::<String, String>(OPERATION).await;
        assert!(matches!(claim, Ok(Claim::Fresh)), "{claim:?}");

        let (others_kit, others_db, others_runs) =
            (Arc::clone(&kit), db.clone(), Arc::clone(&runs));
        let other = tokio::spawn(async move {
            let ctx = keyed(&others_kit, "user:2", 1);
            add_thing(&others_kit, &others_db, ctx, &others_runs).await
        });
        let copy = add_thing(&kit, &db, keyed(&kit, "user:1", 1), &runs).await;
        assert!(matches!(copy, Err(StoreError::KeyInFlight)), "{copy:?}");
        tx.rollback().await.expect("rolls back");
        other.await.expect("runs").expect("has its turn");
        let again = add_thing(&kit, &db, keyed(&kit, "user:1", 1), &runs).await;
        again.expect("the first left nothing behind");
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }
}
