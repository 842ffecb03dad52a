//! Two deployments with one store: the work goes from one to the other, and nothing is done twice.

use std::collections::BTreeMap;
use std::time::Duration;

use tenon_jobs::JobWorker;
use tenon_module::{Runtime, RuntimeSettings};
use tenon_store::{StoreError, Taken, WorkerLease};
use tenon_testkit::{TestEngine, engines};

use crate::support::{Send, World};

const ORDERS: usize = 40;

fn settings(deployment: &'static str) -> RuntimeSettings {
    RuntimeSettings {
        deployment: deployment.into(),
        ..RuntimeSettings::default()
    }
}

#[tokio::test]
async fn at_a_cut_over_every_job_runs_once() {
    for engine in engines() {
        let mut world = World::new(engine).await;
        for number in 0..ORDERS {
            world.place(&format!("order {number}")).await;
        }
        let old = Runtime::start_with(settings("tenon"), world.modules(), vec![]);
        let mut sent = BTreeMap::new();
        let first = next(&mut world).await;
        *sent.entry(first).or_insert(0) += 1;
        // A SQLite file has one process; on PostgreSQL both are there, and the new one waits its turn.
        let new = if engine == TestEngine::Postgres {
            let modules = world.reopened().await;
            let new = Runtime::start_with(settings("mail-service"), modules, vec![]);
            old.stop().await;
            new
        } else {
            old.stop().await;
            let modules = world.reopened().await;
            Runtime::start_with(settings("mail-service"), modules, vec![])
        };
        while sent.len() < ORDERS {
            *sent.entry(next(&mut world).await).or_insert(0) += 1;
        }
        new.stop().await;
        while let Ok(order) = world.sent.try_recv() {
            *sent.entry(order).or_insert(0) += 1;
        }
        assert!(
            sent.values().all(|times| *times == 1),
            "{engine:?}: {sent:?}"
        );
    }
}

/// A worker that wakes up after another deployment has taken over gets no row, and what it had begun is not kept.
#[tokio::test]
async fn a_stale_owner_claims_no_job() {
    for engine in engines() {
        let mut world = World::new(engine).await;
        let length = Duration::from_secs(20);
        let (old, new) = (
            WorkerLease::new(&world.mail, "tenon"),
            WorkerLease::new(&world.mail, "mail-service"),
        );
        let worker = |lease: &WorkerLease| {
            let mut modules = world.modules();
            let mail = modules.pop().expect("two modules");
            JobWorker::new(lease.db(), mail.jobs, mail.schedules)
        };
        let (asleep, awake) = (worker(&old), worker(&new));
        assert_eq!(old.take(length).await.expect("taken"), Taken::Here);
        world.enqueue(&Send::new("a")).await;
        world.kit.advance(length);
        assert_eq!(new.take(length).await.expect("taken"), Taken::Here);

        let claimed = asleep.run_due().await;
        assert!(
            matches!(claimed, Err(StoreError::LeaseLost)),
            "{engine:?}: {claimed:?}"
        );
        assert!(world.sent.try_recv().is_err(), "{engine:?}: nothing ran");
        assert_eq!(awake.run_due().await.expect("works"), 1, "{engine:?}");
        assert_eq!(next(&mut world).await, "a");
        assert_eq!(awake.run_due().await.expect("works"), 0, "{engine:?}: once");
    }
}

async fn next(world: &mut World) -> String {
    let sent = tokio::time::timeout(Duration::from_secs(30), world.sent.recv()).await;
    sent.expect("somebody works").expect("the sender lives")
}
