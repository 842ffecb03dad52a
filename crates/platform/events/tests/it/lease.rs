//! Consumers that die, stall or come back as zombies.

use std::time::Duration;

use tenon_store::StoreError;
use tokio::sync::mpsc;

use crate::link::places;
use crate::support::{Step, World};

/// Longer than a lease.
const LEASE_OVER: Duration = Duration::from_secs(31);

#[tokio::test]
async fn the_event_of_a_dead_worker_is_rescued_once_and_its_subject_waits_for_it() {
    for place in places() {
        let mut world = World::new(place).await;
        world.script("a", vec![Step::Hang]);
        world.tell("a", 1).await;
        world.tell("a", 2).await;
        let doomed = world.worker();
        tokio::select! {
            _ = doomed.run_due() => panic!("the reaction hangs"),
            _ = world.seen.recv() => {}
        }
        assert_eq!(
            world.inbox().await,
            ["a running 1", "a pending 0"],
            "the crash counts"
        );
        let (one, other) = (world.worker(), world.worker());
        assert_eq!(
            one.run_due().await.expect("runs"),
            0,
            "the lease still holds"
        );

        world.kit.advance(LEASE_OVER);
        let (first, second) = tokio::join!(one.run_due(), other.run_due());
        let ran = first.expect("runs") + second.expect("runs");
        while one.run_due().await.expect("runs") > 0 {}
        assert!(ran >= 1);
        assert_eq!(
            world.attempts(),
            [("a".to_owned(), 1, 2), ("a".to_owned(), 2, 1)]
        );
        assert_eq!(world.effects().await, ["a 1", "a 2"]);
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing() {
    for place in places() {
        let mut world = World::new(place).await;
        let (sender, mut receipts) = mpsc::unbounded_channel();
        world.script("a", vec![Step::Leak(sender)]);
        world.tell("a", 1).await;
        let zombie = world.worker();
        let receipt = tokio::select! {
            _ = zombie.run_due() => panic!("the reaction hangs"),
            receipt = receipts.recv() => receipt.expect("runs"),
        };
        world.kit.advance(LEASE_OVER);
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
        assert_eq!(world.effects().await, ["a 1"]);

        let mut ctx = world.kit.ctx();
        let outcome = receipt.begin(&mut ctx, "test.zombie").await.map(drop);
        assert!(matches!(outcome, Err(StoreError::LeaseLost)), "{outcome:?}");
        assert_eq!(world.attempts().len(), 2);
        assert_eq!(world.inbox().await, ["a done 2"]);
        assert_eq!(world.effects().await, ["a 1"]);
    }
}
