//! Settling, running, stopping, maintaining.

use std::time::Duration;

use tenon_kernel::{CallCtx, IdempotencyScope};
use tenon_module::{Runtime, RuntimeSettings};
use tenon_store::{Claim, Db, Queryable as _, StoreError};
use tenon_testkit::engines;

use crate::support::{Endless, Send, World};

const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn settling_follows_work_from_module_to_module_until_nothing_is_due() {
    for engine in engines() {
        let mut world = World::new(engine).await;
        let runtime = Runtime::paused(world.modules(), vec![]);
        runtime.settle().await.expect("settles");
        for order in ["a", "b", "c"] {
            world.place(order).await;
        }
        runtime.settle().await.expect("settles");
        let mut sent: Vec<_> = std::iter::from_fn(|| world.sent.try_recv().ok()).collect();
        sent.sort();
        assert_eq!(sent, ["a", "b", "c"]);
        assert_eq!(
            world.emitted_by_mail().await,
            ["test.sent", "test.sent", "test.sent"]
        );
    }
}

#[tokio::test]
async fn work_that_never_ends_is_named() {
    for engine in engines() {
        let world = World::new(engine).await;
        let settings = RuntimeSettings {
            settle_rounds: 20,
            ..RuntimeSettings::default()
        };
        let runtime = Runtime::paused_with(settings, world.modules(), vec![]);
        world.enqueue(&Endless {}).await;
        let outcome = runtime.settle().await;
        let Err(StoreError::Inconsistent { what }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(what, "work that never ends: mail: 1 × job mail.endless");
    }
}

#[tokio::test]
async fn a_started_runtime_works_by_itself_and_stops() {
    for engine in engines() {
        let mut world = World::new(engine).await;
        let mut settings = RuntimeSettings::default();
        settings.events.poll = Duration::from_hours(1);
        settings.jobs.poll = Duration::from_hours(1);
        let runtime = Runtime::start_with(settings, world.modules(), vec![]);
        world.place("a").await;
        let sent = tokio::time::timeout(Duration::from_secs(20), world.sent.recv()).await;
        assert_eq!(sent.expect("is woken, not polled").as_deref(), Some("a"));
        runtime.stop().await;
        assert!(world.mail.ping().await.is_err(), "the stores are closed");
    }
}

/// Polls are an hour of real time apart here, and no schedule is due.
#[tokio::test]
async fn work_of_a_later_time_runs_at_once_when_the_clock_is_set_to_it() {
    for engine in engines() {
        let mut world = World::new(engine).await;
        let mut settings = RuntimeSettings::default();
        settings.events.poll = Duration::from_hours(1);
        settings.jobs.poll = Duration::from_hours(1);
        let runtime = Runtime::start_with(settings, world.modules(), vec![]);
        let wake = runtime.waker();
        world.enqueue_in(5 * MINUTE, &Send::new("later")).await;
        world.place("now").await;
        for expected in ["now", "later"] {
            let sent = tokio::time::timeout(Duration::from_secs(20), world.sent.recv()).await;
            assert_eq!(sent.expect("is woken").as_deref(), Some(expected));
            // Time for the workers to find nothing more and lie down: who is still up would see the new time anyway.
            for _ in 0..200 {
                world.mail.ping().await.expect("the store answers");
            }
            world.kit.advance(5 * MINUTE);
            wake();
        }
        runtime.stop().await;
    }
}

async fn use_key(world: &World, db: &Db) {
    let mut ctx: CallCtx = world.kit.ctx().with_idempotency(IdempotencyScope {
        key: "k".to_owned(),
        subject: "test".to_owned(),
        fingerprint: [0; 32],
    });
    let mut tx = db.begin(&mut ctx, "test.key").await.expect("begins");
    let claim = tx.claim_key::<(), String>("test").await.expect("claims");
    assert!(matches!(claim, Claim::Fresh));
    tx.commit_outcome::<(), String>("test", &Ok(()), None)
        .await
        .expect("commits");
}

async fn count(world: &World, db: &Db, sql: &'static str) -> i64 {
    let ctx = world.kit.ctx();
    db.read(&ctx)
        .query(sql)
        .fetch_scalar()
        .await
        .expect("reads")
        .expect("a count")
}

#[tokio::test]
async fn every_store_is_maintained_by_the_hour() {
    for engine in engines() {
        let world = World::new(engine).await;
        let runtime = Runtime::paused(world.modules(), vec![]);
        world.place("a").await;
        use_key(&world, &world.shop).await;
        runtime.settle().await.expect("settles");
        world.kit.advance(60 * DAY);
        runtime.settle().await.expect("settles");
        for (db, sql, left) in [
            (&world.shop, "SELECT COUNT(*) FROM outbox", 0),
            (&world.shop, "SELECT COUNT(*) FROM idempotency_keys", 0),
            (&world.mail, "SELECT COUNT(*) FROM inbox", 0),
            (
                &world.mail,
                "SELECT COUNT(*) FROM jobs WHERE kind = 'mail.send'",
                0,
            ),
            (
                &world.shop,
                "SELECT COUNT(*) FROM jobs WHERE kind = 'platform.maintain' AND state = 'done'",
                1,
            ),
            (
                &world.mail,
                "SELECT COUNT(*) FROM jobs WHERE kind = 'platform.maintain' AND state = 'done'",
                1,
            ),
        ] {
            assert_eq!(count(&world, db, sql).await, left, "{}: {sql}", db.module());
        }
    }
}
