//! Jobs by the clock. Every test begins at 12:00.

use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::{JobWorker, Schedule};
use tenon_store::Db;
use tenon_testkit::{Dice, engines, rounds};

use crate::support::{Note, Step, World};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

fn instance(world: &World) -> JobWorker {
    instance_on(&world.db, world)
}

fn instance_on(db: &Db, world: &World) -> JobWorker {
    let at_half_past = Schedule::cron(
        "test.half_past",
        "30 * * * *",
        Note {
            text: "tick".to_owned(),
        },
    );
    JobWorker::new(db.clone(), vec![world.kind()], vec![at_half_past])
}

#[tokio::test]
async fn a_tick_fires_once_however_many_instances_see_it() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        let ticks = rounds(3);
        let instances = [instance(&world), instance(&world), instance(&world)];
        let [a, b, c] = &instances;
        for tick in 1..=ticks {
            world.kit.advance(HOUR);
            let (a, b, c) = tokio::join!(a.run_due(), b.run_due(), c.run_due());
            for ran in [a, b, c] {
                ran.expect("runs");
            }
            // An instance may have looked for work just before another one enqueued it.
            instances[0].run_due().await.expect("runs");
            assert_eq!(world.attempts(), [1], "tick {tick}");
        }
        assert_eq!(world.effects().await, i64::try_from(ticks).expect("fits"));
    }
}

/// Clocks of three machines differ by up to ten seconds, and each tick costs one of the machines its life.
#[tokio::test]
async fn each_tick_has_one_effect_though_clocks_differ_and_whoever_fires_it_dies() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        let machines = world.machines(&[-5, 0, 5]).await;
        let ticks = rounds(6);
        let mut instances: Vec<_> = machines
            .iter()
            .map(|db| Arc::new(instance_on(db, &world)))
            .collect();
        world.kit.advance(29 * MINUTE + 55 * SECOND); // one machine thinks that it is half past
        for tick in 1..=ticks {
            let mut dice = Dice::of_round(tick);
            let victim = dice.roll(instances.len());
            let looks = dice.roll(40);
            let dying = Arc::clone(&instances[victim]);
            let dying = tokio::spawn(async move { drop(dying.run_due().await) });
            for _ in 0..looks {
                tokio::task::yield_now().await;
            }
            let (one, other) = ((victim + 1) % 3, (victim + 2) % 3);
            let (one, other) = tokio::join!(instances[one].run_due(), instances[other].run_due());
            dying.abort();
            one.and(other).expect("runs");
            let _died = dying.await;
            instances[victim] = Arc::new(instance_on(&machines[victim], &world));

            world.kit.advance(10 * SECOND); // now it is half past everywhere
            for instance in &instances {
                instance.run_due().await.expect("runs");
            }
            world.kit.advance(5 * MINUTE); // nobody holds what the dead one held any longer
            for instance in &instances {
                instance.run_due().await.expect("runs");
            }
            assert_eq!(
                world.effects().await,
                i64::try_from(tick).expect("fits"),
                "tick {tick}, seed {}, attempts {:?}",
                dice.seed(),
                world.attempts()
            );
            world.kit.advance(54 * MINUTE + 50 * SECOND);
        }
    }
}

#[tokio::test]
async fn a_schedule_does_not_fire_for_the_time_before_it_existed() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        let worker = instance(&world);
        assert_eq!(worker.run_due().await.expect("runs"), 0, "11:30 is past");
        world.kit.advance(29 * MINUTE);
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        world.kit.advance(MINUTE);
        assert_eq!(worker.run_due().await.expect("runs"), 1, "12:30");
    }
}

#[tokio::test]
async fn after_a_pause_only_the_latest_missed_tick_fires() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        world.kit.advance(30 * MINUTE);
        assert_eq!(
            instance(&world).run_due().await.expect("runs"),
            0,
            "12:30 is when it was first seen"
        );
        world.kit.advance(10 * HOUR);
        let restarted = instance(&world);
        assert_eq!(restarted.run_due().await.expect("runs"), 1);
        assert_eq!(restarted.run_due().await.expect("runs"), 0);
        assert_eq!(world.states().await, ["done 1"]);
    }
}

#[tokio::test]
async fn a_tick_whose_predecessor_still_waits_adds_nothing() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        let clock_only = {
            let at_half_past = Schedule::cron(
                "test.half_past",
                "30 * * * *",
                Note {
                    text: "tick".to_owned(),
                },
            );
            JobWorker::new(world.db.clone(), vec![], vec![at_half_past])
        };
        for _ in 0..3 {
            world.kit.advance(HOUR);
            clock_only.run_due().await.expect("runs");
        }
        assert_eq!(world.states().await, ["pending 0"]);
    }
}

#[tokio::test]
async fn a_job_of_a_schedule_is_retried_like_any_other() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Fail]).await;
        let worker = instance(&world);
        world.kit.advance(30 * MINUTE);
        worker.run_due().await.expect("runs");
        world.kit.advance(MINUTE);
        worker.run_due().await.expect("runs");
        assert_eq!(world.attempts(), [1, 2]);
    }
}
