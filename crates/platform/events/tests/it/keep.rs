//! Events that need no place in the inbox: they are written down as they arrive, or are for nobody.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tenon_events::{
    AfterCommit, Emit as _, Envelope, HandleAny, HandlerError, Keep, Receipt, Subscription, rewind,
};
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx};

use crate::link::places;
use crate::support::{Reacted, Told, World};

/// Its effect is an event in its own outbox; it fails as often as it is told to, at the end of a page.
#[derive(Default)]
struct Keeper {
    failures: AtomicI64,
    pages: Mutex<Vec<usize>>,
    committed: Arc<AtomicUsize>,
}

#[async_trait]
impl Keep for Keeper {
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError> {
        for event in events {
            let number = event.data["number"].as_i64().unwrap_or_default();
            let to = format!("{} {number}", event.subject);
            tx.emit(&Reacted { to }).await?;
        }
        if self.failures.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Err(StoreError::inconsistent("as the test says"));
        }
        let mut pages = self.pages.lock().expect("no panic while held");
        pages.push(events.len());
        let (committed, count) = (Arc::clone(&self.committed), events.len());
        Ok(Box::new(move || {
            committed.fetch_add(count, Ordering::SeqCst);
        }))
    }
}

/// Counts its attempts; the first of all fails.
#[derive(Default)]
struct SecondTime(AtomicUsize);

#[async_trait]
impl HandleAny for SecondTime {
    async fn handle(&self, _: &mut CallCtx, _: &Envelope, _: Receipt) -> Result<(), HandlerError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Err(StoreError::inconsistent("as the test says").into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_page_is_kept_in_one_transaction_with_its_place_in_the_feed() {
    for place in places() {
        let world = World::new(place).await;
        let keeper = Arc::new(Keeper::default());
        let worker = world
            .worker_of(Subscription::new("mail", "shop").keep::<Told>(Arc::clone(&keeper) as _));
        for number in 1..=3 {
            world.tell("a", number).await;
        }
        keeper.failures.store(1, Ordering::SeqCst);
        worker.run_due().await.expect_err("as the test says");
        assert_eq!(world.cursor().await, 0);
        assert!(world.effects().await.is_empty(), "and nothing is kept");
        assert_eq!(keeper.committed.load(Ordering::SeqCst), 0);

        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.cursor().await, 3);
        assert_eq!(world.effects().await, ["a 1", "a 2", "a 3"]);
        assert_eq!(*keeper.pages.lock().expect("no panic while held"), [3]);
        assert_eq!(keeper.committed.load(Ordering::SeqCst), 3);
        assert!(world.inbox().await.is_empty(), "it needs none");

        let mut ctx = world.kit.ctx();
        let rewound = rewind(&world.mail, &mut ctx, "mail", None, 0).await;
        assert_eq!(rewound.expect("writes"), 1);
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(
            *keeper.pages.lock().expect("no panic while held"),
            [3, 3],
            "what comes again comes to the keeper"
        );
    }
}

#[tokio::test]
async fn who_keeps_any_event_still_handles_what_an_earlier_version_took_into_the_inbox() {
    for place in places() {
        let world = World::new(place).await;
        let (keeper, handler) = (Arc::new(Keeper::default()), Arc::new(SecondTime::default()));
        let old =
            world.worker_of(Subscription::new("mail", "shop").on_any(Arc::clone(&handler) as _));
        world.tell("a", 1).await;
        old.run_due().await.expect("runs");
        assert_eq!(world.inbox().await, ["a pending 1"]);

        let new = world.worker_of(
            Subscription::new("mail", "shop")
                .on_any(Arc::clone(&handler) as _)
                .keep_any(Arc::clone(&keeper) as _),
        );
        world.tell("a", 2).await;
        world.kit.advance(Duration::from_hours(1));
        while new.run_due().await.expect("runs") > 0 {}
        assert_eq!(*keeper.pages.lock().expect("no panic while held"), [1]);
        assert_eq!(world.effects().await, ["a 2"]);
        assert_eq!(handler.0.load(Ordering::SeqCst), 2);
        assert_eq!(world.inbox().await, ["a done 2"]);
    }
}

#[tokio::test]
async fn a_reaction_of_its_own_goes_before_the_keeper_of_any() {
    for place in places() {
        let mut world = World::new(place).await;
        let keeper = Arc::new(Keeper::default());
        let worker = world.worker_of(
            Subscription::new("mail", "shop")
                .on::<Told>(Arc::clone(&world.reaction) as _)
                .keep_any(Arc::clone(&keeper) as _),
        );
        world.tell("a", 1).await;
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.attempts(), [("a".to_owned(), 1, 1)]);
        assert!(keeper.pages.lock().expect("no panic while held").is_empty());
    }
}

#[tokio::test]
async fn an_event_for_which_nothing_is_to_be_done_costs_no_place_in_the_inbox() {
    for place in places() {
        let mut world = World::new(place).await;
        let odd = Subscription::new("mail", "shop")
            .on_where::<Told>(Arc::clone(&world.reaction) as _, |told| {
                told.number % 2 == 1
            });
        let worker = world.worker_of(odd);
        for number in 1..=4 {
            world.tell("a", number).await;
        }
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(
            world.attempts(),
            [("a".to_owned(), 1, 1), ("a".to_owned(), 3, 1)],
            "and in their order"
        );
        assert_eq!(world.cursor().await, 4);
        assert_eq!(world.inbox().await, ["a done 1", "a done 1"]);
    }
}

#[tokio::test]
#[should_panic(expected = "mail already reacts to test.told")]
async fn an_event_is_kept_or_handled() {
    let world = World::local(tenon_testkit::engines().remove(0)).await;
    drop(
        Subscription::new("mail", "shop")
            .on::<Told>(Arc::clone(&world.reaction) as _)
            .keep::<Told>(Arc::new(Keeper::default())),
    );
}
