//! Skipping, rewinding, purging.

use std::time::Duration;

use tenon_events::{purge_inbox, purge_outbox, rewind, skip};

use crate::link::places;
use crate::support::{Step, World};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn skipping_a_failing_event_lets_its_subject_go_on() {
    for place in places() {
        let world = World::new(place).await;
        let worker = world.worker();
        world.script("a", vec![Step::Fail]);
        let failing = world.tell("a", 1).await;
        world.tell("a", 2).await;
        while worker.run_due().await.expect("runs") > 0 {}
        assert!(world.effects().await.is_empty());
        let mut ctx = world.kit.ctx();
        assert!(
            skip(&world.mail, &mut ctx, "mail", failing)
                .await
                .expect("writes")
        );
        assert!(
            !skip(&world.mail, &mut ctx, "mail", failing)
                .await
                .expect("writes"),
            "once"
        );
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.effects().await, ["a 2"]);
        assert_eq!(world.inbox().await, ["a dead 1", "a done 1"]);
    }
}

#[tokio::test]
async fn rewinding_reads_the_feed_again_and_handles_nothing_twice() {
    for place in places() {
        let mut world = World::new(place).await;
        let worker = world.worker();
        for number in 1..=3 {
            world.tell("a", number).await;
        }
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!((world.cursor().await, world.attempts().len()), (3, 3));
        let mut ctx = world.kit.ctx();
        for (source, position, feeds) in [
            (Some("shop"), 0, 1),
            (Some("shop"), 5, 0), // never forward
            (Some("nobody"), 0, 0),
        ] {
            let moved = rewind(&world.mail, &mut ctx, "mail", source, position).await;
            assert_eq!(moved.expect("writes"), feeds, "{source:?} {position}");
        }
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!((world.cursor().await, world.attempts().len()), (3, 0));
        let all = rewind(&world.mail, &mut ctx, "mail", None, 1).await;
        assert_eq!(all.expect("writes"), 1);
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!((world.cursor().await, world.attempts().len()), (3, 0));
    }
}

#[tokio::test]
async fn events_stay_seven_days_and_the_feed_goes_on_after_a_purge() {
    for place in places() {
        let world = World::new(place).await;
        let worker = world.worker();
        for number in 1..=3 {
            world.tell("a", number).await;
        }
        while worker.run_due().await.expect("runs") > 0 {}
        let mut ctx = world.kit.ctx();
        let now = world.kit.env().now();
        assert_eq!(
            purge_outbox(&world.shop, &mut ctx, now + DAY, 10)
                .await
                .expect("writes"),
            0,
            "too young"
        );

        world.kit.advance(7 * DAY);
        world.tell("a", 4).await;
        world.kit.advance(DAY);
        let now = world.kit.env().now();
        assert_eq!(
            purge_outbox(&world.shop, &mut ctx, now, 2)
                .await
                .expect("writes"),
            2,
            "in batches"
        );
        assert_eq!(
            purge_outbox(&world.shop, &mut ctx, now, 2)
                .await
                .expect("writes"),
            1
        );
        assert_eq!(
            purge_outbox(&world.shop, &mut ctx, now, 2)
                .await
                .expect("writes"),
            0
        );

        while worker.run_due().await.expect("runs") > 0 {}
        let last = world.emitted(&world.shop).await.remove(0);
        assert_eq!((last.sequence, last.feedposition), (4, 4));
        assert_eq!(world.effects().await.len(), 4);
    }
}

#[tokio::test]
async fn only_old_handled_events_are_purged_from_the_inbox() {
    for place in places() {
        let world = World::new(place).await;
        let worker = world.worker();
        world.script("dead", vec![Step::Dead]);
        world.tell("old", 1).await;
        world.tell("dead", 1).await;
        worker.run_due().await.expect("runs");
        world.kit.advance(DAY);
        let cutoff = world.kit.env().now();
        world.tell("new", 1).await;
        worker.run_due().await.expect("runs");
        let mut ctx = world.kit.ctx();
        assert_eq!(
            purge_inbox(&world.mail, &mut ctx, cutoff, 10)
                .await
                .expect("writes"),
            1
        );
        assert_eq!(world.inbox().await, ["dead dead 1", "new done 1"]);
    }
}
