//! Two deployments with one store: the work goes from one to the other, and nothing is done twice.

use std::collections::BTreeMap;
use std::time::Duration;

use tenon_module::{Runtime, RuntimeSettings};
use tenon_testkit::{TestEngine, engines};

use crate::support::World;

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
        let waiting = (engine == TestEngine::Postgres).then_some(());
        let mut new = None;
        if waiting.is_some() {
            let modules = world.reopened().await;
            new = Some(Runtime::start_with(
                settings("mail-service"),
                modules,
                vec![],
            ));
        }
        old.stop().await;
        let new = match new {
            Some(new) => new,
            None => {
                let modules = world.reopened().await;
                Runtime::start_with(settings("mail-service"), modules, vec![])
            }
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

async fn next(world: &mut World) -> String {
    let sent = tokio::time::timeout(Duration::from_secs(30), world.sent.recv()).await;
    sent.expect("somebody works").expect("the sender lives")
}
