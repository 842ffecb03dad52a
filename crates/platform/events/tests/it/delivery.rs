//! From the feed to the effect.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tenon_events::{Emit as _, Subscription, dead_events, replay};
use tenon_jobs::WorkerSettings;
use tenon_testkit::{Dice, rounds};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::link::places;
use crate::support::{Held, Recorder, Shuffled, Step, Stutter, Told, Whispered, World};

const HOUR: Duration = Duration::from_hours(1);

fn attempt(about: &str, number: i64, attempt: u32) -> (String, i64, u32) {
    (about.to_owned(), number, attempt)
}

#[tokio::test]
async fn an_event_is_handled_once() {
    for place in places() {
        let mut world = World::new(place).await;
        let worker = world.worker();
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        world.tell("a", 1).await;
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!(world.attempts(), [attempt("a", 1, 1)]);
        assert_eq!(
            (world.effects().await, world.inbox().await),
            (vec!["a 1".to_owned()], vec!["a done 1".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_failing_event_holds_back_its_own_subject_and_no_other() {
    for place in places() {
        let mut world = World::new(place).await;
        let worker = world.worker();
        world.script("a", vec![Step::EffectLost, Step::Fail]);
        for (about, number) in [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3)] {
            world.tell(about, number).await;
        }
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.effects().await, ["b 1", "b 2", "b 3"]);
        world.kit.advance(HOUR);
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(
            world.effects().await,
            ["b 1", "b 2", "b 3"],
            "the second attempt fails, too"
        );
        world.kit.advance(HOUR);
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.effects().await, ["b 1", "b 2", "b 3", "a 1", "a 2"]);
        let of_a: Vec<_> = world
            .attempts()
            .into_iter()
            .filter(|(about, ..)| about == "a")
            .collect();
        assert_eq!(
            of_a,
            [
                attempt("a", 1, 1),
                attempt("a", 1, 2),
                attempt("a", 1, 3),
                attempt("a", 2, 1)
            ]
        );
    }
}

#[tokio::test]
async fn many_instances_handle_each_event_once_and_each_subject_in_order() {
    for place in places() {
        let mut world = World::new(place).await;
        let stop = CancellationToken::new();
        let workers: Vec<_> = (0..3)
            .map(|_| (world.worker(), stop.clone()))
            .map(|(worker, stop)| tokio::spawn(async move { worker.run(stop).await }))
            .collect();
        for number in 1..=12 {
            for about in ["a", "b", "c", "d", "e"] {
                world.tell(about, number).await;
            }
        }
        let mut seen = Vec::new();
        while seen.len() < 60 {
            let next = tokio::time::timeout(Duration::from_secs(30), world.seen.recv()).await;
            let next = next.expect("goes on").expect("runs");
            assert_eq!(next.attempt, 1, "{next:?}");
            seen.push((next.about, next.number));
        }
        stop.cancel();
        for worker in workers {
            worker.await.expect("stops");
        }
        assert!(world.attempts().is_empty(), "some were handled twice");
        for about in ["a", "b", "c", "d", "e"] {
            let numbers: Vec<_> = seen
                .iter()
                .filter(|(of, _)| of == about)
                .map(|(_, number)| *number)
                .collect();
            assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "{about}");
        }
        assert_eq!(world.effects().await.len(), 60);
    }
}

#[tokio::test]
async fn a_running_worker_hears_of_events_without_polling() {
    for place in places() {
        let mut world = World::new(place).await;
        let settings = WorkerSettings {
            poll: HOUR,
            ..WorkerSettings::default()
        };
        let worker = world.worker().with_settings(settings);
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        for number in 1..=3 {
            world.tell("a", number).await;
            let seen = tokio::time::timeout(Duration::from_secs(20), world.seen.recv()).await;
            assert_eq!(seen.expect("is woken").expect("runs").number, number);
        }
        stop.cancel();
        running.await.expect("stops");
    }
}

#[tokio::test]
async fn what_a_link_delivers_twice_is_handled_once() {
    for place in places() {
        let mut world = World::new(place).await;
        let feed = Stutter {
            feed: world.link.feed(),
            reads: 0.into(),
        };
        let subscription =
            Subscription::new("mail", "shop").on::<Told>(Arc::clone(&world.reaction) as _);
        let worker = world.worker_from(subscription, Arc::new(feed));
        for number in 1..=4 {
            world.tell("a", number).await;
            while worker.run_due().await.expect("runs") > 0 {}
        }
        let expected: Vec<_> = (1..=4).map(|number| attempt("a", number, 1)).collect();
        assert_eq!(world.attempts(), expected);
    }
}

#[tokio::test]
async fn what_four_relays_deliver_three_times_and_mixed_is_handled_once_and_each_subject_in_order()
{
    const SUBJECTS: [&str; 5] = ["a", "b", "c", "d", "e"];
    for round in 1..=rounds(1) {
        for place in places() {
            let mut world = World::new(place).await;
            for number in 1..=8 {
                for about in SUBJECTS {
                    world.tell(about, number).await;
                }
            }
            let stop = CancellationToken::new();
            let relays = (0..4).map(|relay| {
                let feed = Shuffled {
                    feed: world.link.feed(),
                    dice: Dice::of_round(4 * round + relay).into(),
                };
                let subscription =
                    Subscription::new("mail", "shop").on::<Told>(Arc::clone(&world.reaction) as _);
                let (worker, stop) = (
                    world.worker_from(subscription, Arc::new(feed)),
                    stop.clone(),
                );
                tokio::spawn(async move { worker.run(stop).await })
            });
            let relays: Vec<_> = relays.collect();
            let mut handled: HashMap<String, Vec<i64>> = HashMap::new();
            for _ in 0..8 * SUBJECTS.len() {
                let next = tokio::time::timeout(Duration::from_secs(30), world.seen.recv()).await;
                let next = next.expect("goes on").expect("runs");
                handled.entry(next.about).or_default().push(next.number);
            }
            stop.cancel();
            for relay in relays {
                relay.await.expect("stops");
            }
            assert!(
                world.attempts().is_empty(),
                "round {round}: some were handled twice"
            );
            for about in SUBJECTS {
                assert_eq!(
                    handled[about],
                    (1..=8).collect::<Vec<_>>(),
                    "round {round}: {about}"
                );
            }
            assert_eq!(world.effects().await.len(), 8 * SUBJECTS.len());
        }
    }
}

#[tokio::test]
async fn a_slow_instance_does_not_move_the_cursor_back() {
    for place in places() {
        let world = World::new(place).await;
        let (sender, mut has_read) = mpsc::unbounded_channel();
        let may_give = Arc::new(Semaphore::new(0));
        let feed = Held {
            feed: world.link.feed(),
            has_read: sender,
            may_give: Arc::clone(&may_give),
        };
        let subscription =
            Subscription::new("mail", "shop").on::<Told>(Arc::clone(&world.reaction) as _);
        let slow = world.worker_from(subscription, Arc::new(feed));
        world.tell("a", 1).await;
        let quick = async {
            has_read.recv().await.expect("reads event 1");
            world.tell("a", 2).await;
            world.worker().run_due().await.expect("runs");
            assert_eq!(world.cursor().await, 2);
            may_give.add_permits(1);
            has_read.recv().await.expect("reads again");
        };
        tokio::select! {
            _ = slow.run_due() => panic!("the second page is held"),
            () = quick => {}
        }
        assert_eq!(world.cursor().await, 2);
    }
}

#[tokio::test]
async fn a_reaction_carries_on_trace_correlation_and_cause() {
    for place in places() {
        let mut world = World::new(place).await;
        let mut ctx = world.kit.ctx();
        ctx.correlation_id = Some("req-1".to_owned());
        let trace_id = ctx.trace.trace_id_text();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        let cause = tx
            .emit(&Told {
                about: "a".to_owned(),
                number: 1,
            })
            .await
            .expect("emits");
        tx.commit().await.expect("commits");
        world.worker().run_due().await.expect("runs");

        let seen = world.seen.recv().await.expect("ran");
        assert_eq!(
            (&seen.envelope["source"], &seen.envelope["id"]),
            (&json!("/shop"), &json!(cause))
        );
        let effect = world.emitted(&world.mail).await.remove(0);
        assert_eq!(effect.correlationid.as_deref(), Some("req-1"));
        assert_eq!(effect.causationid, Some(cause.to_string()));
        assert_eq!(effect.actor, "service:mail");
        assert_eq!(
            effect.traceparent.split('-').nth(1),
            Some(trace_id.as_str())
        );
        assert_eq!(json!(effect.interface), json!("event"));
    }
}

#[tokio::test]
async fn without_a_correlation_the_event_itself_is_what_everything_follows_from() {
    for place in places() {
        let world = World::new(place).await;
        let cause = world.tell("a", 1).await;
        world.worker().run_due().await.expect("runs");
        let effect = world.emitted(&world.mail).await.remove(0);
        assert_eq!(effect.correlationid, Some(cause.to_string()));
    }
}

#[tokio::test]
async fn a_reaction_that_says_ok_without_a_transaction_is_done() {
    for place in places() {
        let world = World::new(place).await;
        world.script("a", vec![Step::Fine]);
        world.tell("a", 1).await;
        world.worker().run_due().await.expect("runs");
        assert_eq!(world.inbox().await, ["a done 1"]);
    }
}

#[tokio::test]
async fn dead_events_let_later_ones_pass_and_come_back_by_replay() {
    for place in places() {
        let mut world = World::new(place).await;
        let worker = world.worker();
        world.script("a", vec![Step::Dead]);
        let dead = world.tell("a", 1).await;
        world.tell("a", 2).await;
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.effects().await, ["a 2"]);
        let listed = dead_events(&world.mail, &world.kit.ctx())
            .await
            .expect("reads");
        assert_eq!(listed.len(), 1);
        assert_eq!(
            (listed[0].id, listed[0].subject.as_str(), listed[0].attempts),
            (dead, "a", 1)
        );
        assert_eq!(listed[0].reason, "the test gives up");

        let mut ctx = world.kit.ctx();
        assert_eq!(
            replay(&world.mail, &mut ctx, "someone-else", None)
                .await
                .expect("writes"),
            0
        );
        assert_eq!(
            replay(&world.mail, &mut ctx, "mail", Some(dead))
                .await
                .expect("writes"),
            1
        );
        assert_eq!(
            replay(&world.mail, &mut ctx, "mail", None)
                .await
                .expect("writes"),
            0,
            "once"
        );
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(world.effects().await, ["a 2", "a 1"]);
        assert_eq!(
            world.attempts(),
            [attempt("a", 1, 1), attempt("a", 2, 1), attempt("a", 1, 1)]
        );
    }
}

#[tokio::test]
async fn an_event_whose_handler_always_panics_is_dead_after_20_attempts() {
    for place in places() {
        let world = World::new(place).await;
        let worker = world.worker();
        world.script("a", (0..25).map(|_| Step::Panic).collect());
        world.tell("a", 1).await;
        for _ in 0..20 {
            assert_eq!(worker.run_due().await.expect("runs"), 1);
            world.kit.advance(HOUR);
        }
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!(world.inbox().await, ["a dead 20"]);
    }
}

#[tokio::test]
async fn data_that_cannot_be_read_is_dead_and_says_why() {
    for place in places() {
        let world = World::new(place).await;
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.tell")
            .await
            .expect("begins");
        tx.emit(&Impostor {
            about: "a".to_owned(),
            number: "five".to_owned(),
        })
        .await
        .expect("emits");
        tx.commit().await.expect("commits");
        world.worker().run_due().await.expect("runs");
        let listed = dead_events(&world.mail, &world.kit.ctx())
            .await
            .expect("reads");
        assert!(
            listed[0]
                .reason
                .contains("cannot be read as test.told/1: invalid type: string"),
            "{listed:?}"
        );
    }
}

/// Data of a shape that `test.told` does not have.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Impostor {
    about: String,
    number: String,
}

tenon_seam::event!(Impostor, "test.told", 2, about);

async fn whisper(world: &World, count: usize) {
    for _ in 0..count {
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.whisper")
            .await
            .expect("begins");
        for _ in 0..250 {
            tx.emit(&Whispered {
                about: "a".to_owned(),
            })
            .await
            .expect("emits");
        }
        tx.commit().await.expect("commits");
    }
}

#[tokio::test]
async fn events_that_nobody_wants_only_move_the_cursor() {
    for place in places() {
        let mut world = World::new(place).await;
        let worker = world.worker();
        whisper(&world, 1).await;
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!(world.cursor().await, 0, "a few are not worth a commit");
        whisper(&world, 4).await;
        assert_eq!(worker.run_due().await.expect("runs"), 0);
        assert_eq!(
            world.cursor().await,
            1_018,
            "the page that makes it worth one"
        );
        assert!(world.inbox().await.is_empty());

        world.tell("b", 1).await;
        assert_eq!(
            world.worker().run_due().await.expect("runs"),
            1,
            "a new instance goes on from the stored cursor"
        );
        assert_eq!(world.attempts(), [attempt("b", 1, 1)]);
        assert_eq!(world.cursor().await, 1_251);
    }
}

#[tokio::test]
async fn any_event_is_taken_by_who_asks_for_any() {
    for place in places() {
        let mut world = World::new(place).await;
        let (sender, mut recorded) = mpsc::unbounded_channel();
        let subscription = Subscription::new("mail", "shop")
            .on::<Told>(Arc::clone(&world.reaction) as _)
            .on_any(Arc::new(Recorder(sender)));
        let worker = world.worker_of(subscription);
        world.tell("a", 1).await;
        let mut ctx = world.kit.ctx();
        let mut tx = world
            .shop
            .begin(&mut ctx, "test.whisper")
            .await
            .expect("begins");
        tx.emit(&Whispered {
            about: "a".to_owned(),
        })
        .await
        .expect("emits");
        tx.commit().await.expect("commits");
        while worker.run_due().await.expect("runs") > 0 {}
        assert_eq!(
            world.attempts(),
            [attempt("a", 1, 1)],
            "a reaction of its own comes first"
        );
        assert_eq!(recorded.try_recv().as_deref(), Ok("test.whispered"));
        assert!(recorded.try_recv().is_err());
    }
}

#[tokio::test]
async fn an_event_that_this_version_does_not_handle_waits_for_one_that_does() {
    for place in places() {
        let world = World::new(place).await;
        world.script("a", vec![Step::Fail]);
        world.tell("a", 1).await;
        world.worker().run_due().await.expect("runs");
        world.kit.advance(HOUR);
        let older = world.worker_of(Subscription::new("mail", "shop"));
        assert_eq!(older.run_due().await.expect("runs"), 0);
        assert_eq!(world.inbox().await, ["a pending 1"]);
        assert_eq!(world.worker().run_due().await.expect("runs"), 1);
    }
}

#[test]
#[should_panic(expected = "mail already reacts to test.told")]
fn two_reactions_to_one_event_are_refused() {
    struct Nothing;
    #[async_trait::async_trait]
    impl tenon_events::Handle<Told> for Nothing {
        async fn handle(
            &self,
            _: &mut tenon_kernel::CallCtx,
            _: Told,
            _: tenon_events::Receipt,
        ) -> Result<(), tenon_events::HandlerError> {
            Ok(())
        }
    }
    drop(
        Subscription::new("mail", "shop")
            .on::<Told>(Arc::new(Nothing))
            .on::<Told>(Arc::new(Nothing)),
    );
}
