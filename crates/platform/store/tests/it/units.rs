//! Units of work: commit, rollback, deadlines, bells, queues.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tenon_store::{Queryable, StoreError, retrying};

use crate::fixture::{count, insert, stores, thing};

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_dropped_unit_leaves_nothing_behind() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "dropped"))
            .await
            .expect("inserts");
        drop(tx);
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "rolled back"))
            .await
            .expect("inserts");
        tx.rollback().await.expect("rolls back");
        assert_eq!(count(&db, &ctx).await, 0);
        assert!(!ctx.stats().has_open_unit());
    }
}

#[tokio::test(flavor = "multi_thread")] // two at once need two connections
async fn readers_see_only_what_is_committed() {
    for (kit, db) in stores().await {
        let (mut ctx, other) = (kit.ctx(), kit.ctx());
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "tea")).await.expect("inserts");
        assert!(tx.ctx().stats().has_open_unit());
        assert_eq!(count(&db, &other).await, 0);
        tx.commit().await.expect("commits");
        assert_eq!(count(&db, &other).await, 1);
    }
}

#[tokio::test]
async fn one_instant_for_all_rows_of_a_unit() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        let began = tx.now();
        kit.advance(Duration::from_secs(5));
        assert_eq!(tx.now(), began);
        assert_eq!(tx.env().now().since(began), Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_passed_deadline_starts_nothing() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx().with_timeout(Duration::ZERO);
        let begun = db.begin(&mut ctx, "things.insert").await.map(|_| ());
        assert!(
            matches!(begun, Err(StoreError::DeadlineExceeded)),
            "{begun:?}"
        );
        let read = db
            .read(&ctx)
            .query("SELECT COUNT(*) FROM things")
            .fetch_scalar::<i64>()
            .await;
        assert!(
            matches!(read, Err(StoreError::DeadlineExceeded)),
            "{read:?}"
        );
    }
}

/// A test on one thread has one turn, on either engine.
#[tokio::test]
async fn the_deadline_bounds_the_wait_for_a_turn() {
    for (kit, db) in stores().await {
        let mut holding = kit.ctx();
        let held = db.begin(&mut holding, "things.hold").await;
        let held = held.expect("there is a turn");
        let mut late = kit.ctx().with_timeout(Duration::from_millis(50));
        let begun = db.begin(&mut late, "things.late").await.map(|_| ());
        assert!(
            matches!(begun, Err(StoreError::DeadlineExceeded)),
            "{begun:?}"
        );
        drop(held);
        let mut next = kit.ctx();
        db.begin(&mut next, "things.next")
            .await
            .expect("the place is free again");
    }
}

#[tokio::test]
async fn bells_ring_after_the_commit_only() {
    for (kit, db) in stores().await {
        let (events, jobs) = (db.events_wake(), db.jobs_wake());
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        tx.wake_events();
        tx.wake_jobs();
        tx.rollback().await.expect("rolls back");
        assert!(
            tokio::time::timeout(Duration::from_millis(20), events.wait(LONG))
                .await
                .is_err()
        );

        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        tx.wake_events();
        tx.commit().await.expect("commits");
        tokio::time::timeout(LONG, events.wait(LONG * 2))
            .await
            .expect("the events bell has rung");
        assert!(
            tokio::time::timeout(Duration::from_millis(20), jobs.wait(LONG))
                .await
                .is_err()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_take_turns_and_lose_nothing() {
    for (kit, db) in stores().await {
        let (mut ctx, kit) = (kit.ctx(), Arc::new(kit));
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "counter"))
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        let tasks: Vec<_> = (0..40)
            .map(|_| {
                let (kit, db) = (Arc::clone(&kit), db.clone());
                tokio::spawn(async move {
                    retrying(|| async {
                        let mut ctx = kit.ctx();
                        let mut tx = db.begin(&mut ctx, "things.count").await?;
                        tx.query("UPDATE things SET amount = amount + 1 WHERE name = 'counter'")
                            .execute()
                            .await?;
                        tx.commit().await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("runs").expect("counts");
        }
        let amount: Option<i64> = db
            .read(&ctx)
            .query("SELECT amount FROM things")
            .fetch_scalar()
            .await
            .expect("reads");
        assert_eq!(amount, Some(41));
    }
}

#[tokio::test]
async fn deadlocks_are_run_again() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.insert").await.expect("begins");
        insert(&mut tx, &thing(&kit, "a")).await.expect("inserts");
        insert(&mut tx, &thing(&kit, "b")).await.expect("inserts");
        tx.commit().await.expect("commits");
        let tries = AtomicU32::new(0);
        let lock_both = |first: &'static str, second: &'static str| {
            let (kit, db, tries) = (&kit, &db, &tries);
            retrying(move || async move {
                tries.fetch_add(1, Ordering::Relaxed);
                let mut ctx = kit.ctx();
                let mut tx = db.begin(&mut ctx, "things.lock").await?;
                for name in [first, second] {
                    tx.query("UPDATE things SET amount = amount + 1 WHERE name = $1")
                        .bind(name)
                        .execute()
                        .await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                tx.commit().await
            })
        };
        let (one, other) = tokio::join!(lock_both("a", "b"), lock_both("b", "a"));
        one.expect("succeeds in the end");
        other.expect("succeeds in the end");
        let total: Option<i64> = db
            .read(&ctx)
            .query("SELECT CAST(SUM(amount) AS bigint) FROM things")
            .fetch_scalar()
            .await
            .expect("reads");
        assert_eq!(total, Some(6), "after {} tries", tries.into_inner());
    }
}
