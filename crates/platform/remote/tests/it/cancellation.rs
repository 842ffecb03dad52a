//! Callers that go away, and hosts that are asked to end.

use std::time::Duration;

use tenon_seam::{Executed, SeamError, SeamFault};
use tokio::time::timeout;

use crate::greeter::Seen;
use crate::world::{World, ctx, greet, keyed};

#[tokio::test]
async fn a_query_ends_with_its_caller_and_a_command_runs_on() {
    let mut world = World::new();
    let process = world.start();
    let greeter = world.connect(process.address);

    let query_ctx = ctx();
    let mut query = Box::pin(greeter.greet(&query_ctx, greet("waiter")));
    tokio::select! {
        _ = &mut query => panic!("it waits"),
        () = world.until(Seen::Began) => {}
    }
    drop(query);
    world.until(Seen::Dropped).await;

    let command_ctx = ctx();
    let mut command = Box::pin(greeter.greet_again(&command_ctx, greet("waiter")));
    tokio::select! {
        _ = &mut command => panic!("it waits"),
        () = world.until(Seen::Began) => {}
    }
    drop(command);
    // The other side has heard of it by the time that it has answered another call on the same connection.
    assert!(greeter.greet(&ctx(), greet("ada")).await.is_ok());
    world.until(Seen::Done).await;
    world.may_end.add_permits(1);
    world.until(Seen::Done).await;
}

#[tokio::test]
async fn a_module_that_does_not_answer_ends_at_the_deadline() {
    let world = World::new();
    let process = world.start();
    let greeter = world.connect(process.address);
    let late = |executed| Err(SeamError::Seam(SeamFault::DeadlineExceeded { executed }));
    let query = greeter.greet(&ctx(), greet("nobody")).await;
    assert_eq!(query, late(Executed::No));
    let command = greeter.greet_once(&keyed("k"), greet("nobody")).await;
    assert_eq!(command, late(Executed::Unknown));
    let short = ctx().with_timeout(Duration::from_millis(50));
    let command = timeout(
        Duration::from_millis(1_500),
        greeter.greet_again(&short, greet("nobody")),
    );
    assert_eq!(command.await.expect("in time"), late(Executed::Unknown));
}

#[tokio::test]
async fn a_host_that_is_asked_to_end_finishes_what_runs_and_takes_nothing_new() {
    let mut world = World::new();
    let process = world.start();
    let greeter = world.connect(process.address);
    let running_ctx = ctx();
    let mut running = Box::pin(greeter.greet_again(&running_ctx, greet("waiter")));
    tokio::select! {
        _ = &mut running => panic!("it waits"),
        () = world.until(Seen::Began) => {}
    }
    process.stop();
    // New connections are refused as soon as the listener is gone.
    let late = world.connect(process.address);
    let refused = timeout(Duration::from_secs(5), async {
        loop {
            if let Err(error) = late.greet_again(&ctx(), greet("ada")).await {
                return error;
            }
        }
    });
    let executed = Executed::No;
    let down = SeamError::Seam(SeamFault::Unavailable { executed });
    assert_eq!(refused.await.expect("in time"), down);
    world.may_end.add_permits(1);
    assert_eq!(running.await.expect("finishes").text, "hello waiter");
}
