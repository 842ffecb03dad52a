//! A host that is killed again and again under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::world::{World, greet, keyed};

const RESTARTS: u64 = 100;
const CALLERS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_restarts_lose_and_double_no_keyed_command() {
    let world = World::new();
    let settings = world.host_settings();
    let mut process = Some(world.start());
    let address = process.as_ref().expect("runs").address;
    let greeter = world.connect_by(&world.caller_settings(), address, 3);

    let is_over = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (greeter, is_over) = (Arc::clone(&greeter), Arc::clone(&is_over));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let mut keys = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    let key = format!("{caller} {}", keys.len());
                    // As a saga would: the same command under the same key until it is answered.
                    while greeter
                        .greet_once(&keyed(&key), greet("ada"))
                        .await
                        .is_err()
                    {
                        sleep(Duration::from_millis(5)).await;
                    }
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    keys.push(key);
                }
                keys
            })
        })
        .collect();

    let mut slowest = Duration::ZERO;
    for restart in 0..RESTARTS {
        let before = acknowledged.load(Ordering::Relaxed);
        while acknowledged.load(Ordering::Relaxed) < before + 5 {
            sleep(Duration::from_millis(1)).await;
        }
        drop(process.take());
        if restart % 10 == 9 {
            sleep(Duration::from_millis(200)).await; // long enough for the breaker to open
        }
        process = Some(world.start_with(&settings, address));
        let (started, before) = (Instant::now(), acknowledged.load(Ordering::Relaxed));
        let first = timeout(Duration::from_secs(2), async {
            while acknowledged.load(Ordering::Relaxed) == before {
                sleep(Duration::from_millis(1)).await;
            }
        });
        assert!(
            first.await.is_ok(),
            "not used again 2 s after restart {restart}"
        );
        slowest = slowest.max(started.elapsed());
    }
    is_over.store(true, Ordering::Relaxed);

    let mut keys = Vec::new();
    for caller in callers {
        keys.extend(caller.await.expect("no panic"));
    }
    let effects = world.effects.lock().expect("no panic while held");
    let lost = keys
        .iter()
        .filter(|key| !effects.contains_key(*key))
        .count();
    let doubled = effects.values().filter(|times| **times != 1).count();
    println!(
        "{RESTARTS} restarts, {} commands acknowledged, {lost} lost, {doubled} doubled, first success after at most {slowest:?}",
        keys.len()
    );
    assert_eq!((lost, doubled), (0, 0));
    assert!(keys.len() as u64 >= RESTARTS * 5);
}
