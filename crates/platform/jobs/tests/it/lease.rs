//! Workers that die, stall or come back as zombies.

use std::time::Duration;

use tenon_jobs::JobOptions;
use tenon_store::StoreError;
use tenon_testkit::engines;
use tokio::sync::mpsc;

use crate::support::{Step, World};

/// Longer than a lease.
const LEASE_OVER: Duration = Duration::from_secs(31);

#[tokio::test]
async fn the_job_of_a_dead_worker_is_rescued_once_when_its_lease_is_over() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Hang]).await;
        world.enqueue("a").await;
        let doomed = world.worker();
        tokio::select! {
            _ = doomed.run_due() => panic!("the job hangs"),
            _ = world.started.recv() => {}
        }
        assert_eq!(world.states().await, ["running 1"], "the crash counts");
        let (one, other) = (world.worker(), world.worker());
        assert_eq!(
            one.run_due().await.expect("runs"),
            0,
            "the lease still holds"
        );

        world.kit.advance(LEASE_OVER);
        let (first, second) = tokio::join!(one.run_due(), other.run_due());
        assert_eq!(first.expect("runs") + second.expect("runs"), 1);
        assert_eq!(world.attempts(), [2]);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 2".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_job_that_kills_its_worker_every_time_ends_dead() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Hang, Step::Hang, Step::Hang]).await;
        world.enqueue("a").await;
        for attempt in 1..=3 {
            let doomed = world.worker();
            let started = tokio::select! {
                _ = doomed.run_due() => panic!("the job hangs"),
                started = world.started.recv() => started,
            };
            assert_eq!(started.expect("runs").attempt, attempt);
            world.kit.advance(LEASE_OVER);
        }
        assert_eq!(world.worker().run_due().await.expect("runs"), 0);
        assert_eq!(world.states().await, ["dead 3"]);
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing() {
    for engine in engines() {
        let (sender, mut receipts) = mpsc::unbounded_channel();
        let mut world = World::new(engine, vec![Step::Leak(sender)]).await;
        world.enqueue("a").await;
        let zombie = world.worker();
        let receipt = tokio::select! {
            _ = zombie.run_due() => panic!("the job hangs"),
            receipt = receipts.recv() => receipt.expect("runs"),
        };
        world.kit.advance(LEASE_OVER);
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 2".to_owned()])
        );

        let mut ctx = world.kit.ctx();
        let outcome = receipt.begin(&mut ctx, "test.zombie").await.map(drop);
        assert!(matches!(outcome, Err(StoreError::LeaseLost)), "{outcome:?}");
        assert_eq!(world.attempts(), [1, 2]);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 2".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_failure_that_comes_after_the_lease_is_over_does_not_undo_the_work_of_the_next_worker() {
    for engine in engines() {
        // The zombie hangs until its timeout, which it would write down as a failure.
        let mut world = World::new(engine, vec![Step::Hang]).await;
        world.enqueue_hasty("a", JobOptions::default()).await;
        let zombie = world.worker();
        let (zombie_ran, ()) = tokio::join!(zombie.run_due(), async {
            world.started.recv().await.expect("runs");
            world.kit.advance(LEASE_OVER);
            assert_eq!(world.worker().run_due().await.expect("runs"), 1);
        });
        assert_eq!(zombie_ran.expect("the timeout is written nowhere"), 1);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 2".to_owned()])
        );
    }
}
