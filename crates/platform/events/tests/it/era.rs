//! A producer that was restored: it has forgotten events that a consumer elsewhere has read.

use tenon_events::{ERA_BITS, begin_era};
use tenon_store::{Engine, Queryable as _};

use crate::link::places;
use crate::support::World;

/// The producer is as it was after its third event.
async fn restore(world: &World) {
    let (outbox, head) = match world.shop.engine() {
        Engine::Sqlite => (
            "DELETE FROM outbox WHERE id > 3",
            "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'outbox'",
        ),
        Engine::Postgres => (
            "DELETE FROM outbox WHERE feedposition > 3",
            "UPDATE feed_head SET position = 3",
        ),
    };
    let subjects = "UPDATE event_subjects SET last_sequence = 3";
    let mut ctx = world.kit.ctx();
    let mut tx = world
        .shop
        .begin(&mut ctx, "test.restore")
        .await
        .expect("begins");
    for sql in [outbox, head, subjects] {
        tx.query(sql).execute().await.expect("writes");
    }
    tx.commit().await.expect("commits");
}

async fn handled(world: &World) -> Vec<String> {
    let worker = world.worker();
    while worker.run_due().await.expect("runs") > 0 {}
    world.effects().await
}

#[tokio::test]
async fn after_a_restore_no_consumer_passes_over_what_is_new() {
    for place in places() {
        let world = World::new(place).await;
        for number in 1..=5 {
            world.tell("a", number).await;
        }
        assert_eq!(handled(&world).await.len(), 5);

        // Without an era the consumer stands beyond the head, and hears nothing: this is what must not be.
        restore(&world).await;
        world.tell("a", 44).await;
        assert_eq!(handled(&world).await.len(), 5);

        restore(&world).await;
        let start = begin_era(&world.shop).await.expect("begins");
        assert!(start > 1 << ERA_BITS && start < 1 << 53, "{start}");
        world.tell("a", 45).await;
        world.tell("b", 1).await;
        let mut new = handled(&world).await.split_off(5);
        new.sort(); // subjects go on beside each other
        assert_eq!(new, ["a 45", "b 1"]);
        assert_eq!(world.cursor().await, start + 2);

        // The same backup again, at the same second: what was given in between is not given again.
        let again = begin_era(&world.shop).await.expect("begins");
        assert!(again > start + 2);
        world.tell("a", 46).await;
        assert_eq!(handled(&world).await[7..], ["a 46"]);
    }
}

#[tokio::test]
async fn what_was_not_read_before_the_restore_is_read_after_it() {
    for place in places() {
        let world = World::new(place).await;
        for number in 1..=3 {
            world.tell("a", number).await;
        }
        begin_era(&world.shop).await.expect("begins");
        world.tell("a", 4).await;
        assert_eq!(handled(&world).await, ["a 1", "a 2", "a 3", "a 4"]);
    }
}
