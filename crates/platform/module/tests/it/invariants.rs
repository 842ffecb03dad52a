//! The rules of the platform's tables: they hold, and each finds what breaks it.

use std::time::Duration;

use tenon_jobs::Saga;
use tenon_module::{Runtime, platform_invariants};
use tenon_store::{Db, Engine};
use tenon_testkit::engines;

use crate::support::{Send, World};

/// What breaks a rule, as `rule: subject (actual)`.
async fn broken(world: &World, db: &Db) -> Vec<String> {
    let ctx = world.kit.ctx();
    let mut broken = Vec::new();
    for invariant in platform_invariants(db) {
        for violation in invariant.check(&ctx).await.expect("reads") {
            broken.push(format!(
                "{}: {} ({})",
                invariant.name(),
                violation.subject,
                violation.actual
            ));
        }
    }
    broken
}

#[tokio::test]
async fn the_rules_hold_before_and_after_work() {
    for engine in engines() {
        let world = World::new(engine).await;
        let runtime = Runtime::paused(world.modules(), vec![]);
        for round in 0..2 {
            for db in [&world.shop, &world.mail] {
                assert_eq!(
                    broken(&world, db).await,
                    Vec::<String>::new(),
                    "round {round}"
                );
            }
            world.place("a").await;
            world.place("b").await;
            runtime.settle().await.expect("settles");
        }
    }
}

#[tokio::test]
async fn an_operation_that_lost_its_job_is_found() {
    for engine in engines() {
        let world = World::new(engine).await;
        let later = Duration::from_mins(1);
        world.enqueue_in(later, &Send::new("a")).await;
        let insert = "
            INSERT INTO operations (id, kind, owner, location, job_id, state, done, total, version, created_at, updated_at)
            SELECT id, 'send_mail', 'user:1', '/v1/mail', id, 'pending', 0, 1, 1, created_at, created_at FROM jobs";
        world.sql(&world.mail, insert).await;
        assert_eq!(broken(&world, &world.mail).await, Vec::<String>::new());
        world.sql(&world.mail, "DELETE FROM jobs").await;
        let expected = ["platform.operations_end: mail: operations/send_mail (no job)"];
        assert_eq!(broken(&world, &world.mail).await, expected, "{engine:?}");
    }
}

#[tokio::test]
async fn a_missing_event_breaks_the_sequence_and_the_feed() {
    for engine in engines() {
        let world = World::new(engine).await;
        let runtime = Runtime::paused(world.modules(), vec![]);
        for order in ["a", "b", "b", "b", "c"] {
            world.place(order).await;
        }
        runtime.settle().await.expect("settles");
        assert_eq!(
            world
                .sql(
                    &world.shop,
                    "DELETE FROM outbox WHERE subject = 'b' AND sequence = 2"
                )
                .await,
            1
        );
        assert_eq!(
            broken(&world, &world.shop).await,
            [
                "platform.sequences_are_whole: shop: b (2 events, the last is 3)".to_owned(),
                match world.shop.engine() {
                    Engine::Sqlite => "platform.feed_is_whole: shop: outbox (4 events)".to_owned(),
                    Engine::Postgres =>
                        "platform.feed_is_whole: shop: outbox (4 events up to 5)".to_owned(),
                },
            ]
        );
    }
}

#[tokio::test]
async fn dead_letters_stuck_leases_doubled_positions_and_sleeping_sagas_are_found() {
    for engine in engines() {
        let world = World::new(engine).await;
        let runtime = Runtime::paused(world.modules(), vec![]);
        world.place("bad").await;
        world.place("good").await;
        world.place("other").await;
        runtime.settle().await.expect("settles");
        assert_eq!(
            world
                .sql(
                    &world.mail,
                    "UPDATE inbox SET position = 2 WHERE subject = 'other'"
                )
                .await,
            1
        );
        let lease = match world.mail.engine() {
            Engine::Sqlite => "lease_token = zeroblob(16), leased_until = run_at",
            Engine::Postgres => "lease_token = gen_random_uuid(), leased_until = run_at",
        };
        let stuck: &'static str = format!(
            "UPDATE jobs SET state = 'running', finished_at = NULL, {lease}
              WHERE seq = (SELECT MIN(seq) FROM jobs WHERE kind = 'mail.send')"
        )
        .leak();
        assert_eq!(world.sql(&world.mail, stuck).await, 1);
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .mail
            .begin(&mut ctx, "test.saga")
            .await
            .expect("begins");
        let (id, now) = (world.kit.env().new_uuid(), tx.now());
        Saga::start(&mut tx, "checkout", id, "reserve", (), now)
            .await
            .expect("starts");
        tx.commit().await.expect("commits");

        world.kit.advance(Duration::from_mins(16));
        let broken = broken(&world, &world.mail).await;
        let expected = [
            "platform.leases_end: mail: jobs/1 mail.send (running, lease expired)",
            "platform.events_arrive_once: mail: mail <- shop 2 (2 events)",
            "platform.nothing_is_dead: mail: inbox/1 mail test.placed bad (dead: the test says so)",
            "platform.sagas_move: mail: checkout at reserve (running)",
        ];
        assert_eq!(broken, expected);
    }
}
