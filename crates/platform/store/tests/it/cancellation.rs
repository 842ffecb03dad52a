//! Callers that leave: clients hang up, deadlines pass, futures are dropped at any point.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _};
use tenon_kernel::Deadline;
use tenon_store::{Db, Queryable, StoreConfig};
use tenon_testkit::Kit;

use crate::fixture::{count, insert, stores, thing};

const ROUNDS: u32 = 600;
/// Fewer than the pool has connections, so that most units come as far as `BEGIN`.
const AT_ONCE: u32 = 6;
/// As often as a whole unit waits on PostgreSQL.
const MOST_WAITS: u32 = 6;

/// Leaves units of work at every point at which they wait: for a turn, for `BEGIN`, for each statement, for the commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cancelled_units_leave_no_transaction_behind() {
    for (kit, db) in stores().await {
        let kit = Arc::new(kit);
        let mut left = 0;
        for round in 0..ROUNDS / AT_ONCE {
            let tasks: Vec<_> = (0..AT_ONCE)
                .map(|lane| {
                    let (kit, db) = (Arc::clone(&kit), db.clone());
                    tokio::spawn(async move {
                        let name = format!("{round}-{lane}");
                        let unit = Box::pin(work(&kit, &db, &name));
                        polled(1 + (round + lane) % MOST_WAITS, unit)
                            .await
                            .is_none()
                    })
                })
                .collect();
            for task in tasks {
                left += u32::from(task.await.expect("no unit panics"));
            }
        }
        assert!(left > ROUNDS / 10, "only {left} units were left half-way");
        assert_eq!(
            idle_in_transaction(&kit).await,
            0,
            "before anybody tidies up"
        );

        let mut ctx = kit.ctx().with_timeout(Duration::from_secs(5));
        let mut tx = db
            .begin(&mut ctx, "things.after")
            .await
            .expect("a unit begins after the storm");
        insert(&mut tx, &thing(&kit, "after"))
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        ctx.deadline = Deadline::NONE;
        assert!(count(&db, &ctx).await >= 1);
        assert_eq!(idle_in_transaction(&kit).await, 0);
    }
}

/// One unit at a time, so that no later one uses its connection and ends what it left open.
#[tokio::test]
async fn a_unit_that_is_left_at_any_wait_leaves_no_session_in_a_transaction() {
    for (kit, db) in stores().await {
        for waits in 1..=MOST_WAITS {
            for round in 0..3 {
                let name = format!("{waits}-{round}");
                let _done = polled(waits, Box::pin(work(&kit, &db, &name))).await;
                let idle = idle_in_transaction(&kit).await;
                assert_eq!(idle, 0, "left at wait {waits}");
            }
        }
    }
}

/// Drops a future that is not done after so many polls.
async fn polled<T>(mut times: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        if let Poll::Ready(done) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(done));
        }
        times -= 1;
        if times == 0 {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    })
    .await
}

/// A statement that is left in the middle leaves its unit unusable, and the next one unharmed.
#[tokio::test]
async fn a_statement_that_is_left_breaks_its_unit_only() {
    for (kit, db) in stores().await {
        let mut ctx = kit.ctx();
        let mut tx = db.begin(&mut ctx, "things.slow").await.expect("begins");
        insert(&mut tx, &thing(&kit, "left"))
            .await
            .expect("inserts");
        let slow = tx
            .query(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 300000)
                 SELECT COUNT(*) FROM numbers",
            )
            .fetch_scalar::<i64>();
        assert!(
            tokio::time::timeout(Duration::from_millis(1), slow)
                .await
                .is_err(),
            "slow enough to be left"
        );
        tx.query("SELECT 1")
            .execute()
            .await
            .expect_err("nobody knows what the unit has done");
        drop(tx);

        let mut tx = db.begin(&mut ctx, "things.next").await.expect("begins");
        insert(&mut tx, &thing(&kit, "next"))
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        assert_eq!(count(&db, &ctx).await, 1);
    }
}

async fn work(kit: &Kit, db: &Db, name: &str) {
    let mut ctx = kit.ctx();
    let mut tx = db.begin(&mut ctx, "things.storm").await.expect("begins");
    insert(&mut tx, &thing(kit, name)).await.expect("inserts");
    tx.query("SELECT COUNT(*) FROM things")
        .fetch_scalar::<i64>()
        .await
        .expect("reads");
    tx.commit().await.expect("commits");
}

/// Sessions of PostgreSQL that sit in a transaction and do nothing, after the pool had time to tidy up.
async fn idle_in_transaction(kit: &Kit) -> i64 {
    let StoreConfig::Postgres { url, .. } = kit.config() else {
        return 0;
    };
    let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
    let mut owner = options.connect().await.expect("connects");
    let mut idle = 0;
    for _ in 0..100 {
        idle = sqlx::query_scalar(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .fetch_one(&mut owner)
        .await
        .expect("reads");
        if idle == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    owner.close().await.expect("closes");
    idle
}
