//! Many workers gone at once, and many that live.

use std::time::Duration;

use tenon_store::Queryable as _;
use tenon_testkit::{TestEngine, engines, rounds};
use tokio::time::Instant;

use crate::support::World;

/// What an operator is promised, whatever the number.
const RESCUED_WITHIN: Duration = Duration::from_secs(60);
/// One live job to so many dead ones.
const DEAD_TO_LIVE: i64 = 5;

/// `$1` how many, `$2` now, `$3` when their leases end. Every tenth has had its last attempt. Nobody here runs their
/// kind, so that what is rescued stays where it is put.
const INSERT_SQLITE: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, lease_token, leased_until,
                      traceparent, created_at)
    SELECT randomblob(16), 'test.elsewhere', '{}', 'running', $2, CASE WHEN i % 10 = 0 THEN 3 ELSE 1 END, 3,
           randomblob(16), $3, '', $2 FROM n";
const INSERT_POSTGRES: &str = "
    INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, lease_token, leased_until,
                      traceparent, created_at)
    SELECT gen_random_uuid(), 'test.elsewhere', '{}', 'running', $2, CASE WHEN i % 10 = 0 THEN 3 ELSE 1 END, 3,
           gen_random_uuid(), $3, '', $2 FROM generate_series(1, $1) AS n(i)";

async fn insert(world: &World, engine: TestEngine, count: i64, lease: Duration) {
    let mut ctx = world.kit.ctx();
    let mut tx = world.db.begin(&mut ctx, "test.fill").await.expect("begins");
    let now = tx.now();
    let sql = match engine {
        TestEngine::Sqlite => INSERT_SQLITE,
        TestEngine::Postgres => INSERT_POSTGRES,
    };
    let inserted = tx
        .query(sql)
        .bind(count)
        .bind(now)
        .bind(now + lease)
        .execute()
        .await;
    assert_eq!(
        inserted
            .map(|count| i64::try_from(count).expect("fits"))
            .ok(),
        Some(count)
    );
    tx.commit().await.expect("commits");
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let ctx = world.kit.ctx();
    let counted = world.db.read(&ctx).query(sql).fetch_scalar::<i64>().await;
    counted.expect("reads").expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_jobs_of_dead_workers_are_rescued_and_none_of_the_living() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        let dead = i64::try_from(rounds(3_000)).expect("fits").max(10);
        let live = dead / DEAD_TO_LIVE;
        insert(&world, engine, dead, Duration::from_secs(30)).await;
        insert(&world, engine, live, Duration::from_mins(10)).await;
        world.kit.advance(Duration::from_secs(31));

        let started = Instant::now();
        let (one, other) = (world.worker(), world.worker());
        let (first, second) = tokio::join!(one.run_due(), other.run_due());
        assert_eq!((first.expect("runs"), second.expect("runs")), (0, 0));
        let took = started.elapsed();
        assert!(took < RESCUED_WITHIN, "{dead} jobs took {took:?}");

        let waiting = "SELECT COUNT(*) FROM jobs WHERE state = 'pending' AND lease_token IS NULL AND attempts = 1";
        let buried = "SELECT COUNT(*) FROM jobs WHERE state = 'dead' AND attempts = 3 AND finished_at IS NOT NULL";
        let running =
            "SELECT COUNT(*) FROM jobs WHERE state = 'running' AND lease_token IS NOT NULL";
        assert_eq!(count(&world, waiting).await, dead - dead / 10, "{engine:?}");
        assert_eq!(count(&world, buried).await, dead / 10, "{engine:?}");
        assert_eq!(count(&world, running).await, live, "{engine:?}");
    }
}
