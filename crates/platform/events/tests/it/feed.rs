//! The feed: every event, once, in commit order, whoever commits when.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tenon_events::{Emit as _, Envelope, Feed};
use tenon_kernel::Env;
use tenon_store::{Db, Engine};

use crate::link::places;
use crate::support::{Told, World};

const WRITERS: usize = 8;
const UNITS: usize = 12;

/// Emits for its own subject and a shared one, and takes a random while to commit; some units roll back.
async fn write(db: Db, env: Env, writer: usize) -> usize {
    let mut emitted = 0;
    for unit in 0..UNITS {
        let mut ctx = tenon_kernel::CallCtx::service(&env, tenon_kernel::Interface::Cli, "test");
        let mut tx = db.begin(&mut ctx, "test.write").await.expect("begins");
        let number = i64::try_from(unit).expect("small");
        tx.emit(&Told {
            about: format!("own-{writer}"),
            number,
        })
        .await
        .expect("emits");
        let shares = unit % 3 == 0;
        if shares {
            tx.emit(&Told {
                about: "shared".to_owned(),
                number,
            })
            .await
            .expect("emits");
        }
        let [delay] = env.random::<1>();
        tokio::time::sleep(Duration::from_millis(u64::from(delay % 16))).await;
        if unit % 5 == 4 {
            tx.rollback().await.expect("rolls back");
        } else {
            tx.commit().await.expect("commits");
            emitted += 1 + usize::from(shares);
        }
    }
    emitted
}

/// Reads from the start until it has `count` events, a few at a time.
async fn follow(feed: Arc<dyn Feed>, env: Env, count: usize) -> Vec<Envelope> {
    let mut events: Vec<Envelope> = Vec::new();
    let mut position = 0;
    while events.len() < count {
        let [limit] = env.random::<1>();
        let page = feed
            .read(position, 1 + u32::from(limit % 7))
            .await
            .expect("reads");
        if page.events.is_empty() {
            feed.wait(Duration::from_millis(20)).await;
        }
        position = page.position;
        events.extend(page.events);
    }
    events
}

#[tokio::test]
async fn readers_see_every_event_once_and_subjects_in_order_while_eight_writers_commit_at_random() {
    for place in places() {
        let world = World::new(place).await;
        let expected = WRITERS
            * (0..UNITS)
                .filter(|unit| unit % 5 != 4)
                .map(|unit| 1 + usize::from(unit % 3 == 0))
                .sum::<usize>();
        // Each link positions on its own, as another process would.
        let links = [world.link.feed(), world.link.feed(), world.link.feed()];
        let readers: Vec<_> = links
            .into_iter()
            .map(|feed| tokio::spawn(follow(feed, world.kit.env(), expected)))
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(world.shop.clone(), world.kit.env(), writer)))
            .collect();
        let mut emitted = 0;
        for writer in writers {
            emitted += writer.await.expect("writes");
        }
        assert_eq!(emitted, expected);
        for reader in readers {
            let events = reader.await.expect("reads");
            let positions: Vec<_> = events.iter().map(|event| event.feedposition).collect();
            assert_eq!(
                positions,
                (1..=i64::try_from(expected).expect("small")).collect::<Vec<_>>()
            );
            let mut last: HashMap<&str, i64> = HashMap::new();
            for event in &events {
                let last = last.entry(&event.subject).or_default();
                assert_eq!(event.sequence, *last + 1, "{}", event.subject);
                *last = event.sequence;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")] // two at once need two connections
async fn an_event_that_commits_late_is_not_passed_over() {
    for place in places() {
        let world = World::new(place).await;
        if world.shop.engine() == Engine::Sqlite {
            continue; // has one writer: the order of ids is the order of commits
        }
        let feed = world.link.feed();
        let mut slow_ctx = world.kit.ctx();
        let mut slow = world
            .shop
            .begin(&mut slow_ctx, "test.slow")
            .await
            .expect("begins");
        slow.emit(&Told {
            about: "slow".to_owned(),
            number: 1,
        })
        .await
        .expect("emits");
        world.tell("quick", 1).await;

        let first = feed.read(0, 10).await.expect("reads");
        assert_eq!(
            first
                .events
                .iter()
                .map(|event| event.subject.as_str())
                .collect::<Vec<_>>(),
            ["quick"]
        );
        slow.commit().await.expect("commits");
        let second = feed.read(first.position, 10).await.expect("reads");
        assert_eq!(
            second
                .events
                .iter()
                .map(|event| event.subject.as_str())
                .collect::<Vec<_>>(),
            ["slow"]
        );
        assert_eq!((first.position, second.position, second.head), (1, 2, 2));
    }
}

#[tokio::test]
async fn a_page_says_how_much_is_left() {
    for place in places() {
        let world = World::new(place).await;
        for number in 0..5 {
            world.tell("a", number).await;
        }
        let feed = world.link.feed();
        let page = feed.read(1, 2).await.expect("reads");
        assert_eq!((page.events.len(), page.position, page.head), (2, 3, 5));
        let page = feed.read(5, 2).await.expect("reads");
        assert_eq!((page.events.len(), page.position, page.head), (0, 5, 5));
    }
}

#[tokio::test]
async fn every_consumer_hears_a_commit() {
    for place in places() {
        let world = World::new(place).await;
        let waiting: Vec<_> = (0..3)
            .map(|_| world.link.feed())
            .map(|feed| tokio::spawn(async move { feed.wait(Duration::from_hours(1)).await }))
            .collect();
        world.tell("a", 1).await;
        for waiter in waiting {
            tokio::time::timeout(Duration::from_secs(20), waiter)
                .await
                .expect("is woken")
                .expect("waits");
        }
    }
}
