//! What becomes of a job.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_jobs::{
    Enqueue as _, Job, JobError, JobKind, JobOptions, JobWorker, Receipt, Run, WorkerSettings,
    dead_jobs, purge_finished_jobs, retry_dead,
};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_testkit::engines;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{Note, Started, Step, World};

const HOUR: Duration = Duration::from_hours(1);
/// When every test's world begins.
const START: Timestamp = Timestamp::from_unix_seconds(1_780_315_200);

#[tokio::test]
async fn a_job_runs_once_and_only_if_its_unit_commits() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        let worker = world.worker();
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .db
            .begin(&mut ctx, "test.enqueue")
            .await
            .expect("begins");
        tx.enqueue(
            &Note {
                text: "lost".to_owned(),
            },
            JobOptions::default(),
        )
        .await
        .expect("enqueues");
        tx.rollback().await.expect("rolls back");
        assert_eq!(worker.run_due().await.expect("runs"), 0);

        world.enqueue("kept").await;
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!(world.attempts(), [1]);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 1".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_job_waits_for_its_time() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        let worker = world.worker();
        let run_at = Some(world.kit.env().now() + HOUR);
        world
            .enqueue_with(
                "later",
                JobOptions {
                    run_at,
                    ..JobOptions::default()
                },
            )
            .await;
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        world.kit.advance(HOUR);
        assert_eq!(worker.run_due().await.expect("runs"), 1);
    }
}

#[tokio::test]
async fn a_job_follows_the_trace_and_correlation_of_its_cause() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        let mut ctx = world.kit.ctx();
        ctx.correlation_id = Some("req-1".to_owned());
        let trace_id = ctx.trace.trace_id_text();
        let mut tx = world
            .db
            .begin(&mut ctx, "test.enqueue")
            .await
            .expect("begins");
        tx.enqueue(
            &Note {
                text: "a".to_owned(),
            },
            JobOptions::default(),
        )
        .await
        .expect("enqueues");
        tx.commit().await.expect("commits");
        world.worker().run_due().await.expect("runs");
        let started = world.started.recv().await.expect("ran");
        let expected = Started {
            text: "a".to_owned(),
            attempt: 1,
            trace_id,
            correlation: Some("req-1".to_owned()),
        };
        assert_eq!(started, expected);
    }
}

#[tokio::test]
async fn an_effect_that_was_not_committed_is_made_by_the_next_attempt() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::EffectLost]).await;
        let worker = world.worker();
        world.enqueue("a").await;
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(
            (world.effects().await, world.states().await),
            (0, vec!["pending 1".to_owned()])
        );
        assert_eq!(worker.run_due().await.expect("runs"), 0, "a retry waits");
        world.kit.advance(HOUR);
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(world.attempts(), [1, 2]);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 2".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_job_that_says_ok_is_done_with_or_without_a_transaction_of_its_own() {
    for engine in engines() {
        let world = World::new(engine, vec![Step::Fine, Step::NothingToDo]).await;
        let worker = world.worker();
        for (text, done) in [("a", vec!["done 1"]), ("b", vec!["done 1", "done 1"])] {
            world.enqueue(text).await;
            assert_eq!(worker.run_due().await.expect("runs"), 1);
            assert_eq!(world.states().await, done);
        }
    }
}

#[tokio::test]
async fn a_job_that_fails_panics_and_hangs_is_dead_after_its_attempts_and_can_be_retried() {
    for engine in engines() {
        let mut world = World::new(engine, vec![Step::Fail, Step::Hang, Step::Panic]).await;
        let worker = world.worker();
        let id = world
            .enqueue_hasty("a", JobOptions::default())
            .await
            .expect("has no key");
        for states in ["pending 1", "pending 2", "dead 3"] {
            assert_eq!(worker.run_due().await.expect("runs"), 1);
            assert_eq!(world.states().await, [states]);
            world.kit.advance(HOUR);
        }
        assert_eq!(
            worker.run_due().await.expect("runs"),
            0,
            "dead jobs stay dead"
        );
        let dead = dead_jobs(&world.db, &world.kit.ctx()).await.expect("reads");
        assert_eq!((dead.len(), dead[0].id, dead[0].attempts), (1, id, 3));
        assert_eq!(dead[0].reason, "panicked: the test panics");

        let mut ctx = world.kit.ctx();
        assert_eq!(
            retry_dead(&world.db, &mut ctx, Some(id))
                .await
                .expect("writes"),
            1
        );
        assert_eq!(
            retry_dead(&world.db, &mut ctx, None).await.expect("writes"),
            0,
            "once"
        );
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(world.attempts(), [1, 2, 3, 1]);
        assert_eq!(
            (world.effects().await, world.states().await),
            (1, vec!["done 1".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_job_that_says_so_is_dead_at_once() {
    for engine in engines() {
        let world = World::new(engine, vec![Step::Dead]).await;
        world.enqueue("a").await;
        world.worker().run_due().await.expect("runs");
        assert_eq!(world.states().await, ["dead 1"]);
    }
}

#[tokio::test]
async fn snoozing_does_not_use_up_attempts() {
    for engine in engines() {
        let until = START + HOUR;
        let mut world = World::new(
            engine,
            vec![Step::Snooze(until), Step::Snooze(until + HOUR)],
        )
        .await;
        let worker = world.worker();
        world.enqueue("a").await;
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(worker.run_due().await.expect("runs"), 0, "snoozes");
        assert_eq!(world.states().await, ["pending 0"]);
        world.kit.advance(HOUR);
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(world.attempts(), [1, 1]);
    }
}

#[tokio::test]
async fn a_kind_that_nobody_here_runs_stays_where_it_is() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        world.enqueue("a").await;
        let older_version = JobWorker::new(world.db.clone(), vec![], vec![]);
        assert_eq!(older_version.run_due().await.expect("runs"), 0);
        assert_eq!(world.states().await, ["pending 0"]);
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
    }
}

#[tokio::test]
async fn many_workers_run_each_job_once() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        for number in 0..60 {
            world.enqueue(&number.to_string()).await;
        }
        let stop = CancellationToken::new();
        let workers: Vec<_> = (0..3)
            .map(|_| (world.worker(), stop.clone()))
            .map(|(worker, stop)| tokio::spawn(async move { worker.run(stop).await }))
            .collect();
        let mut ran = Vec::new();
        while ran.len() < 60 {
            ran.push(
                world
                    .started
                    .recv()
                    .await
                    .expect("runs")
                    .text
                    .parse::<i32>()
                    .expect("a number"),
            );
        }
        stop.cancel();
        for worker in workers {
            worker.await.expect("stops");
        }
        assert!(world.attempts().is_empty(), "some ran twice");
        ran.sort_unstable();
        assert_eq!(ran, (0..60).collect::<Vec<_>>());
        assert_eq!(world.effects().await, 60);
    }
}

/// A kind of job that always hangs.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Stuck {}

impl Job for Stuck {
    const KIND: &'static str = "test.stuck";
    const TIMEOUT: Duration = Duration::from_mins(10);
}

struct GetStuck(mpsc::UnboundedSender<()>);

#[async_trait]
impl Run<Stuck> for GetStuck {
    async fn run(&self, _: &mut CallCtx, _: Stuck, _: Receipt) -> Result<(), JobError> {
        self.0.send(()).expect("the test listens");
        std::future::pending().await
    }
}

async fn enqueue_stuck(world: &World, count: usize) {
    let mut ctx = world.kit.ctx();
    let mut tx = world
        .db
        .begin(&mut ctx, "test.enqueue")
        .await
        .expect("begins");
    for _ in 0..count {
        tx.enqueue(&Stuck {}, JobOptions::default())
            .await
            .expect("enqueues");
    }
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn a_kind_that_hangs_leaves_slots_to_the_others() {
    for engine in engines() {
        let mut world = World::new(engine, vec![]).await;
        enqueue_stuck(&world, 20).await;
        world.enqueue("quick").await;
        let (sender, _stuck) = mpsc::unbounded_channel();
        let kinds = vec![
            JobKind::of::<Stuck>(Arc::new(GetStuck(sender))),
            world.kind(),
        ];
        let settings = WorkerSettings {
            parallel: 4,
            drain: Duration::ZERO,
            ..WorkerSettings::default()
        };
        let worker = JobWorker::new(world.db.clone(), kinds, vec![]).with_settings(settings);
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        let started = tokio::time::timeout(Duration::from_secs(20), world.started.recv()).await;
        assert_eq!(
            started.expect("is not starved").expect("runs").text,
            "quick"
        );
        stop.cancel();
        running.await.expect("stops");
    }
}

#[tokio::test]
async fn a_stopping_worker_hands_its_leases_back_without_using_up_the_attempt() {
    for engine in engines() {
        let world = World::new(engine, vec![]).await;
        enqueue_stuck(&world, 1).await;
        let (sender, mut stuck) = mpsc::unbounded_channel();
        let kinds = vec![JobKind::of::<Stuck>(Arc::new(GetStuck(sender)))];
        let settings = WorkerSettings {
            drain: Duration::ZERO,
            ..WorkerSettings::default()
        };
        let worker = JobWorker::new(world.db.clone(), kinds, vec![]).with_settings(settings);
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        stuck.recv().await.expect("runs");
        stop.cancel();
        running.await.expect("stops");
        assert_eq!(stuck_state(&world).await, "pending 0");
    }
}

async fn stuck_state(world: &World) -> String {
    use tenon_store::Queryable as _;
    let ctx = world.kit.ctx();
    let state = world
        .db
        .read(&ctx)
        .query("SELECT state || ' ' || CAST(attempts AS text) FROM jobs WHERE kind = 'test.stuck'")
        .fetch_scalar()
        .await
        .expect("reads");
    state.expect("a job")
}

#[tokio::test]
async fn only_old_finished_jobs_are_purged() {
    for engine in engines() {
        let world = World::new(engine, vec![Step::Fine, Step::Dead]).await;
        let worker = world.worker();
        for text in ["old", "dead"] {
            world.enqueue(text).await;
            worker.run_due().await.expect("runs");
        }
        world.kit.advance(HOUR);
        let cutoff = world.kit.env().now();
        world.enqueue("new").await;
        worker.run_due().await.expect("runs");
        world.enqueue("waiting").await;
        let mut ctx = world.kit.ctx();
        assert_eq!(
            purge_finished_jobs(&world.db, &mut ctx, cutoff, 10)
                .await
                .expect("writes"),
            1
        );
        assert_eq!(world.states().await, ["dead 1", "done 1", "pending 0"]);
    }
}
