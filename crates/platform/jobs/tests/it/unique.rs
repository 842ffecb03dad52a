//! Jobs with a unique key.

use std::time::Duration;

use tenon_jobs::{Enqueue as _, JobOptions, retry_dead};
use tenon_store::Queryable as _;
use tenon_testkit::{TestEngine, engines};

use crate::support::{Hasty, Step, World};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn keyed() -> JobOptions {
    JobOptions {
        unique_key: Some("k".to_owned()),
        ..JobOptions::default()
    }
}

#[tokio::test]
async fn at_most_one_waiting_job_has_a_key() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        assert!(world.enqueue_with("first", keyed()).await.is_some());
        assert!(world.enqueue_with("second", keyed()).await.is_none());
        assert!(
            world
                .enqueue_with(
                    "other",
                    JobOptions {
                        unique_key: Some("other".into()),
                        ..keyed()
                    }
                )
                .await
                .is_some()
        );
        assert_eq!(world.worker().run_due().await.expect("runs"), 2);
        assert!(
            world.enqueue_with("third", keyed()).await.is_some(),
            "a done job does not hold its key"
        );
    }
}

#[tokio::test]
async fn enqueueing_a_key_again_brings_the_waiting_job_forward_and_never_puts_it_off() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        let worker = world.worker();
        let now = world.kit.env().now();
        let at = |wait| JobOptions {
            run_at: Some(now + wait),
            ..keyed()
        };
        assert!(world.enqueue_with("first", at(HOUR)).await.is_some());
        assert!(world.enqueue_with("sooner", at(MINUTE)).await.is_none());
        assert!(world.enqueue_with("later", at(2 * HOUR)).await.is_none());
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        world.kit.advance(MINUTE);
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(world.states().await, ["done 1"]);
    }
}

#[tokio::test]
async fn a_job_that_waits_because_it_failed_is_not_brought_forward() {
    for engine in engines() {
        let world = World::new(engine, vec![Step::Fail]).await;
        let worker = world.worker();
        world.enqueue_with("first", keyed()).await;
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert!(world.enqueue_with("again", keyed()).await.is_none());
        assert_eq!(worker.run_due().await.expect("runs"), 0, "its pause holds");
        world.kit.advance(MINUTE);
        assert_eq!(worker.run_due().await.expect("runs"), 1);
    }
}

#[tokio::test]
async fn a_job_enqueued_while_its_twin_runs_runs_after_it() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Hang]).await;
        world.enqueue_hasty("first", keyed()).await;
        let worker = world.worker();
        let (ran, ()) = tokio::join!(worker.run_due(), async {
            world.started.recv().await.expect("runs");
            assert!(world.enqueue_hasty("second", keyed()).await.is_some());
            assert_eq!(
                world.worker().run_due().await.expect("runs"),
                0,
                "two of a key never run at once"
            );
        });
        assert_eq!(ran.expect("runs"), 1);
        // The first failed by timeout. It would wait beside the second, which does the same: it gives way.
        assert_eq!(world.states().await, ["cancelled 1", "pending 0"]);
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
        assert_eq!(world.states().await, ["cancelled 1", "done 1"]);
    }
}

/// Where several write at once, a job that is to wait again can meet a twin that its statement could not see.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_put_back_while_its_twin_is_enqueued_gives_way() {
    for engine in engines() {
        if engine == TestEngine::Sqlite {
            continue; // one writer at a time
        }
        let mut world = World::new(engine, vec![Step::Hang]).await;
        world.enqueue_hasty("first", keyed()).await;
        let worker = world.worker();
        let (ran, ()) = tokio::join!(worker.run_due(), async {
            world.started.recv().await.expect("runs");
            let (mut ctx, looking) = (world.kit.ctx(), world.kit.ctx());
            let mut tx = world.db.begin(&mut ctx, "test.twin").await.expect("begins");
            let second = Hasty {
                text: "second".to_owned(),
            };
            tx.enqueue(&second, keyed()).await.expect("enqueues");
            let put_back = async {
                while !is_anyone_locked_out(&world, &looking).await {
                    tokio::task::yield_now().await;
                }
            };
            let seen = tokio::time::timeout(Duration::from_secs(30), put_back).await;
            seen.expect("the first is put back meanwhile");
            tx.commit().await.expect("commits");
        });
        assert_eq!(ran.expect("the write looks again"), 1);
        assert_eq!(world.states().await, ["cancelled 1", "pending 0"]);
    }
}

async fn is_anyone_locked_out(world: &World, ctx: &tenon_kernel::CallCtx) -> bool {
    let waiting = world
        .db
        .read(ctx)
        .query("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        .fetch_scalar::<i64>()
        .await;
    waiting.expect("reads").is_some_and(|count| count > 0)
}

#[tokio::test]
async fn rescuing_a_job_whose_twin_waits_leaves_one_of_them() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Hang]).await;
        world.enqueue_with("first", keyed()).await;
        let doomed = world.worker();
        tokio::select! {
            _ = doomed.run_due() => panic!("the job hangs"),
            _ = world.started.recv() => {}
        }
        world.enqueue_with("second", keyed()).await;
        world.kit.advance(Duration::from_secs(31));
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
        assert_eq!(world.states().await, ["cancelled 1", "done 1"]);
    }
}

#[tokio::test]
async fn of_two_dead_twins_one_comes_back() {
    for engine in engines() {
        let world = World::new(engine, vec![Step::Dead, Step::Dead]).await;
        let worker = world.worker();
        for text in ["first", "second"] {
            world.enqueue_with(text, keyed()).await;
            worker.run_due().await.expect("runs");
        }
        assert_eq!(world.states().await, ["dead 1", "dead 1"]);
        let mut ctx = world.kit.ctx();
        assert_eq!(
            retry_dead(&world.db, &mut ctx, None).await.expect("writes"),
            1
        );
        assert_eq!(world.states().await, ["pending 0", "cancelled 1"]);
    }
}
