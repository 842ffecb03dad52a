//! Who may listen, and how a consumer hears of events without asking all the time.
//!
//! What a consumer makes of them is the same over every link: that suite is in `tenon-events`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tenon_events::{Feed, FeedPage};
use tenon_remote::{RemotePeers, SeamHost};
use tenon_seam::{AccessList, EdgeSettings, Executed, SeamFault};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::world::{HOST, Process, World};

/// A producer whose newest position is set by hand.
#[derive(Default)]
struct Producer {
    pages: Mutex<VecDeque<i64>>,
    bell: Notify,
}

struct Shared(Arc<Producer>);

#[async_trait]
impl Feed for Shared {
    fn source(&self) -> &'static str {
        "greeter"
    }

    async fn read(&self, after: i64, _: u32) -> Result<FeedPage, SeamFault> {
        let head = self
            .0
            .pages
            .lock()
            .expect("no panic while held")
            .back()
            .copied();
        let position = head.unwrap_or(0).max(after);
        Ok(FeedPage {
            events: Vec::new(),
            position,
            head: position,
        })
    }

    async fn wait(&self, at_most: Duration) {
        let _rung = timeout(at_most, self.0.bell.notified()).await;
    }
}

fn start(world: &World, producer: &Arc<Producer>) -> Process {
    let access = AccessList::new()
        .listen("door", &["greeter"])
        .declare("window", &["greeter"]);
    let mut settings = world.host_settings();
    let modules = vec!["door".to_owned(), "window".to_owned()];
    settings.callers.insert("tenon".to_owned(), modules);
    let mut host = SeamHost::new(&settings, world.env(), Arc::new(access)).expect("starts");
    host.feed(Arc::new(Shared(Arc::clone(producer))));
    Process::run(host, "127.0.0.1:0".parse().expect("an address"))
}

fn feed(world: &World, process: &Process, consumer: &'static str) -> Arc<dyn Feed> {
    let peers = RemotePeers::new(&world.caller_settings(), world.env()).expect("the settings hold");
    let mut settings = EdgeSettings::remote(format!("https://{}", process.address));
    settings.service = Some(HOST.to_owned());
    peers
        .feed("greeter", consumer, &settings)
        .expect("the settings hold")
}

#[tokio::test]
async fn only_who_declares_to_listen_may_listen() {
    let world = World::new();
    let producer = Arc::new(Producer::default());
    let process = start(&world, &producer);
    producer
        .pages
        .lock()
        .expect("no panic while held")
        .push_back(7);
    let page = feed(&world, &process, "door")
        .read(3, 10)
        .await
        .expect("reads");
    assert_eq!((page.position, page.head), (7, 7));
    // Calling a module is not listening to it.
    let refused = feed(&world, &process, "window").read(3, 10).await;
    let fault = refused.expect_err("not declared");
    let edge = "window -> greeter.events".to_owned();
    assert_eq!(fault, SeamFault::Forbidden { edge });
    assert_eq!(fault.executed(), Executed::No);
}

#[tokio::test]
async fn a_producer_that_is_down_is_not_asked_in_a_hurry() {
    let world = World::new();
    let producer = Arc::new(Producer::default());
    let process = start(&world, &producer);
    let feed = feed(&world, &process, "door");
    drop(process);
    let down = feed.read(0, 10).await.expect_err("down");
    let executed = Executed::No;
    assert_eq!(down, SeamFault::Unavailable { executed });
    let began = Instant::now();
    feed.wait(Duration::from_millis(200)).await;
    assert!(began.elapsed() >= Duration::from_millis(200), "it rests");
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_over() {
    let world = World::new();
    let producer = Arc::new(Producer::default());
    let process = start(&world, &producer);
    let feed = feed(&world, &process, "door");
    let began = Instant::now();
    feed.wait(Duration::from_millis(300)).await;
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(290), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    // A host that ends does not wait for those who wait.
    let waiting = feed.wait(Duration::from_secs(20));
    tokio::pin!(waiting);
    assert!(
        timeout(Duration::from_millis(100), &mut waiting)
            .await
            .is_err()
    );
    process.stop();
    assert!(timeout(Duration::from_secs(5), &mut waiting).await.is_ok());
}
